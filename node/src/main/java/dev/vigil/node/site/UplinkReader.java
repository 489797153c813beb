package dev.vigil.node.site;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One entry of the {@code uplink} part of a site.yaml. Stateless. */
final class UplinkReader {
    private static final List<String> KINDS = List.of("kafka", "mqtt");

    /** Below 1,200 bit/s nothing but headers would get through. */
    private static final long RATE_MIN = 150;

    private UplinkReader() {}

    /** Empty when it is none. */
    static Optional<SiteConfig.Uplink> read(YamlMap map, Path directory, String node) {
        List<String> given = KINDS.stream().filter(map::has).toList();
        Optional<SiteConfig.Uplink> kafka = map.map("kafka").map(UplinkReader::kafka);
        Optional<SiteConfig.Uplink> mqtt = map.map("mqtt").map(m -> mqtt(m, directory, node));
        map.end();
        if (given.size() > 1) {
            map.mistake(
                    given.get(1),
                    "beside '%s' - several uplinks are a list, in order of preference: - %s: {...}"
                            .formatted(given.getFirst(), given.getFirst()));
        }
        return kafka.or(() -> mqtt);
    }

    private static SiteConfig.Uplink kafka(YamlMap map) {
        OptionalLong rate = map.rate("rate", RATE_MIN);
        Duration state = stateEvery(map);
        return new SiteConfig.Uplink(KafkaReader.read(map), rate, state);
    }

    private static Duration stateEvery(YamlMap map) {
        return map.duration("state", Duration.ofMinutes(1), Duration.ZERO, Duration.ofDays(1));
    }

    private static SiteConfig.Uplink mqtt(YamlMap map, Path directory, String node) {
        URI broker = Hosts.broker(map);
        SiteConfig.Mqtt mqtt =
                new SiteConfig.Mqtt(
                        broker,
                        map.text("client-id", "vigil-up-" + node),
                        map.text("user").map(YamlMap.Text::value),
                        Secrets.password(map, directory),
                        TlsReader.read(map, directory, Hosts.isTls(broker)));
        if (mqtt.password().isPresent() && mqtt.userName().isEmpty()) {
            map.mistake("user", "missing - a password needs a user");
        }
        OptionalLong rate = map.rate("rate", RATE_MIN);
        Duration state = stateEvery(map);
        map.end();
        return new SiteConfig.Uplink(mqtt, rate, state);
    }
}
