package dev.vigil.node.site;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The {@code uplink.kafka} part of a site.yaml. Stateless. */
final class KafkaReader {
    /** The node's promises rest on these; nobody may turn them. */
    private static final Set<String> FIXED =
            Set.of(
                    "bootstrap.servers",
                    "acks",
                    "enable.idempotence",
                    "key.serializer",
                    "value.serializer",
                    "transactional.id");

    private static final String BROKERS_RULE =
            "must be host:port, several separated by commas, each port from 1 to 65535";
    private static final int TOPIC_LENGTH_MAX = 249; // Kafka's own limit

    private KafkaReader() {}

    static SiteConfig.Kafka read(YamlMap map) {
        Optional<YamlMap.Text> brokers = map.required("brokers", BROKERS_RULE);
        brokers.ifPresent(
                text -> {
                    for (String broker : text.value().split(",", -1)) {
                        if (!Hosts.isHostAndPort(broker.strip())) {
                            map.wrong("brokers", broker.strip(), BROKERS_RULE);
                        }
                    }
                });
        String topic = map.text("topic", "vigil.uplink");
        if (!topic.matches("[A-Za-z0-9._-]{1," + TOPIC_LENGTH_MAX + "}")) {
            map.wrong(
                    "topic",
                    topic,
                    "must be 1 to 249 letters, digits, '.', '_' or '-' (Kafka's rule)");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        map.map("settings").ifPresent(section -> settings(section, settings));
        map.end();
        return new SiteConfig.Kafka(
                brokers.map(text -> text.value().replace(" ", "")).orElse(""), topic, settings);
    }

    private static void settings(YamlMap section, Map<String, String> settings) {
        for (String key : section.keys()) {
            Optional<YamlMap.Text> value = section.text(key);
            if (key.equals("compression.type")) {
                section.mistake(key, "blocks are compressed with zstd already - leave it out");
            } else if (FIXED.contains(key)) {
                section.mistake(key, "set by the node itself - leave it out");
            } else {
                value.ifPresent(text -> settings.put(key, text.value()));
            }
        }
    }
}
