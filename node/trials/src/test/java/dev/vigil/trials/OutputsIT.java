package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What outputs are at the start, in an alarm, after {@code kill -9}, after a restart, when they are
 * silenced and when the node is stopped; and what systemd hears meanwhile.
 */
class OutputsIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** As long as systemd waits. */
    private static final Duration WATCHDOG = Duration.ofMillis(1500);

    /** What a pipe holds (pipe(7)). */
    private static final int PIPE_BYTES = 65_536;

    private final Workplace place = Workplace.fresh("outputs");

    @Test
    void eachOutputIsWhatTheSiteDeclaresWhateverHappensToTheNode() throws Exception {
        Optional<Mosquitto> found = Mosquitto.start(place.folder());
        assumeTrue(found.isPresent(), "needs mosquitto");
        try (Mosquitto broker = found.get();
                NotifyReceiver systemd = new NotifyReceiver();
                PahoListener bell = PahoListener.subscribe(broker.port(), "site/bell", BOUND);
                PahoListener valve = listen(broker, "site/valve")) {
            TrialSite site = site(broker.port());
            List<String> told = new ArrayList<>();
            List<String> valveTold = new ArrayList<>();
            try (NodeProcess node = start(site, systemd)) {
                hears(bell, told, List.of("OFF"), node);
                alarm(site);
                hears(bell, told, List.of("OFF", "ON"), node);
                hears(valve, valveTold, List.of("OFF", "ON"), node);
                Waiting.require(BOUND, this::plays, () -> "no voice: " + node.logTail(20));
                Waiting.require(
                        BOUND,
                        () -> systemd.heard().contains("READY=1"),
                        () -> "systemd hears " + systemd.heard());
                node.kill();
            }
            // The crash: the broker says for the bell what the node no longer can, and nothing for
            // the valve. The program that speaks ends by itself, or with the service.
            hears(bell, told, List.of("OFF", "ON", "OFF"), null);
            voice().orElseThrow().destroyForcibly();
            Files.delete(place.file("voice.pid"));
            long fed = watchdogs(systemd);

            try (NodeProcess node = start(site, systemd)) {
                hears(bell, told, List.of("OFF", "ON", "OFF", "ON"), node);
                hears(valve, valveTold, List.of("OFF", "ON", "ON"), node);
                Waiting.require(BOUND, this::plays, () -> "no voice: " + node.logTail(20));
                assertEquals(List.of(true, true), on(site.siren()), "no OFF, one more ON");

                assertEquals(0, output(node, "silence").code());

                hears(bell, told, List.of("OFF", "ON", "OFF", "ON", "OFF"), node);
                Waiting.require(BOUND, () -> voice().isEmpty(), () -> "the voice goes on");
                Waiting.require(
                        BOUND, () -> on(site.siren()).size() == 3, () -> "the siren goes on");
                assertEquals(List.of(true, true), on(strobe()), "a strobe is not silenced");
                Waiting.require(
                        BOUND,
                        () -> watchdogs(systemd) > fed + 2,
                        () -> "systemd hears " + systemd.heard());
                node.stop();
            }
            assertEquals(List.of(true, true, false), on(strobe()), "off with the node");
            assertTrue(systemd.heard().contains("STOPPING=1"), systemd.heard().toString());
            hears(valve, valveTold, List.of("OFF", "ON", "ON"), null);
        }
    }

    @Test
    void anOutputIsTestedAndOneThatIsNotSeenToFollowIsAFault() throws Exception {
        TrialSite site =
                plan().sensor("room/strobe-on", "contact", "room")
                        .numberTopic("plain/strobe-on", "room/strobe-on")
                        .line(
                                "  - {id: strobe, kind: strobe, file: strobe.log, self-test: 1s, feedback: room/strobe-on}")
                        .line("self-test: {every: 200ms, outputs: 1d}")
                        .write(place);
        try (NodeProcess node =
                NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                        .awaitReady(BOUND)) {
            Tool.Ended tested = output(node, "test", "strobe", "2");
            assertEquals(0, tested.code(), tested.output());
            Waiting.require(
                    BOUND,
                    () -> on(strobe()).equals(List.of(true, false)),
                    () -> "on for the test: " + on(strobe()));
            Waiting.require(
                    BOUND,
                    () -> metric(node, "vigil_output_fault", "strobe") == 1,
                    () -> "no fault: " + node.logTail(20));
            String listed = output(node, "list").output();
            assertTrue(listed.contains("FAULT: output strobe was switched on, but its"), listed);
            assertEquals(0, metric(node, "vigil_alarms_open", ""), "no alarm");

            publish(site, "plain/strobe-on", "1");
            assertEquals(0, output(node, "test", "strobe", "2").code());
            Waiting.require(
                    BOUND,
                    () -> metric(node, "vigil_output_fault", "strobe") == 0,
                    () -> "it followed: " + node.logTail(20));
            publish(site, "plain/strobe-on", "0");
            Waiting.require(
                    BOUND,
                    () -> metric(node, "vigil_selftest_passed_total", "") > 5,
                    () -> "it does not test itself: " + node.logTail(20));
            assertEquals(0, metric(node, "vigil_selftest_failed_total", ""));
            assertTrue(metric(node, "vigil_selftest_latency_seconds_count", "") > 5);
            assertFalse(output(node, "test", "horn").code() == 0, "there is no horn");
        }
    }

    @Test
    void aNodeWhoseChainIsStuckDoesNotFeedTheWatchdog() throws Exception {
        Path pipe = place.file("horn");
        assertEquals(
                0, Tool.run(BOUND, "", "", List.of("mkfifo", pipe.toString())).code(), "mkfifo");
        TrialSite site =
                plan().line("  - {id: horn, kind: strobe, file: horn, minimum-on: 0s}")
                        .write(place);
        try (RandomAccessFile horn = new RandomAccessFile(pipe.toFile(), "rw");
                NotifyReceiver systemd = new NotifyReceiver()) {
            horn.write(new byte[PIPE_BYTES]); // full: whoever writes to it waits
            try (NodeProcess node = start(site, systemd);
                    SenderClient heat =
                            new SenderClient(
                                    "heat",
                                    1,
                                    HotRooms.source("plain/heat", _ -> "71.5"),
                                    (_, _) -> {})) {
                Waiting.require(
                        BOUND,
                        () -> watchdogs(systemd) > 2,
                        () -> "systemd hears " + systemd.heard());
                heat.connect(site.mqttPort(), BOUND);
                heat.send(0);
                heat.flush();
                Waiting.require(
                        BOUND,
                        () -> on(site.siren()).equals(List.of(true)),
                        () -> "the siren, which comes before the horn: " + node.logTail(20));

                // One test may have been passed just before.
                long fed = watchdogs(systemd) + 1;
                assertFalse(
                        Waiting.until(WATCHDOG.multipliedBy(2), () -> watchdogs(systemd) > fed),
                        () -> "fed though nothing is judged: " + systemd.heard());

                horn.readFully(new byte[PIPE_BYTES]);
                Waiting.require(
                        BOUND,
                        () -> watchdogs(systemd) > fed + 2,
                        () -> "systemd hears " + systemd.heard());
            }
        }
    }

    private TrialSite.Plan plan() {
        return new TrialSite.Plan("outputs")
                .policyWith("heat", "clear_hold: 0")
                .topic("site/+")
                .sensor("room/temperature", "temperature", "room")
                .numberTopic("plain/heat", "room/temperature");
    }

    private TrialSite site(int broker) throws IOException {
        Files.writeString(place.file("voice.sh"), "echo $$ > voice.pid\nexec sleep 600\n");
        String mqtt = "broker: 'mqtt://127.0.0.1:%d'".formatted(broker);
        return plan().line(
                        "  - {id: bell, kind: siren, %s, topic: site/bell, when-gone: off, minimum-on: 0s}"
                                .formatted(mqtt))
                .line(
                        "  - {id: valve, kind: valve, %s, topic: site/valve, minimum-on: 0s}"
                                .formatted(mqtt))
                .line("  - {id: strobe, kind: strobe, file: strobe.log, minimum-on: 0s}")
                .line("  - {id: voice, kind: voice, play: [sh, voice.sh], minimum-on: 0s}")
                .write(place);
    }

    private NodeProcess start(TrialSite site, NotifyReceiver systemd) {
        return NodeProcess.start(
                        List.of(
                                "env",
                                "NOTIFY_SOCKET=" + systemd.address(),
                                "WATCHDOG_USEC="
                                        + TimeUnit.MILLISECONDS.toMicros(WATCHDOG.toMillis())),
                        site.file(),
                        site.pagePort(),
                        place.file("node.log"))
                .awaitReady(BOUND);
    }

    private static long watchdogs(NotifyReceiver systemd) {
        return systemd.heard().stream().filter("WATCHDOG=1"::equals).count();
    }

    private static PahoListener listen(Mosquitto broker, String topic) {
        return PahoListener.subscribe(broker.port(), topic, BOUND);
    }

    private static void hears(
            PahoListener listener,
            List<String> told,
            List<String> expected,
            @Nullable NodeProcess node) {
        Waiting.require(
                BOUND,
                () -> {
                    for (Optional<byte[]> next = listener.poll();
                            next.isPresent();
                            next = listener.poll()) {
                        told.add(new String(next.get(), StandardCharsets.UTF_8));
                    }
                    return told.size() >= expected.size();
                },
                () -> "heard " + told + (node == null ? "" : "\n" + node.logTail(20)));
        assertEquals(expected, told);
    }

    private SirenFile strobe() {
        return new SirenFile(place.folder().resolve("strobe.log"));
    }

    private static List<Boolean> on(SirenFile file) {
        return file.lines().stream().map(SirenFile.Switched::on).toList();
    }

    private boolean plays() {
        return voice().isPresent();
    }

    /** The program that speaks, while it runs. */
    private Optional<ProcessHandle> voice() {
        try {
            Path file = place.folder().resolve("voice.pid");
            String pid = Files.exists(file) ? Files.readString(file).strip() : "";
            return pid.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            return Optional.empty(); // being written
        }
    }

    private static double metric(NodeProcess node, String name, String label) {
        try {
            return NodeMetrics.of(node).sum(name, label);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static void alarm(TrialSite site) {
        publish(site, "plain/heat", "71.5");
    }

    private static void publish(TrialSite site, String topic, String value) {
        Tool.publish(BOUND, site.mqttPort(), topic, value);
    }

    /** As {@code ./vigil output} does it. */
    private static Tool.Ended output(NodeProcess node, String... words) {
        List<String> all = new ArrayList<>(List.of("output"));
        all.addAll(List.of(words));
        return Tool.vigil(BOUND, node, all);
    }
}
