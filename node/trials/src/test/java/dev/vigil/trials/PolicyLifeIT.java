package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The life of a policy on a node: installed, compared, armed, gone back from; killed in between.
 */
class PolicyLifeIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final long SEED = Long.getLong("vigil.kill.seed", 20261123L);
    private static final int KILLS = 5;
    private static final List<SensorChannel> CHANNELS =
            List.of(
                    new SensorChannel(
                            new SensorId("room/temperature"), Quantity.TEMPERATURE, "room"),
                    new SensorChannel(
                            new SensorId("room/obsc_per_m"), Quantity.OBSCURATION, "room"));

    private final Instant begin =
            Instant.ofEpochSecond(InstantSource.system().instant().getEpochSecond() - 3600);

    /** A fire that comes and goes every two minutes, ten readings a second. */
    private SenderClient.Source fire() {
        return new SenderClient.Source() {
            @Override
            public byte[] topic(long ticket) {
                return "site/room".getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public int payload(long ticket, byte[] into) {
                double heat = Math.max(0, Math.sin(ticket * 0.1 * Math.PI / 60));
                byte[] senml =
                        String.format(
                                        Locale.ROOT,
                                        "[{\"n\":\"room/%s\",\"u\":\"%s\",\"t\":%d.%d,\"v\":%.4f}]",
                                        ticket % 2 == 0 ? "temperature" : "obsc_per_m",
                                        ticket % 2 == 0 ? "Cel" : "/",
                                        begin.getEpochSecond() + ticket / 10,
                                        ticket % 10,
                                        ticket % 2 == 0 ? 20 + 60 * heat : 0.2 * heat)
                                .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(senml, 0, into, 0, senml.length);
                return senml.length;
            }
        };
    }

    @Test
    void killedAtAnyMomentThePoliciesGoOnByteForByteAndAnnounceNothingTwice() throws Exception {
        Workplace place = Workplace.fresh("policy-state");
        TrialSite site =
                new TrialSite.Plan("state")
                        .bothPolicies()
                        .topic("site/+")
                        .sensor("room/temperature", "temperature", "room")
                        .sensor("room/obsc_per_m", "obsc_per_m", "room")
                        .write(place);
        Random random = new Random(SEED);
        try (SenderClient sender = new SenderClient("room", 256, fire(), (_, _) -> {})) {
            long ticket = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                NodeProcess node = start(site, place);
                try {
                    sender.connect(site.mqttPort(), BOUND);
                    sender.resendUnacknowledged();
                    ticket = send(sender, ticket, 500 + random.nextInt(3000));
                    // A snapshot every five seconds of logical time, and often one is due right
                    // now.
                    Waiting.untilNanoTime(System.nanoTime() + random.nextInt(400) * 1_000_000L);
                    ticket = send(sender, ticket, 500 + random.nextInt(500));
                } finally {
                    node.kill();
                    sender.disconnect();
                }
            }
            String log = Files.readString(place.file("node.log"));
            assertTrue(log.contains("with its state as of record"), log);
            try (NodeProcess node = start(site, place)) {
                sender.connect(site.mqttPort(), BOUND);
                sender.resendUnacknowledged();
                assertTrue(sender.awaitAcknowledgements(BOUND));
                node.stop();
            }
        }
        for (String policy : List.of("heat", "smoke")) {
            long readings = PolicyStates.compare(site, policy, policy, CHANNELS);
            print(
                    "seed %d, %d kills: the state of %s after %d readings is, byte for byte, that of one run"
                            .formatted(SEED, KILLS, policy, readings));
        }
        openedOnce(site);
    }

    /** No raise is in the ALARM lane twice: restarts do not tell old news. */
    private static void openedOnce(TrialSite site) {
        List<String> opened =
                PolicyStates.alarms(site).stream()
                        .filter(text -> text.contains("\"change\":\"OPENED\""))
                        .toList();
        assertEquals(1, opened.size(), () -> "one room, one incident, never closed: " + opened);
    }

    @Test
    void aPolicyIsInstalledComparedArmedAndGoneBackFromAndAKillChangesNothing() throws Exception {
        Workplace place = Workplace.fresh("policy-life");
        Bundles bundles = new Bundles(place);
        Files.write(
                place.file("base.wasm"),
                Bundles.module("counter-1", Bundles.counter("counter", "1", 1)));
        TrialSite site =
                new TrialSite.Plan("life")
                        .policyFile("rooms", place.file("base.wasm"))
                        .numberTopic("plain/heat", "room/temperature")
                        .sensor("room/temperature", "temperature", "room")
                        .line("policy-store: {trust: trust}")
                        .write(place);
        byte[] second = Bundles.module("counter-1", Bundles.counter("counter", "2", 1));
        byte[] third = Bundles.module("counter-2", Bundles.counter("counter", "3", 2));
        try (NodeProcess node = start(site, place);
                SenderClient sender = numbers()) {
            sender.connect(site.mqttPort(), BOUND);
            send(sender, 0, 1000);
            refusals(bundles, node, second);
            Bundles.refused(node, "has no installed version", "arm", "counter");
            done(node, "installed counter 2", "install", bundles.bundle("2", second, 2).toString());
            Bundles.refused(node, "has not been seen in shadow", "arm", "counter");
            done(node, "runs in shadow", "shadow", "counter");
            Waiting.require(
                    BOUND,
                    () -> Bundles.policy(node, "list").output().contains("on live data"),
                    () -> "no shadow: " + Bundles.policy(node, "list").output());
            send(sender, 1000, 200);
            assertTrue(Bundles.policy(node, "list").output().contains("by both"));
            String armed = done(node, "1 -> 2 in", "arm", "counter");
            assertTrue(armed.contains("state copied"), armed);
            assertTrue(armed.contains("by both 1"), "the difference is shown: " + armed);
            print(armed);
            done(node, "installed counter 3", "install", bundles.bundle("3", third, 3).toString());
            String migrated = done(node, "state migrated", "arm", "counter", "--unseen");
            print(migrated);
            send(sender, 1200, 100);
            node.kill();
        }
        try (NodeProcess node = start(site, place)) {
            String afterKill = "rooms: armed, counter 3 (counter 3)";
            Waiting.require(
                    BOUND,
                    () -> Bundles.policy(node, "list").output().contains(afterKill),
                    () -> "not armed: " + Bundles.policy(node, "list").output());
            String back = done(node, "3 -> 2 in", "rollback", "counter");
            print(back);
            Waiting.require(
                    BOUND,
                    () -> shows(node, "\"version\":\"2\""),
                    () -> "the page shows no version");
            assertTrue(node.page("/q/metrics").contains("vigil_policy_swap_seconds_count 1"));
            node.stop();
        }
        List<String> changes =
                PolicyStates.alarms(site).stream().filter(t -> t.startsWith("policy/")).toList();
        for (String what : List.of("installed", "in shadow", "armed", "rolled back")) {
            assertTrue(
                    changes.stream().anyMatch(t -> t.contains("\"change\":\"" + what + "\"")),
                    () -> what + " is a record: " + changes);
        }
    }

    private static boolean shows(NodeProcess node, String text) {
        try {
            return node.page("/api/status").contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    private static void refusals(Bundles bundles, NodeProcess node, byte[] good) {
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        install(bundles, node, "UNKNOWN_KEY", good, bundles.signedByAStranger(good, 2));
        install(bundles, node, "ALTERED", flipped, bundles.signed(good, 2));
        install(bundles, node, "ALTERED", Arrays.copyOf(good, 200), bundles.signed(good, 2));
        byte[] other = Bundles.module("counter-1", Bundles.counter("elsewhere", "1", 1));
        install(bundles, node, "UNKNOWN_POLICY", other, bundles.signed(other, 1));
    }

    private static void install(
            Bundles bundles, NodeProcess node, String reason, byte[] wasm, byte[] signature) {
        Bundles.refused(node, reason, "install", bundles.files("bad", wasm, signature).toString());
    }

    private static String done(NodeProcess node, String says, String... words) {
        String said = Bundles.done(node, words);
        assertTrue(said.contains(says), said);
        return said;
    }

    /** Bare numbers: 20, and 120 at the 500th, which stays. */
    private static SenderClient numbers() {
        return new SenderClient(
                "numbers",
                64,
                new SenderClient.Source() {
                    @Override
                    public byte[] topic(long ticket) {
                        return "plain/heat".getBytes(StandardCharsets.US_ASCII);
                    }

                    @Override
                    public int payload(long ticket, byte[] into) {
                        byte[] value =
                                (ticket < 500 ? "20" : "120").getBytes(StandardCharsets.US_ASCII);
                        System.arraycopy(value, 0, into, 0, value.length);
                        return value.length;
                    }
                },
                (_, _) -> {});
    }

    private static long send(SenderClient sender, long from, int count) throws IOException {
        for (long ticket = from; ticket < from + count; ticket++) {
            sender.send(ticket);
        }
        sender.flush();
        return from + count;
    }

    private static NodeProcess start(TrialSite site, Workplace place) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void print(String text) {
        System.out.println("PolicyLifeIT: " + text);
    }
    // CHECKSTYLE ON
}
