package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.PemTls;
import dev.vigil.node.watch.OutputPlan;
import dev.vigil.policy.Grant;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Replay;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.UnitConversion;
import dev.vigil.sensor.Wave;
import dev.vigil.sensor.plausibility.Bounds;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SiteConfigReaderTest {
    private static final SensorChannel KITCHEN = channel("kitchen/t", Quantity.TEMPERATURE);
    private static final SensorChannel SMOKE = channel("kitchen/smoke", Quantity.OBSCURATION);
    private static final SensorChannel CO = channel("kitchen/co", Quantity.CARBON_MONOXIDE);
    private static final SensorChannel FURNACE = channel("kitchen/f", Quantity.TEMPERATURE);

    private Path directory = Path.of("unset");

    @BeforeEach
    void makeFiles(@TempDir Path temporary) throws IOException {
        directory = temporary;
        Files.writeString(directory.resolve("fire.csv"), "TIME,SMA\n0,0.1\n");
        Files.writeString(directory.resolve("own.wasm"), "not looked into here");
        Files.writeString(directory.resolve("secret"), "hunter2\n");
    }

    @Test
    void resolvesEveryDefault() {
        SiteConfig site =
                valid(
                        """
                        node: gw-01
                        sensors:
                          - {id: kitchen/t, quantity: temperature, zone: kitchen, from: {waveform: sine}}
                        """);

        Path data = directory.resolve("vigil-data");
        var wave =
                new Wave(Wave.Shape.SINE, 0, 0, Duration.ofMinutes(1), 0, "kitchen/t".hashCode());
        var local = new SiteConfig.LocalSensor.Waveform(KITCHEN, wave, Duration.ofSeconds(1));
        assertEquals(
                new SiteConfig(
                        "gw-01",
                        "default",
                        "",
                        new SiteConfig.Journal(
                                data,
                                64L << 20,
                                2L << 30,
                                Duration.ofHours(24),
                                SiteConfig.Journal.AROUND_ALARMS,
                                SiteConfig.Journal.TIME_SYNC_FILE),
                        new SiteConfig.Page("127.0.0.1", 8080),
                        Optional.empty(),
                        Optional.empty(),
                        new SiteConfig.Inputs(
                                List.of(),
                                List.of(local),
                                List.of(),
                                Map.of(),
                                Map.of(
                                        KITCHEN,
                                        Bounds.of(Quantity.TEMPERATURE)
                                                .stale(Duration.ofSeconds(10))),
                                Map.of("kitchen/t", KITCHEN)),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        new SiteConfig.SelfTest(Duration.ofSeconds(10), Duration.ofDays(1)),
                        List.of()),
                site);
    }

    @Test
    void sensorsOfOneChipShareItAndEachHasItsBounds() {
        SiteConfig site =
                valid(
                        """
                        node: gw-01
                        sensors:
                          - {id: a/t, quantity: temperature, zone: a, from: {chip: bme280, i2c: /dev/i2c-1, every: 5s}}
                          - {id: a/h, quantity: humidity, zone: a, from: {chip: bme280, i2c: /dev/i2c-1, every: 5s}}
                          - {id: a/p, quantity: temperature, zone: a, from: {chip: ds18b20, w1: 28-01}}
                          - {id: a/l, quantity: level, zone: a, from: {chip: ads1115, i2c: /dev/i2c-1, input: 2, loop: {at-4: 0, at-20: 10}}}
                          - {id: a/f, quantity: flow, zone: a, from: {chip: modbus, tcp: "plc:502", unit: 3, register: 8, type: f32, factor: 0.001}}
                          - {id: a/m, quantity: particles, zone: a, from: {chip: pms5003, serial: /dev/ttyS0, measures: pm2.5},
                             plausible: {min: 0, max: 0.001, rate: 1, stuck: 1h, stale: never, power-on: 7, agree: 2}}
                        """);

        List<SiteConfig.LocalSensor> local = site.inputs().local();
        assertEquals(5, local.size());
        var air = assertInstanceOf(SiteConfig.LocalSensor.OfChip.class, local.getFirst());
        assertEquals("/dev/i2c-1 0x76", air.chip().place());
        assertEquals(List.of("temperature", "humidity"), List.copyOf(air.channels().keySet()));
        assertEquals(
                List.of("/dev/i2c-1", "w1", "plc:502", "/dev/ttyS0"),
                LocalSensors.buses(local).stream().map(BusKeeper.Bus::name).toList());
        Map<String, Bounds> bounds = new HashMap<>();
        site.inputs().bounds().forEach((channel, own) -> bounds.put(channel.id().name(), own));
        assertEquals(
                Bounds.of(Quantity.TEMPERATURE).stale(Duration.ofSeconds(15)), bounds.get("a/t"));
        assertEquals(
                Bounds.of(Quantity.TEMPERATURE).powerOn(85).stale(Duration.ofSeconds(15)),
                bounds.get("a/p"));
        assertEquals(
                Bounds.range(0, 0.001).rate(1).powerOn(7).agree(2).stuck(Duration.ofHours(1)),
                bounds.get("a/m"));
    }

    @Test
    void aChipThatIsDescribedTwiceIsDescribedTheSame() {
        var result =
                SiteConfigReader.read(
                        "site.yaml",
                        """
                        node: gw-01
                        sensors:
                          - {id: a/t, quantity: temperature, zone: a, from: {chip: bme280, i2c: /dev/i2c-1, every: 5s}}
                          - {id: a/h, quantity: humidity, zone: a, from: {chip: bme280, i2c: /dev/i2c-1}}
                          - {id: a/u, quantity: temperature, zone: a, from: {chip: bme280, i2c: /dev/i2c-1, every: 5s}}
                        """
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        directory);

        var mistakes = assertInstanceOf(SiteConfigReader.Invalid.class, result).mistakes();
        assertEquals(2, mistakes.size(), mistakes::toString);
        assertTrue(
                mistakes.get(0).toString().contains("is described otherwise in line 3"),
                mistakes::toString);
        assertTrue(
                mistakes.get(1).toString().contains("is taken by a/t already"), mistakes::toString);
    }

    @Test
    void mapsEveryKey() {
        SiteConfig site = valid(FULL);

        assertEquals(
                "gw-01 county Station 4",
                site.node() + " " + site.organisation() + " " + site.description());
        assertEquals(
                new SiteConfig.Journal(
                        directory.resolve("data"),
                        16L << 20,
                        512L << 20,
                        Duration.ofDays(7),
                        Duration.ofMinutes(5),
                        Path.of("/run/synchronized")),
                site.journal());
        assertEquals(new SiteConfig.Page("0.0.0.0", 8081), site.page());
        assertEquals(
                Optional.of(
                        new SiteConfig.Listener(
                                "0.0.0.0",
                                1884,
                                50,
                                65_536,
                                100,
                                20,
                                Map.of("esp", "s3cret", "plc", "hunter2"))),
                site.listener());
        assertEquals(
                Optional.of(
                        new SiteConfig.Subscriber(
                                URI.create("ssl://broker.site:8883"),
                                "north",
                                Optional.of("vigil"),
                                Optional.of("hunter2"),
                                new PemTls(
                                        Optional.of(directory.resolve("ca.pem")),
                                        Optional.empty(),
                                        Optional.empty()),
                                List.of("plant/#"))),
                site.subscriber());
    }

    @Test
    void mapsEveryKeyOfTheInputs() {
        SiteConfig site = valid(FULL);

        assertEquals(
                List.of(
                        new SiteConfig.Topic(
                                "zigbee/kitchen",
                                new SiteConfig.Form.JsonFields(
                                        "kitchen/t", "degF", "/temperature", Optional.of("/ts"))),
                        new SiteConfig.Topic(
                                "plant/+/+", new SiteConfig.Form.PlainNumber("{1}/{2}", "")),
                        new SiteConfig.Topic("senml/#", new SiteConfig.Form.Senml())),
                site.inputs().topics());
        UnitConversion density = UnitConversion.to(Quantity.OBSCURATION, "OD/m").orElseThrow();
        var recorded =
                assertInstanceOf(
                        SiteConfig.LocalSensor.Recorded.class, site.inputs().local().getLast());
        assertEquals(directory.resolve("fire.csv"), recorded.file());
        assertEquals(Replay.at(20, true), recorded.replay());
        assertEquals("TIME", recorded.timeColumn());
        assertEquals(
                List.of("SMA kitchen/smoke " + density),
                recorded.columns().stream()
                        .map(
                                (RecordedSensor.Column c) ->
                                        c.name() + " " + c.channel().id() + " " + c.unit())
                        .toList());
        var waveform =
                assertInstanceOf(
                        SiteConfig.LocalSensor.Waveform.class, site.inputs().local().getFirst());
        assertEquals(CO, waveform.channel());
        assertEquals(Duration.ofMillis(500), waveform.interval());
        assertEquals(4e-6, waveform.wave().mean(), 1e-15);
        assertEquals(1e-6, waveform.wave().amplitude(), 1e-15);
        assertEquals(1e-7, waveform.wave().noise(), 1e-15);
        assertEquals(9, waveform.wave().seed());
    }

    @Test
    void mapsEveryKeyOfPoliciesOutputsAndUplink() {
        SiteConfig site = valid(FULL);

        assertEquals(
                List.of(
                        new SiteConfig.Policy(
                                "heat",
                                "heat",
                                List.of(KITCHEN, FURNACE),
                                Map.of("static", 60.0),
                                Grant.SITE),
                        new SiteConfig.Policy(
                                "own",
                                directory.resolve("own.wasm").toString(),
                                List.of(SMOKE),
                                Map.of(),
                                Grant.SITE)),
                site.policies());
        assertEquals(
                List.of(
                        new SiteConfig.Output(
                                "siren",
                                new SiteConfig.Actuator.Simulated(
                                        Optional.of(directory.resolve("siren.log"))),
                                OutputPlan.siren(Duration.ofSeconds(30)))),
                site.outputs());
        assertEquals(
                List.of(
                        new SiteConfig.Uplink(
                                new SiteConfig.Kafka(
                                        "a:9092,b:9092",
                                        "fleet",
                                        Map.of("security.protocol", "SSL")),
                                OptionalLong.empty(),
                                Duration.ofMinutes(1)),
                        new SiteConfig.Uplink(
                                new SiteConfig.Mqtt(
                                        URI.create("ssl://centre:8883"),
                                        "vigil-up-gw-01",
                                        Optional.of("gw"),
                                        Optional.of("hunter2"),
                                        new PemTls(
                                                Optional.of(directory.resolve("tls/ca.pem")),
                                                Optional.of(directory.resolve("tls/gw.pem")),
                                                Optional.of(directory.resolve("tls/gw.key.pem")))),
                                OptionalLong.of(8_000),
                                Duration.ofMinutes(10))),
                site.uplinks());
    }

    @Test
    void neverShowsASecretInItsTexts() {
        String texts = valid(FULL).toString();
        assertFalse(texts.contains("s3cret") || texts.contains("hunter2"), texts);
        assertTrue(texts.contains("plc"), texts);
    }

    @Test
    void readsTheBytesOfTheFileItIsGiven() throws IOException {
        Path file = directory.resolve("site.yaml");
        Files.writeString(file, FULL);
        assertInstanceOf(SiteConfigReader.Valid.class, SiteConfigReader.read(file));
    }

    private SiteConfig valid(String yaml) {
        return switch (SiteConfigReader.read(
                "site.yaml", yaml.getBytes(StandardCharsets.UTF_8), directory)) {
            case SiteConfigReader.Valid(var config) -> config;
            case SiteConfigReader.Invalid(var mistakes) ->
                    throw new AssertionError(mistakes.toString());
        };
    }

    private static SensorChannel channel(String id, Quantity quantity) {
        return new SensorChannel(new SensorId(id), quantity, "kitchen");
    }

    private static final String FULL =
            """
            node: gw-01
            organisation: county
            description: Station 4
            journal: {directory: data, alarm: 16MiB, history: 0.5GiB, keep: 7d, around-alarms: 5m, time-sync-file: /run/synchronized}
            page: {host: 0.0.0.0, port: 8081}
            listener:
              host: 0.0.0.0
              port: 1884
              connections: 50
              packet: 64KiB
              topic-length: 100
              in-flight: 20
              users:
                esp: {password: s3cret}
                plc: {password-file: secret}
            subscriber:
              broker: mqtts://broker.site:8883
              client-id: north
              user: vigil
              password-file: secret
              ca: ca.pem
              topics: ["plant/#"]
            recordings:
              fire: {file: fire.csv, time: TIME, speed: 20, repeat: true}
            sensors:
              - id: kitchen/t
                quantity: temperature
                zone: kitchen
                from: {topic: zigbee/kitchen, value: /temperature, time: /ts, unit: degF}
              - id: kitchen/smoke
                quantity: obsc_per_m
                zone: kitchen
                from: {recording: fire, column: SMA, unit: OD/m}
              - id: kitchen/co
                quantity: co
                zone: kitchen
                from: {waveform: ramp, mean: 4, amplitude: 1, period: 90s, noise: 0.1, seed: 9, every: 500ms, unit: ppm}
              - id: kitchen/f
                quantity: temperature
                zone: kitchen
            topics:
              - {filter: plant/+/+, form: number, channel: "{1}/{2}"}
              - {filter: "senml/#", form: senml}
            policies:
              - module: heat
                zones: [kitchen]
                settings: {static: 60}
              - id: own
                module: own.wasm
                zones: [all]
                quantities: [obsc_per_m]
            outputs:
              - {id: siren, kind: simulated-siren, file: siren.log, minimum-on: 30s}
            uplink:
              - kafka:
                  brokers: "a:9092, b:9092"
                  topic: fleet
                  settings: {security.protocol: SSL}
              - mqtt:
                  broker: mqtts://centre:8883
                  rate: 64kbit/s
                  state: 10m
                  user: gw
                  password-file: secret
                  ca: tls/ca.pem
                  certificate: tls/gw.pem
                  key: tls/gw.key.pem
            """;
}
