package dev.vigil.trials;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.CentreProcess;
import dev.vigil.forward.Delivery;
import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.KafkaUplink;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MosquittoBroker;
import dev.vigil.forward.MqttUplink;
import dev.vigil.forward.MqttUplinkOptions;
import dev.vigil.forward.PemTls;
import dev.vigil.forward.Samples;
import dev.vigil.forward.StreamId;
import dev.vigil.forward.Uplink;
import dev.vigil.forward.Waybill;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * {@code ./vigil bench centre}: drains 1,000,000 readings into {@code vigil.readings}, through
 * Kafka and through mosquitto and a bridge, with all of it on this machine, and prints Markdown.
 * Owned by the thread of the command line.
 */
public final class CentreBench {
    private static final int READINGS = 1_000_000;
    private static final int WARM_UP = 200_000;
    private static final int BLOCK = 1_000;
    private static final int IN_FLIGHT = 64;
    private static final Duration BOUND = Duration.ofMinutes(10);

    private final Workplace place;
    private final PrintStream progress;
    private final String kafka;
    private final Random random = new Random(1);

    /**
     * A drain.
     *
     * @param delivered until the last block was delivered: by Kafka, or acknowledged by the ledger
     * @param seconds until the last reading could be read
     * @param centreCpuSeconds what the centre's process took of it
     */
    private record Drain(double delivered, double seconds, double centreCpuSeconds) {}

    private CentreBench(Workplace place, PrintStream progress, String kafka) {
        this.place = place;
        this.progress = progress;
        this.kafka = kafka;
    }

    // CHECKSTYLE OFF: a command line prints
    public static void main(String[] arguments) throws IOException {
        Workplace.keepLibrariesQuiet();
        run(System.out, System.err);
        System.exit(0);
    }

    // CHECKSTYLE ON

    private static void run(PrintStream out, PrintStream progress) throws IOException {
        Workplace place = Workplace.fresh("bench-centre");
        Machine machine = Machine.here(place.root(), place.folder());
        try (var broker = KafkaBroker.startIn(place.file("kafka"));
                var mosquitto = MosquittoBroker.startIn(place.file("mosquitto"))) {
            var bench = new CentreBench(place, progress, broker.bootstrapServers());
            Drain direct;
            try (CentreProcess ledger = bench.centre("ledger", List.of())) {
                bench.drain("warm-up", bench.kafka(), "gw-00", WARM_UP, ledger);
                direct = bench.drain("Kafka", bench.kafka(), "gw-01", READINGS, ledger);
            }
            Drain bridged;
            String uri = mosquitto.uri().toString().replace("tcp://", "mqtt://");
            try (CentreProcess both = bench.centre("ledger,bridge", List.of("--mqtt", uri))) {
                bench.drain("warm-up", mqtt(mosquitto, "gw-02"), "gw-02", WARM_UP, both);
                bridged = bench.drain("MQTT", mqtt(mosquitto, "gw-03"), "gw-03", READINGS, both);
            }
            print(out, machine, direct, bridged);
        }
    }

    private static void print(PrintStream out, Machine machine, Drain direct, Drain bridged) {
        out.println("Measured by `./vigil bench centre` on " + machine.sentence() + ".");
        out.printf(
                Locale.ROOT,
                "Brokers, centre (JVM, one thread of the ledger) and reader on the same cores; blocks of %,d readings.%n%n",
                BLOCK);
        out.println("| what | result |");
        out.println("|---|---|");
        out.println(
                row(
                        String.format(
                                Locale.ROOT,
                                "%,d readings to Kafka and through the ledger",
                                READINGS),
                        direct));
        out.println(row("the same by MQTT, through mosquitto, bridge and ledger", bridged));
        out.printf(
                Locale.ROOT,
                "| ledger throughput per core: readings per second of its process's CPU time | %,.0f |%n",
                READINGS / direct.centreCpuSeconds());
        out.flush();
    }

