package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntakeTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final IngestCounters counters = new IngestCounters();
    private final Quarantine quarantine = new Quarantine();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final Intake intake =
            new Intake(
                    new TopicMap(
                            new SiteConfig.Inputs(
                                    List.of(
                                            new SiteConfig.Topic(
                                                    "senml", new SiteConfig.Form.Senml()),
                                            new SiteConfig.Topic(
                                                    "n/+",
                                                    new SiteConfig.Form.PlainNumber("{1}", "Cel")),
                                            new SiteConfig.Topic(
                                                    "m/#",
                                                    new SiteConfig.Form.PlainNumber("t", "Cel")),
                                            new SiteConfig.Topic(
                                                    "json",
                                                    new SiteConfig.Form.JsonFields(
                                                            "co",
                                                            "ppm",
                                                            "/gas/1/co~1ppm",
                                                            Optional.of("/time")))),
                                    List.of(),
                                    Map.of(
                                            "t", ListenerRig.channel("t", Quantity.TEMPERATURE),
                                            "co",
                                                    ListenerRig.channel(
                                                            "co", Quantity.CARBON_MONOXIDE)))),
                    counters,
                    quarantine);

    private List<Arrival> read(String topic, String payload) {
        List<Arrival> arrivals = new ArrayList<>();
        intake.read(
                Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), NOW),
                acknowledged::incrementAndGet,
                arrivals);
        return arrivals;
    }

    private Reading reading(String topic, String payload) {
        List<Arrival> arrivals = read(topic, payload);
        assertEquals(1, arrivals.size(), () -> quarantine.latest().toString());
        return assertInstanceOf(Arrival.Readings.class, arrivals.getFirst()).readings().getFirst();
    }

    private Arrival.Quarantined refused(String topic, String payload, QuarantineReason kind) {
        List<Arrival> arrivals = read(topic, payload);
        assertEquals(1, arrivals.size());
        assertEquals(1, counters.quarantined(kind), () -> quarantine.latest().toString());
        assertEquals(kind, quarantine.latest().getFirst().kind());
        return assertInstanceOf(Arrival.Quarantined.class, arrivals.getFirst());
    }

    @ParameterizedTest
    @CsvSource({"21.5, 21.5", "-40, -40", "1e1, 10", "' 3\r\n', 3", "+7., 7", ".5, 0.5"})
    void plainNumbersAreReadings(String payload, double value) {
        Reading reading = reading("n/t", payload);
        assertEquals(value, reading.value());
        assertEquals(NOW, reading.at());
        assertEquals(Quality.GOOD, reading.quality());
    }

    @ParameterizedTest
    @CsvSource({
        "'', NOT_READABLE",
        "abc, NOT_READABLE",
        "'21,5', NOT_READABLE",
        "0x10, NOT_READABLE",
        "1d, NOT_READABLE",
        "1e, NOT_READABLE",
        "--1, NOT_READABLE",
        "nan, NOT_FINITE",
        "NaN, NOT_FINITE",
        "inf, NOT_FINITE",
        "-Infinity, NOT_FINITE",
        "1e999, NOT_FINITE"
    })
    void whatIsNoFiniteNumberIsQuarantined(String payload, QuarantineReason kind) {
        Arrival.Quarantined arrival = refused("n/t", payload, kind);
        assertEquals(payload.length(), arrival.payloadLength());
    }

    @Test
    void quarantineKeepsTheFirstBytesAndTheWholeLength() {
        Arrival.Quarantined arrival =
                refused("n/t", "x".repeat(5_000), QuarantineReason.NOT_READABLE);
        assertEquals(Arrival.Quarantined.PAYLOAD_BYTES_MAX, arrival.payload().length);
        assertEquals(5_000, arrival.payloadLength());
    }

    @Test
    void packWithOneBadRecordIsTwoArrivalsAcknowledgedTogether() {
        List<Arrival> arrivals =
                read(
                        "senml",
                        "[{\"n\":\"t\",\"u\":\"Cel\",\"v\":1},{\"n\":\"x\",\"u\":\"Cel\",\"v\":1}]");
        assertInstanceOf(Arrival.Readings.class, arrivals.get(0));
        assertInstanceOf(Arrival.Quarantined.class, arrivals.get(1));
        assertEquals(2, arrivals.size());
        arrivals.get(1).acknowledgement().durable();
        assertEquals(0, acknowledged.get());
        arrivals.get(0).acknowledgement().durable();
        assertEquals(1, acknowledged.get());
    }

    @Test
    void emptyPackIsQuarantined() {
        refused("senml", "[]", QuarantineReason.NO_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000, UNCERTAIN", // three years before
        "1795428000, GOOD", // 10:00:00 of that day, in seconds
        "1795428000500, GOOD", // in milliseconds
        "'\"2026-11-23T11:00:00+01:00\"', GOOD",
        "'\"2026-11-23T10:09:59Z\"', GOOD",
        "'\"2026-11-23T10:10:01Z\"', UNCERTAIN",
        "'\"2026-10-24T10:00:00Z\"', GOOD",
        "'\"2026-10-22T10:00:00Z\"', UNCERTAIN",
        "0, UNCERTAIN",
        "86400, UNCERTAIN",
        "4102444800, UNCERTAIN", // 2100
        "'\"1970-01-01T00:00:17Z\"', UNCERTAIN",
        "'\"yesterday\"', UNCERTAIN",
        "null, UNCERTAIN"
    })
    void implausibleTimeKeepsTheReadingWithTheTimeOfArrival(String time, Quality quality) {
        Reading reading =
                reading("json", "{\"time\":%s,\"gas\":[0,{\"co/ppm\":50}]}".formatted(time));
        assertEquals(5.0E-5, reading.value());
        assertEquals(quality, reading.quality());
        if (quality == Quality.UNCERTAIN) {
            assertEquals(NOW, reading.at());
            assertEquals(1, counters.quarantined(QuarantineReason.IMPLAUSIBLE_TIME));
            assertEquals(0, counters.quarantinedTotal());
            assertTrue(quarantine.latest().getFirst().reason().contains("'co'"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"gas":[0,{"co/ppm":"50"}],"time":1795428000}     | 5.0E-5
                    {"time":1795428000,"gas":[[1],{"x":{"co/ppm":1},"co/ppm":70,"z":0}],"o":[{}]} | 7.0E-5
                    """)
    void pointersFindValuesAmongOtherThings(String json, double value) {
        assertEquals(value, reading("json", json).value());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"gas":[0,{"co":50}]}        | NO_VALUE
                    {"gas":[{"co/ppm":50}]}      | NO_VALUE
                    {"gas":[0,{"co/ppm":true}]}  | NO_VALUE
                    {"gas":[0,{"co/ppm":null}]}  | NO_VALUE
                    {"gas":[0,{"co/ppm":[1]}]}   | NO_VALUE
                    {"gas":[0,{"co/ppm":"no"}]}  | NO_VALUE
                    {"gas":[0,{"co/ppm":"NaN"}]} | NOT_FINITE
                    {"gas":[0,{"co/ppm":1e999}]} | NOT_FINITE
                    {"gas":[0,{"co/ppm":50}]     | NOT_READABLE
                    {"gas":[0,{"co/ppm":50}]}}   | NOT_READABLE
                    50                           | NO_VALUE
                    """)
    void jsonWithoutTheValueIsQuarantined(String json, QuarantineReason kind) {
        refused("json", json, kind);
    }

    @Test
    void topicsAreRememberedUpToABoundAndUnknownOnesNever() {
        for (int i = 0; i < 3 * Intake.ROUTES_MAX; i++) {
            read("nowhere/" + i, "1");
        }
        assertEquals(0, intake.routesRemembered());
        for (int i = 0; i < 3 * Intake.ROUTES_MAX; i++) {
            assertEquals(1.0, reading("m/" + i, "1").value());
            assertTrue(intake.routesRemembered() <= Intake.ROUTES_MAX);
        }
        assertEquals(Quarantine.KEPT, quarantine.latest().size());
        assertEquals(
                "nowhere/" + (3 * Intake.ROUTES_MAX - 1), quarantine.latest().getFirst().topic());
    }

    @Test
    void reasonIsFitForALogLine() {
        Arrival.Quarantined arrival =
                refused("a\nb" + "y".repeat(300), "1", QuarantineReason.UNKNOWN_TOPIC);
        assertTrue(arrival.reason().length() < 200);
        assertTrue(arrival.reason().indexOf('\n') < 0);
    }
}
