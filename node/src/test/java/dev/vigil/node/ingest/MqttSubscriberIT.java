package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.PemTls;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The subscriber against a real mosquitto broker, which the test kills and starts again. */
class MqttSubscriberIT {
    private static final String TOPIC = "site/kitchen/temperature";

    private final IngestCounters counters = new IngestCounters();
    private final Inbox inbox = new Inbox(64, 64);
    private final List<Arrival> taken = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Arrival> undurable = new ConcurrentLinkedQueue<>();
    private int port;
    private Path config;
    private Tool broker;
    private final List<MqttSubscriber> started = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "mosquitto")).toAbsolutePath();
        Path data = Files.createTempDirectory(folder, "broker");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        config = data.resolve("mosquitto.conf");
        Files.writeString(
                config,
                """
                listener %d 127.0.0.1
                allow_anonymous true
                persistence true
                persistence_location %s/
                max_queued_messages 0
                user root
                """
                        .formatted(port, data));
        startBroker();
    }

    @AfterEach
    void stop() {
        started.forEach(MqttSubscriber::close);
        broker.close();
    }

    private void startBroker() {
        broker = Tool.start("mosquitto", "-c", config.toString(), "-v");
        ListenerRig.await(
                "mosquitto runs, it printed " + broker.lines(),
                () -> broker.lines().stream().anyMatch(line -> line.contains("running")));
    }

    private void subscribe(String clientId) {
        MqttSubscriber subscriber =
                new MqttSubscriber(
                        new SiteConfig.Subscriber(
                                URI.create("mqtt://127.0.0.1:" + port),
                                clientId,
                                Optional.empty(),
                                Optional.empty(),
                                PemTls.none(),
                                List.of("site/#")),
                        new TopicMap(ListenerRig.inputs()),
                        inbox,
                        counters,
                        new Quarantine(),
                        InstantSource.system());
        started.add(subscriber);
        subscriber.start();
    }

    private MqttSubscriber.Status status() {
        return started.getLast().status();
    }

    private void awaitUp() {
        ListenerRig.await(
                "subscriber is up: " + status(), () -> status().state() == MqttSubscriber.State.UP);
    }

    private void publish(String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of("mosquitto_pub", "-h", "127.0.0.1", "-p", Integer.toString(port)));
        words.addAll(List.of(more));
        assertEquals(0, Tool.run(words.toArray(String[]::new)));
    }

    private void publishValues(int from, int to) {
        Tool sender =
                Tool.start(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-q",
                        "1",
                        "-t",
                        TOPIC,
                        "-l");
        try (sender) {
            IntStream.range(from, to).forEach(i -> sender.type(i + "\n"));
            sender.endInput();
            assertEquals(0, sender.exitCode());
        }
    }

    private void take() {
        List<Arrival> some = new ArrayList<>();
        inbox.drain(some, 64);
        taken.addAll(some);
        undurable.addAll(some);
    }

    private void commit() {
        for (Arrival next = undurable.poll(); next != null; next = undurable.poll()) {
            next.acknowledgement().durable();
        }
    }

    private List<Double> values() {
        List<Double> values = new ArrayList<>();
        for (Arrival arrival : taken) {
            if (arrival instanceof Arrival.Readings(var readings, _, _)) {
                readings.stream().map(Reading::value).forEach(values::add);
            }
        }
        return values;
    }

    private long count(String text) {
        return broker.lines().stream().filter(line -> line.contains(text)).count();
    }

    private static List<Double> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> (double) i).toList();
    }

    @Test
    void messagesOfTheBrokerAreReadingsAndAreAcknowledgedWhenDurable() {
        subscribe("node-1");
        awaitUp();
        publishValues(0, 10);
        ListenerRig.await(
                "10 readings",
                () -> {
                    take();
                    return values().size() == 10;
                });
        assertEquals(numbers(0, 10), values());
        assertEquals(0, counters.get(IngestCounters.Count.ACKNOWLEDGED));
        commit();
        ListenerRig.await(
                "10 PUBACKs", () -> counters.get(IngestCounters.Count.ACKNOWLEDGED) == 10);
        ListenerRig.await(
                "the broker sees them",
                () ->
                        broker.lines().stream()
                                        .filter(
                                                line ->
                                                        line.contains(
                                                                "Received PUBACK from node-1"))
                                        .count()
                                == 10);
    }

    @Test
    void brokerKilledAndRestartedDeliversAgainWhatWasNotDurable() {
        subscribe("node-2");
        awaitUp();
        publishValues(0, 5);
        takeUntil(5);
        commit();
        ListenerRig.await(
                "the broker has 5 PUBACKs", () -> count("Received PUBACK from node-2") == 5);
        publishValues(5, 10);
        takeUntil(10);
        // Five are judged and not yet durable when the broker falls; it has saved their sending.
        undurable.clear();
        taken.clear();
        // It writes beside and renames, so the file is there when it is whole.
        Path saved = config.resolveSibling("mosquitto.db");
        assertFalse(Files.exists(saved));
        assertEquals(0, Tool.run("kill", "-USR1", Long.toString(broker.pid())));
        ListenerRig.await("the broker has saved", () -> Files.exists(saved));
        broker.kill();
        ListenerRig.await("it is noticed", () -> status().state() != MqttSubscriber.State.UP);
        startBroker();
        awaitUp();
        takeUntil(5);
        // At least once: a broker may send one twice, but not one that it has a PUBACK for.
        assertEquals(numbers(5, 10), values().stream().distinct().sorted().toList());
        commit();
        ListenerRig.await(
                "the broker has them all", () -> count("Received PUBACK from node-2") >= 5);
        assertTrue(status().error().isPresent());
    }

    private void takeUntil(int distinct) {
        ListenerRig.await(
                distinct + " readings",
                () -> {
                    take();
                    return values().stream().distinct().count() >= distinct;
                });
    }

    @Test
    void nodeThatWasAwayGetsWhatTheBrokerKeptForIt() {
        subscribe("node-3");
        awaitUp();
        started.getLast().close();
        publishValues(0, 20);
        subscribe("node-3");
        ListenerRig.await(
                "20 readings",
                () -> {
                    take();
                    commit();
                    return values().size() == 20;
                });
        assertEquals(numbers(0, 20), values());
    }

    @Test
    void fullInboxHoldsTheBrokerBackAndLosesNothing() {
        subscribe("node-4");
        awaitUp();
        int n = 2_000;
        publishValues(0, n);
        ListenerRig.await("inbox is full", inbox::isFull);
        ListenerRig.await("it pauses", () -> counters.get(IngestCounters.Count.PAUSES) > 0);
        assertTrue(counters.get(IngestCounters.Count.MESSAGES) < n);
        ListenerRig.await(
                n + " readings",
                () -> {
                    take();
                    commit();
                    return values().size() >= n;
                });
        assertEquals(numbers(0, n), values());
    }

    @Test
    void retainedMessageWithoutATimeIsUncertainBecauseNobodyKnowsWhenItWasMeasured() {
        publish("-t", TOPIC, "-r", "-q", "1", "-m", "19");
        subscribe("node-5");
        ListenerRig.await(
                "one reading",
                () -> {
                    take();
                    return !values().isEmpty();
                });
        Arrival.Readings arrival = (Arrival.Readings) taken.getFirst();
        assertEquals(Quality.UNCERTAIN, arrival.readings().getFirst().quality());
    }

    @Test
    void brokerThatIsNotThereIsTriedAgainAndNothingBlocks() {
        broker.kill();
        long before = System.nanoTime();
        subscribe("node-6");
        assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(1));
        ListenerRig.await(
                "it is down and says why: " + status(),
                () ->
                        status().state() == MqttSubscriber.State.DOWN
                                && status().error().isPresent());
        startBroker();
        awaitUp();
    }
}
