package dev.vigil.centre;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Command {@code fleet}: prints {@code vigil.fleet} as a table. Owned by the command line's thread.
 */
final class FleetCommand {
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> HEAD =
            List.of(
                    "NODE",
                    "LANE",
                    "JOURNAL",
                    "LAST SEEN",
                    "LATEST RECORD",
                    "CLOCK",
                    "SOFTWARE",
                    "BACKLOG",
                    "RECEIVED",
                    "LOST",
                    "MISSING",
                    "COPIES",
                    "STATE");

    private FleetCommand() {}

    /** Exit code: 0 printed, 1 Kafka or the topic can not be read. */
    static int run(CentreSettings settings, PrintStream out, PrintStream err) {
        try {
            Collection<JsonNode> rows = read(settings.kafka()).values();
            print(rows, out);
            return 0;
        } catch (KafkaException e) {
            err.println("vigil fleet: " + e.getMessage());
            return 1;
        }
    }

    private static Map<String, JsonNode> read(Map<String, String> kafka) {
        var settings = new HashMap<String, Object>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        var rows = new TreeMap<String, JsonNode>();
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> infos = consumer.partitionsFor(Topics.FLEET, ANSWER_BOUND);
            if (infos.isEmpty()) {
                throw new KafkaException(
                        "there is no topic %s: a ledger creates it".formatted(Topics.FLEET));
            }
            List<TopicPartition> partitions =
                    infos.stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ANSWER_BOUND);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var row : consumer.poll(Duration.ofMillis(200))) {
                    take(row, rows);
                }
            }
        }
        return rows;
    }

    private static void take(ConsumerRecord<byte[], byte[]> row, Map<String, JsonNode> rows) {
        String stream = new String(row.key(), StandardCharsets.UTF_8);
        byte @Nullable [] value = row.value();
        if (value == null) {
            rows.remove(stream);
            return;
        }
        try {
            rows.put(stream, JSON.readTree(new String(value, StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            throw new KafkaException("row of stream %s is not JSON".formatted(stream), e);
        }
    }

    private static void print(Collection<JsonNode> rows, PrintStream out) {
        var table = new ArrayList<List<String>>();
        table.add(HEAD);
        for (JsonNode row : rows) {
            table.add(
                    List.of(
                            text(row, "node"),
                            text(row, "lane"),
                            text(row, "incarnation"),
                            seconds(text(row, "lastSeen")),
                            seconds(text(row, "lastAt")),
                            text(row, "clock"),
                            text(row, "software"),
                            text(row, "backlog"),
                            text(row, "received"),
                            text(row, "lost"),
                            text(row, "missing"),
                            text(row, "copies"),
                            judgement(row)));
        }
        for (List<String> line : table) {
            var text = new StringBuilder();
            for (int column = 0; column < line.size(); column++) {
                int width = width(table, column);
                boolean number = column >= 7 && column <= 11;
                text.append(
                        (number ? "%" : "%-").concat(width + "s  ").formatted(line.get(column)));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    private static int width(List<List<String>> table, int column) {
        return table.stream().mapToInt(line -> line.get(column).length()).max().orElse(1);
    }

    private static String judgement(JsonNode row) {
        if (row.path("missing").asLong() > 0) {
            var gaps = new ArrayList<String>();
            row.path("gaps").forEach(gap -> gaps.add(gap.asText()));
            return gaps.isEmpty() ? "incomplete" : "missing " + String.join(", ", gaps);
        }
        if (row.path("lost").asLong() > 0) {
            return "losses accounted for";
        }
        return row.path("historic").asBoolean() ? "complete, sending backlog" : "complete";
    }

    private static String text(JsonNode row, String field) {
        return row.path(field).asText("?");
    }

    /** To the second: what is behind the dot is of no use in a table. */
    private static String seconds(String instant) {
        int dot = instant.indexOf('.');
        return dot < 0 ? instant : instant.substring(0, dot) + "Z";
    }
}