    private static String row(String what, Drain drain) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f s; all blocks delivered after %.1f s; centre's CPU time %.1f s |",
                what,
                drain.seconds(),
                drain.delivered(),
                drain.centreCpuSeconds());
    }

    private CentreProcess centre(String roles, List<String> more) {
        var words = new ArrayList<String>(List.of("centre", "--kafka", kafka, "--roles", roles));
        words.addAll(List.of("--partitions", "2", "--replication", "1"));
        words.addAll(List.of("--http", "127.0.0.1:0", "--state", place.file("state").toString()));
        words.addAll(more);
        var centre =
                CentreProcess.launch(
                        place.root().resolve("sync/centre/target/quarkus-app/quarkus-run.jar"),
                        List.of("-Xmx512m"),
                        place.folder(),
                        "centre-" + roles.replace(',', '-'),
                        words);
        for (String role : roles.split(",", -1)) {
            centre.awaitLog(role + " is RUNNING");
        }
        return centre;
    }

    private Uplink kafka() {
        return new KafkaUplink(kafka, "vigil.uplink", Map.of());
    }

    private static Uplink mqtt(MosquittoBroker mosquitto, String node) {
        return new MqttUplink(
                new MqttUplinkOptions(
                        mosquitto.uri(),
                        node,
                        Optional.empty(),
                        Optional.empty(),
                        PemTls.none(),
                        List.of(stream(node))),
                System::nanoTime);
    }

    private Drain drain(
            String name, Uplink uplink, String node, int readings, CentreProcess centre) {
        List<Block> blocks = blocks(stream(node), readings);
        var read = new AtomicLong();
        var readyAt = new AtomicLong();
        var reader = new Thread(() -> read(readings, read, readyAt), "reader");
        reader.start();
        Waiting.require(BOUND, () -> readyAt.get() != 0, () -> "the reader does not begin");
        Duration cpuBefore = centre.cpu();
        long begun = System.nanoTime();
        double delivered;
        try (uplink) {
            send(uplink, blocks);
            delivered = (System.nanoTime() - begun) / 1e9;
            Waiting.require(
                    BOUND,
                    () -> read.get() >= readings,
                    () -> "%,d of %,d readings came".formatted(read.get(), readings));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double cpu = centre.cpu().minus(cpuBefore).toNanos() / 1e9;
        progress.printf(Locale.ROOT, "%s: %,d readings in %.1f s%n", name, readings, seconds);
        return new Drain(delivered, seconds, cpu);
    }

    private static void send(Uplink uplink, List<Block> blocks) {
        var waiting = new ArrayDeque<Block>(blocks);
        int inFlight = 0;
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!waiting.isEmpty() || inFlight > 0) {
            while (inFlight < IN_FLIGHT && !waiting.isEmpty()) {
                Block block = waiting.removeFirst();
                uplink.send(block, new Waybill(true, block.lastSequence(), "bench"));
                inFlight++;
            }
            for (Uplink.Outcome outcome : uplink.poll()) {
                inFlight--;
                if (!(outcome.delivery() instanceof Delivery.Delivered)) {
                    waiting.addFirst(outcome.block());
                }
            }
            if (System.nanoTime() > deadline) {
                throw new TrialFailure("%d blocks left after %s".formatted(waiting.size(), BOUND));
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /** The reader's thread: any reader of the topic, from now on. */
    private void read(int readings, AtomicLong read, AtomicLong readyAt) {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka,
                                "isolation.level",
                                "read_committed",
                                "max.poll.records",
                                5_000),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            var partitions =
                    consumer.partitionsFor("vigil.readings").stream()
                            .map(
                                    info ->
                                            new org.apache.kafka.common.TopicPartition(
                                                    info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            readyAt.set(System.nanoTime());
            while (read.get() < readings && System.nanoTime() < readyAt.get() + BOUND.toNanos()) {
                read.addAndGet(consumer.poll(Duration.ofMillis(50)).count());
            }
        }
    }

    private List<Block> blocks(StreamId stream, int readings) {
        var blocks = new ArrayList<Block>();
        try (var codec = new BlockCodec()) {
            for (int first = 1; first <= readings; first += BLOCK) {
                var at = Samples.START.plusMillis(first);
                blocks.add(
                        new Block(
                                stream,
                                first,
                                BLOCK,
                                at,
                                at.plusMillis(BLOCK),
                                BlockCodec.CODEC,
                                codec.encode(stream.node(), Samples.readings(random, at, BLOCK))));
            }
        }
        return blocks;
    }

    private static StreamId stream(String node) {
        return new StreamId(node, "5f0c5f0c5f0c5f0c", Lane.HISTORY);
    }
}
