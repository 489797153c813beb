package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * Promises 1 and 5 under attack: twenty policies watch 20,000 readings a second while bundles
 * arrive that want to do harm. A room gets hot again and again, and the siren sounds for each: also
 * after every single attack.
 *
 * <p>The whole of it: {@code -Dvigil.hostile.swaps=300 -Dvigil.hostile.traps=10000
 * -Dvigil.hostile.probe=2000}.
 */
class HostilePoliciesIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int RATE = 20_000;
    private static final int SWAPS = Integer.getInteger("vigil.hostile.swaps", 40);
    private static final int TRAPS = Integer.getInteger("vigil.hostile.traps", 300);
    private static final int TRAPPERS = 5;

    /** Memory is looked at after each of these parts of the swaps. */
    private static final int PARTS = 5;

    private static final int ARMED = 20;

    /** The node's test of itself has a policy of its own. */
    private static final int SELF_TEST = 1;

    /**
     * The journal's database fills its cache within the first minutes, and knows each of its
     * commits until a volume is full. What stays of a swap is not told by this, but by instances.
     */
    private static final long GROWTH_KIB_MAX = 32 << 10;

    private static final byte[] NONE = {};

    private final Workplace place = Workplace.fresh("hostile");
    private final Bundles bundles = new Bundles(place);
    private long counter;
    private int attacks;

    /** The node under attack, and those who talk to it. */
    private record Scene(NodeProcess node, SenderClient victim, HotRooms rooms) {}

    @Test
    void theNodeDetectsThroughoutAndItsMemoryStaysFlat() throws Exception {
        for (String id : new String[] {"victim", "trapper"}) {
            Files.write(
                    place.file(id + ".wasm"),
                    Bundles.module("mischief", Bundles.mischief(id, "0")));
        }
        TrialSite site = site();
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                SenderClient victim = client("victim", "victim", Long::toString);
                Load load = Load.paced(site.mqttPort(), RATE);
                HotRooms rooms = HotRooms.start(site, node)) {
            assertEquals(ARMED, armed(node), () -> node.logTail(20));
            victim.connect(site.mqttPort(), BOUND);
            long began = System.nanoTime();
            Scene scene = new Scene(node, victim, rooms);

            bundlesThatAreRefused(scene);
            policiesThatMisbehave(scene);
            traps(scene, site);
            List<NodeMemory> memory = new ArrayList<>();
            for (int part = 0; part < PARTS; part++) {
                swaps(scene, SWAPS / PARTS);
                memory.add(NodeMemory.of(node, place.file("histogram-" + part)));
            }
            rooms.detects();

            double seconds = (System.nanoTime() - began) / 1e9;
            NodeMetrics metrics = NodeMetrics.of(node);
            print(
                    "%.0f s, 20 policies, %,d readings/s asked, %,.0f acknowledged a second; %d attacks, %d hazards reached the siren, missed: '%s'; %.0f traps, %.0f swaps, slowest within %.3f s"
                            .formatted(
                                    seconds,
                                    RATE,
                                    load.acknowledgedTotal() / seconds,
                                    attacks,
                                    rooms.sounded(),
                                    rooms.missed(),
                                    metrics.sum("vigil_wasm_trap_total", "trapper"),
                                    metrics.sum("vigil_policy_swap_seconds_count", ""),
                                    slowest(metrics)));
            for (int part = 0; part < PARTS; part++) {
                print(
                        "memory after %d swaps: %s"
                                .formatted((part + 1) * (SWAPS / PARTS), memory.get(part)));
            }

            assertEquals("", rooms.missed());
            assertEquals(ARMED, armed(node), () -> node.logTail(40));
            assertTrue(metrics.sum("vigil_policy_swap_seconds_count", "") >= SWAPS);
            flat(memory);
        }
    }

    /** Of a version that was replaced nothing is left. */
    private static void flat(List<NodeMemory> memory) {
        NodeMemory first = memory.getFirst();
        NodeMemory last = memory.getLast();
        assertTrue(last.threads() <= first.threads() + 4, "threads: " + memory);
        if (first.live().equals(NodeMemory.Live.UNKNOWN)) {
            assertTrue(
                    last.process().resident() - first.process().resident() < GROWTH_KIB_MAX,
                    "%d swaps: %s".formatted(SWAPS, memory));
            return;
        }
        for (NodeMemory each : memory) {
            assertEquals(
                    ARMED + SELF_TEST,
                    each.live().policies(),
                    () -> "instances, of %d armed: %s".formatted(ARMED, memory));
            assertTrue(
                    each.live().classes() <= first.live().classes() + 50,
                    () -> "classes: " + memory);
        }
        assertTrue(
                (last.live().bytes() - first.live().bytes()) / 1024 < GROWTH_KIB_MAX,
                "%d swaps: %s".formatted(SWAPS, memory));
    }

    private TrialSite site() {
        TrialSite.Plan plan =
                new TrialSite.Plan("hostile")
                        .numberTopic("load/+/+", "{1}/{2}")
                        .numberTopic("probe/+/+", "{1}/{2}")
                        .numberTopic("victim", "victim/temperature")
                        .topic("traps")
                        .sensor("victim/temperature", "temperature", "victim")
                        .line("policy-store: {trust: trust}");
        for (int room = 0; room < LoadMessages.ROOMS; room++) {
            plan.sensor("room-%d/temperature".formatted(room), "temperature", "room-" + room);
            plan.sensor("room-%d/obsc_per_m".formatted(room), "obsc_per_m", "room-" + room);
        }
        for (int room = 0; room < HotRooms.MOST; room++) {
            plan.sensor("probe-%d/temperature".formatted(room), "temperature", "probe-" + room);
        }
        for (int policy = 0; policy < 10; policy++) {
            plan.policyNamed("heat-" + policy, "heat");
        }
        for (int policy = 0; policy < 4; policy++) {
            plan.policyNamed("smoke-" + policy, "smoke");
        }
        for (int trapper = 0; trapper < TRAPPERS; trapper++) {
            String channel = "trap-%d/temperature".formatted(trapper);
            plan.sensor(channel, "temperature", "trap-" + trapper)
                    .policyFileOn("trapper-" + trapper, place.file("trapper.wasm"), channel);
        }
        return plan.policyFileOn("victim", place.file("victim.wasm"), "victim/temperature")
                .write(place);
    }

    /** Each is refused with its reason, and nothing changes. */
    private void bundlesThatAreRefused(Scene scene) throws IOException {
        byte[] good = mischief("victim");
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 4;
        refuse(scene, "wrong key", good, bundles.signedByAStranger(good, 1), "UNKNOWN_KEY");
        refuse(scene, "flipped byte", flipped, bundles.signed(good, 1), "ALTERED");
        byte[] torn = Arrays.copyOf(good, good.length - 300);
        refuse(scene, "truncated module", torn, bundles.signed(good, 1), "ALTERED");
        byte[] half = Bundles.withSection(good, 10, bytes(9, 4, 0, 0x41, 0));
        refuse(scene, "truncated module, signed", half, signed(half), "bytes ends after the");
        byte[] looping = Bundles.module("init-loops", plain("victim", 4));
        refuse(
                scene,
                "infinite loop in init",
                looping,
                signed(looping),
                "vigil_init used up its fuel of");
        byte[] memory = Bundles.withSection(good, 5, bytes(1, 1, 0xFF, 0xFF, 3, 0xFF, 0xFF, 3));
        refuse(scene, "memory bomb", memory, signed(memory), "its memory has 65535 to 65535 pages");
        byte[] table = Bundles.withSection(good, 4, bytes(1, 0x70, 0, 0x80, 0xAD, 0xE2, 4));
        refuse(
                scene,
                "table bomb",
                table,
                signed(table),
                "it has 10000000 table entries, allowed are 1024");
        byte[] greedy = Bundles.module("quiet", plain("victim", 60_000));
        refuse(
                scene,
                "manifest asking too much",
                greedy,
                signed(greedy),
                "'pages' is 60000.0, expected a whole number from 1 to 64");
        byte[] curious = Bundles.module("reads-clock", plain("victim", 4));
        refuse(scene, "import that is not given", curious, signed(curious), "env.now: offered are");
        Bundles.ok(scene.node(), "", install(good, ++counter));
        refuse(scene, "older counter", good, bundles.signed(good, 1), "OLDER_COUNTER");
    }

    private byte[] signed(byte[] wasm) {
        return bundles.signed(wasm, ++counter);
    }

    private void refuse(Scene scene, String attack, byte[] wasm, byte[] signature, String reason)
            throws IOException {
        String answer = Bundles.order(scene.node(), "", Bundles.body(wasm, signature));
        assertTrue(answer.startsWith("422 "), attack + ": " + answer);
        assertTrue(answer.contains(reason), attack + ": " + answer);
        assertEquals(ARMED, armed(scene.node()), attack);
        survived(scene, attack);
    }

    /** A siren still sounds for whatever gets hot from now on. */
    private void survived(Scene scene, String attack) {
        scene.rooms().detects();
        print("survived: " + attack);
        attacks++;
    }

    /** Each gets in, breaks three times on live data, and the version before it takes over. */
    private void policiesThatMisbehave(Scene scene) throws IOException {
        misbehave(scene, "trap", 1, "vigil_process trapped: ");
        misbehave(scene, "infinite loop in process", 2, "vigil_process used up its fuel of");
        misbehave(scene, "recursion", 3, "vigil_process nested its calls more than 256 deep");
        misbehave(scene, "host-call flood", 8, "it called the host more than 64 times in one call");
        misbehave(
                scene,
                "log out of its memory",
                9,
                "a host call names 16 bytes at 65530: allowed are");
        // A log flood harms nobody: a few of its lines are logged, the rest counted and left out.
        int lines = scene.node().log().split("guest says", -1).length;
        for (int line = 0; line < 5_000; line++) {
            scene.victim().send(12);
        }
        scene.victim().flush();
        scene.victim().awaitAcknowledgements(BOUND);
        int logged = scene.node().log().split("guest says", -1).length - lines;
        assertTrue(logged <= 40, "lines of 5,000 that were logged: " + logged);
        assertEquals(20, armed(scene.node()));
        survived(scene, "log flood");
    }

    private void misbehave(Scene scene, String attack, int value, String reason)
            throws IOException {
        NodeProcess node = scene.node();
        Bundles.ok(scene.node(), "", install(mischief("victim"), ++counter));
        String armed = "mischief-" + counter;
        Bundles.ok(scene.node(), "/victim/arm?unseen=true", NONE);
        Waiting.require(BOUND, () -> runs(node, armed), () -> "not armed: " + armed);
        for (int strike = 0; strike < 3; strike++) {
            scene.victim().send(value);
            scene.victim().flush();
            scene.victim().awaitAcknowledgements(BOUND);
        }
        Waiting.require(
                BOUND,
                () -> !runs(node, armed) && armed(node) == 20,
                () -> "%s was not replaced:%n%s".formatted(armed, node.logTail(20)));
        Waiting.require(
                BOUND,
                () -> Bundles.list(node).contains(reason),
                () -> attack + ": " + Bundles.list(node));
        survived(scene, attack);
    }

    /** Twice each for five policies, and a new version before the third time. */
    private void traps(Scene scene, TrialSite site) throws IOException {
        String pack =
                "[{\"bn\":\"trap-\",\"bu\":\"Cel\",\"n\":\"0/temperature\",\"v\":1},{\"n\":\"1/temperature\",\"v\":1},"
                        + "{\"n\":\"2/temperature\",\"v\":1},{\"n\":\"3/temperature\",\"v\":1},{\"n\":\"4/temperature\",\"v\":1}]";
        long before = traps(scene.node());
        try (SenderClient sender = client("traps", "traps", _ -> pack)) {
            sender.connect(site.mqttPort(), BOUND);
            for (long ticket = 0; ticket * TRAPPERS < TRAPS; ) {
                Bundles.ok(scene.node(), "", install(mischief("trapper"), ++counter));
                Bundles.ok(scene.node(), "/trapper/arm?unseen=true", NONE);
                for (int strike = 0; strike < 2; strike++) {
                    sender.send(ticket++);
                    sender.flush();
                    assertTrue(sender.awaitAcknowledgements(BOUND));
                }
            }
        }
        Waiting.require(
                BOUND,
                () -> traps(scene.node()) - before >= TRAPS,
                () -> "traps: " + (traps(scene.node()) - before));
        assertEquals(20, armed(scene.node()));
        survived(scene, "%,d traps".formatted(TRAPS));
    }

    private static long traps(NodeProcess node) {
        try {
            return (long) NodeMetrics.of(node).sum("vigil_wasm_trap_total", "trapper");
        } catch (IOException e) {
            return -1;
        }
    }

    /** Two swaps at a time: to a new version and back. */
    private void swaps(Scene scene, int count) throws IOException {
        for (int swap = 0; swap < count; swap += 2) {
            Bundles.ok(scene.node(), "", install(mischief("victim"), ++counter));
            Bundles.ok(scene.node(), "/victim/arm?unseen=true", NONE);
            Bundles.ok(scene.node(), "/victim/rollback", NONE);
        }
        survived(scene, count + " hot swaps");
    }

    private byte[] mischief(String id) {
        return Bundles.module("mischief", Bundles.mischief(id, "mischief-" + (counter + 1)));
    }

    private byte[] install(byte[] wasm, long number) {
        return Bundles.body(wasm, bundles.signed(wasm, number));
    }

    private static String plain(String id, int pages) {
        return """
        {"abi":1,"id":"%s","version":"1","stateVersion":0,"columns":["val"],
        "quantities":["temperature"],"hazards":{},"settings":[],"budget":{"pages":%d,"slots":8}}
        """
                .formatted(id, pages);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static int armed(NodeProcess node) {
        try {
            return (int) NodeMetrics.of(node).sum("vigil_policy_armed", "");
        } catch (IOException e) {
            return -1;
        }
    }

    private static boolean runs(NodeProcess node, String version) {
        try {
            return node.page("/api/status").contains("\"version\":\"" + version + "\"");
        } catch (IOException e) {
            return false;
        }
    }

    /** The upper bound of the fullest bucket that holds all swaps, in seconds. */
    private static double slowest(NodeMetrics metrics) {
        double all = metrics.sum("vigil_policy_swap_seconds_count", "");
        for (double bound :
                new double[] {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1}) {
            if (metrics.sum("vigil_policy_swap_seconds_bucket", "\"" + bound + "\"") >= all) {
                return bound;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static SenderClient client(String id, String topic, LongFunction<String> value) {
        return new SenderClient(id, 1024, HotRooms.source(topic, value), (_, _) -> {});
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void print(String text) {
        System.out.println("HostilePoliciesIT: " + text);
    }
    // CHECKSTYLE ON
}
