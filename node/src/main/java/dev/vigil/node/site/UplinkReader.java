package dev.vigil.node.site;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One entry of the {@code uplink} part of a site.yaml. Stateless. */
final class UplinkReader {
    private static final List<String> KINDS = List.of("kafka", "mqtt");

    private UplinkReader() {}

    /** Empty when it is none. */
    static Optional<SiteConfig.Uplink> read(YamlMap map, Path directory, String node) {
        List<String> given = KINDS.stream().filter(map::has).toList();
        Optional<SiteConfig.Kafka> kafka = map.map("kafka").map(KafkaReader::read);
        Optional<SiteConfig.Mqtt> mqtt = map.map("mqtt").map(m -> mqtt(m, directory, node));
        map.end();
        if (given.size() > 1) {
            map.mistake(
                    given.get(1),
                    "beside '%s' - several uplinks are a list, in order of preference: - %s: {...}"
                            .formatted(given.getFirst(), given.getFirst()));
        }
        return kafka.<SiteConfig.Uplink>map(k -> k).or(() -> mqtt);
    }

    private static SiteConfig.Mqtt mqtt(YamlMap map, Path directory, String node) {
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
        map.end();
        return mqtt;
    }
}
