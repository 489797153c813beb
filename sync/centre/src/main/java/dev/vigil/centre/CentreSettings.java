package dev.vigil.centre;

import dev.vigil.forward.PemTls;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the centre runs with, from the command line and from a file of the same keys ({@code
 * --config}). Immutable.
 *
 * @param kafka bootstrap servers and whatever else Kafka's clients are to know (keys {@code
 *     kafka.*} of the file)
 * @param http where health and metrics listen; port 0: any
 */
public record CentreSettings(
        Set<Role> roles,
        Map<String, String> kafka,
        Ledger ledger,
        Optional<Mqtt> mqtt,
        NewTopics topics,
        Http http) {
    /** What an instance does. */
    public enum Role {
        LEDGER,
        BRIDGE
    }

    /**
     * The bridge's broker.
     *
     * @param broker {@code mqtt://host:1883} or {@code mqtts://host:8883}
     * @param tls looked at for {@code mqtts://} only
     */
    public record Mqtt(
            String broker, Optional<String> user, Optional<String> password, PemTls tls) {}

    /**
     * The ledger's.
     *
     * @param format of the decoded topics: json or avro
     * @param state folder for what is held back; it is restored from Kafka when it is lost
     * @param threads of Kafka Streams; a core each at most
     */
    public record Ledger(String format, Path state, int threads, Duration gapWait) {}

    /** Of topics that have to be created. */
    public record NewTopics(int partitions, short replication) {}

    /** Host and port. */
    public record Http(String host, int port) {}

    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "roles", "ledger",
                    "format", "json",
                    "state", "vigil-centre",
                    "threads", "1",
                    "gap-wait", "30s",
                    "partitions", "6",
                    "replication", "3",
                    "http", "127.0.0.1:8090");

    private static final Set<String> OTHERS =
            Set.of(
                    "kafka",
                    "mqtt",
                    "mqtt.user",
                    "mqtt.password",
                    "mqtt.ca",
                    "mqtt.certificate",
                    "mqtt.key");

    /**
     * From words such as {@code --kafka host:9092 --roles ledger}.
     *
     * @throws IllegalArgumentException names the key, its value and the rule
     */
    public static CentreSettings parse(List<String> words) {
        var values = new TreeMap<String, String>(DEFAULTS);
        for (int i = 0; i < words.size(); i += 2) {
            if (words.get(i).equals("--config") && i + 1 < words.size()) {
                values.putAll(file(Path.of(words.get(i + 1))));
            }
        }
        for (int i = 0; i < words.size(); i += 2) {
            String word = words.get(i);
            if (!word.startsWith("--") || i + 1 == words.size()) {
                throw new IllegalArgumentException("'%s': --key value is expected".formatted(word));
            }
            values.put(word.substring(2), words.get(i + 1));
        }
        values.remove("config");
        return of(values);
    }

    private static CentreSettings of(TreeMap<String, String> values) {
        var kafka = new TreeMap<String, String>();
        var unknown = new TreeSet<String>();
        for (var value : values.entrySet()) {
            if (value.getKey().startsWith("kafka.")) {
                kafka.put(value.getKey().substring("kafka.".length()), value.getValue());
            } else if (!DEFAULTS.containsKey(value.getKey()) && !OTHERS.contains(value.getKey())) {
                unknown.add(value.getKey());
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown: %s; known: kafka.*, %s, %s"
                            .formatted(
                                    unknown,
                                    new TreeSet<>(OTHERS),
                                    new TreeSet<>(DEFAULTS.keySet())));
        }
        String servers = values.get("kafka");
        if (servers == null || servers.isBlank()) {
            throw new IllegalArgumentException("kafka is missing: HOST:PORT[,HOST:PORT...]");
        }
        kafka.put("bootstrap.servers", servers);
        Set<Role> roles = roles(get(values, "roles"));
        Optional<Mqtt> mqtt = mqtt(values);
        if (roles.contains(Role.BRIDGE) && mqtt.isEmpty()) {
            throw new IllegalArgumentException(
                    "mqtt is missing: role bridge needs mqtt://HOST:PORT");
        }
        return new CentreSettings(
                roles,
                Map.copyOf(kafka),
                new Ledger(
                        format(get(values, "format")),
                        Path.of(get(values, "state")),
                        number(values, "threads", 1, 64),
                        duration(values, "gap-wait")),
                mqtt,
                new NewTopics(
                        number(values, "partitions", 1, 1_000),
                        (short) number(values, "replication", 1, 15)),
                http(get(values, "http")));
    }

    private static Optional<Mqtt> mqtt(Map<String, String> values) {
        String broker = values.get("mqtt");
        if (broker == null) {
            return Optional.empty();
        }
        if (!broker.matches("mqtts?://[^/:]+:\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "mqtt '%s': mqtt://HOST:PORT or mqtts://HOST:PORT".formatted(broker));
        }
        return Optional.of(
                new Mqtt(
                        broker,
                        Optional.ofNullable(values.get("mqtt.user")),
                        Optional.ofNullable(values.get("mqtt.password")),
                        new PemTls(
                                path(values, "mqtt.ca"),
                                path(values, "mqtt.certificate"),
                                path(values, "mqtt.key"))));
    }

    private static Optional<Path> path(Map<String, String> values, String key) {
        return Optional.ofNullable(values.get(key)).map(Path::of);
    }

    private static Map<String, String> file(Path path) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "config %s can not be read: %s".formatted(path, e), e);
        }
        var values = new TreeMap<String, String>();
        for (String key : properties.stringPropertyNames()) {
            values.put(key, properties.getProperty(key));
        }
        return values;
    }

    private static Set<Role> roles(String words) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String word : words.split(",", -1)) {
            roles.add(
                    switch (word.strip()) {
                        case "ledger" -> Role.LEDGER;
                        case "bridge" -> Role.BRIDGE;
                        default ->
                                throw new IllegalArgumentException(
                                        "roles '%s': ledger, bridge or both, with a comma"
                                                .formatted(words));
                    });
        }
        return Set.copyOf(roles);
    }

    private static String format(String word) {
        if (!word.equals("json") && !word.equals("avro")) {
            throw new IllegalArgumentException("format '%s': json or avro".formatted(word));
        }
        return word;
    }

    private static int number(Map<String, String> values, String key, int min, int max) {
        String value = get(values, key);
        if (!value.matches("\\d{1,9}")
                || Integer.parseInt(value) < min
                || Integer.parseInt(value) > max) {
            throw new IllegalArgumentException(
                    "%s '%s': a whole number from %d to %d".formatted(key, value, min, max));
        }
        return Integer.parseInt(value);
    }

    private static Duration duration(Map<String, String> values, String key) {
        String value = get(values, key);
        try {
            Duration duration = Duration.parse("PT" + value);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException _) {
            // said below
        }
        throw new IllegalArgumentException("%s '%s': like 30s or 5m".formatted(key, value));
    }

    private static Http http(String value) {
        int colon = value.lastIndexOf(':');
        String port = value.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("http '%s': HOST:PORT".formatted(value));
        }
        return new Http(value.substring(0, colon), Integer.parseInt(port));
    }

    private static String get(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }
}
