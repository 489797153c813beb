package dev.vigil.forward;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Command {@code cat}: prints records from Kafka or from a journal as SenML JSON lines. Owned by
 * the thread of the command line.
 */
public final class Cat {
    static final String USAGE =
            """
            usage: vigil cat --kafka HOST:PORT [--topic vigil.uplink] [--from-beginning | --from-now] [--follow]
                   vigil cat --journal DIR [--lane alarm|history] [--from SEQUENCE]
            Prints one SenML JSON record a line, with its stream and sequence. A journal must not be in use.
            """;

    private static final Duration ANSWER_BOUND = Duration.ofSeconds(10);

    private final PrintStream out;
    private final PrintStream err;

    private Cat(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command.
     *
     * @return exit code: 0 all printed, 1 something could not be read or decoded (said on {@code
     *     err}), 2 wrong arguments
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        var cat = new Cat(out, err);
        try {
            Map<String, String> options = parse(arguments);
            if (options.containsKey("--kafka") == options.containsKey("--journal")) {
                throw new IllegalArgumentException("one of --kafka and --journal is needed");
            }
            return options.containsKey("--kafka") ? cat.kafka(options) : cat.journal(options);
        } catch (IllegalArgumentException e) {
            err.println("vigil cat: " + e.getMessage());
            err.print(USAGE);
            return 2;
        } catch (JournalFault | KafkaException e) {
            err.println("vigil cat: " + e.getMessage());
            return 1;
        }
    }

    private static Map<String, String> parse(List<String> arguments) {
        var options = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            switch (option) {
                case "--from-beginning", "--from-now", "--follow" -> options.put(option, "");
                case "--kafka", "--topic", "--journal", "--lane", "--from" -> {
                    i++;
                    if (i == arguments.size()) {
                        throw new IllegalArgumentException("%s needs a value".formatted(option));
                    }
                    options.put(option, arguments.get(i));
                }
                default -> throw new IllegalArgumentException("unknown: " + option);
            }
        }
        return options;
    }

    private int journal(Map<String, String> options) {
        JournalPart part = JournalPart.of(options);
        int failures = 0;
        try (var closed = ClosedJournal.open(part.directory())) {
            for (Lane lane : part.lanes()) {
                try (JournalReader reader = closed.reader(lane)) {
                    failures += print(reader, part.from());
                }
            }
        }
        return failures == 0 ? 0 : 1;
    }

    private int print(JournalReader reader, long from) {
        int failures = 0;
        Optional<Block> block = reader.from(from);
        while (block.isPresent()) {
            failures += print(block.get(), from);
            block = reader.from(block.get().lastSequence() + 1);
        }
        return failures;
    }

    private int kafka(Map<String, String> options) {
        String topic = options.getOrDefault("--topic", "vigil.uplink");
        boolean follow = options.containsKey("--follow");
        int failures = 0;
        try (var consumer = consumer(options.getOrDefault("--kafka", ""))) {
            List<PartitionInfo> infos = consumer.partitionsFor(topic, ANSWER_BOUND);
            if (infos.isEmpty()) {
                throw new KafkaException("there is no topic '%s'".formatted(topic));
            }
            List<TopicPartition> partitions =
                    infos.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ANSWER_BOUND);
            if (options.containsKey("--from-now")) {
                consumer.seekToEnd(partitions);
            } else {
                consumer.seekToBeginning(partitions);
            }
            boolean more = true;
            while (more) {
                for (var message : consumer.poll(Duration.ofMillis(200))) {
                    failures += print(message);
                }
                out.flush();
                more =
                        !out.checkError()
                                && (follow
                                        || ends.entrySet().stream()
                                                .anyMatch(
                                                        end ->
                                                                consumer.position(end.getKey())
                                                                        < end.getValue()));
            }
        }
        return failures == 0 ? 0 : 1;
    }

    private int print(ConsumerRecord<byte[], byte[]> message) {
        byte @Nullable [] body = message.value();
        try {
            Block block =
                    BlockHeaders.block(
                            name -> {
                                Header header = message.headers().lastHeader(name);
                                return header == null ? null : header.value();
                            },
                            body == null ? new byte[0] : body);
            return print(block, 0);
        } catch (MalformedBlock e) {
            err.printf(
                    "vigil cat: %s/%d at %d: %s%n",
                    message.topic(), message.partition(), message.offset(), e.getMessage());
            return 1;
        }
    }

    /** Records from {@code from} on; returns the number of failures, 0 or 1. */
    private int print(Block block, long from) {
        try {
            long sequence = block.firstSequence();
            for (SenmlRecord record : BlockCodec.decode(block)) {
                if (sequence >= from) {
                    out.println(SenmlJson.line(block.stream(), sequence, record));
                }
                sequence++;
            }
            return 0;
        } catch (MalformedBlock e) {
            err.printf(
                    "vigil cat: block %s/%d: %s%n",
                    block.stream(), block.firstSequence(), e.getMessage());
            return 1;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "vigil-cat-" + UUID.randomUUID(),
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
