package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A node that is killed while a version is installed or armed: afterwards what was armed is armed,
 * or what was to be armed; a version that is there is whole; and it can be installed again.
 */
class KilledInstallNodeIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int KILLS = Integer.getInteger("vigil.install.kills", 8);
    private static final long SEED = Long.getLong("vigil.kill.seed", 20261123L);
    private static final byte[] NONE = {};

    private static final String ANY_MOMENT = "any moment";

    /** What an install is seen to write, in this order; a kill follows the sight. */
    private static final List<String> INSTALL =
            List.of("version.new", ".wasm", ".sig.json", "ledger.new", "ledger changed");

    /** The same of an arming. */
    private static final List<String> ARM = List.of("ledger.new", "ledger changed");

    private final Workplace place = Workplace.fresh("killed-install");
    private final Bundles bundles = new Bundles(place);
    private final Random random = new Random(SEED);
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private int counter = 1;
    private int armed;

    @Test
    void aKillAtAnyPointOfAnInstallLeavesAWholeVersionArmed() throws Exception {
        Files.write(
                place.file("own.wasm"), Bundles.module("mischief", Bundles.mischief("guard", "0")));
        TrialSite site =
                new TrialSite.Plan("killed-install")
                        .sensor("room/temperature", "temperature", "room")
                        .numberTopic("room", "room/temperature")
                        .policyFileOn("guard", place.file("own.wasm"), "room/temperature")
                        .line("policy-store: {trust: trust}")
                        .write(place);
        for (int kill = 0; kill < KILLS; kill++) {
            try (NodeProcess node = start(site)) {
                judge(node, site);
                killed(node, site, kill);
            }
        }
        try (NodeProcess node = start(site)) {
            judge(node, site);
        }
        print("seed %d, %d kills: %s".formatted(SEED, KILLS, outcomes));
    }

    /** Kills the node at a point of its own, in the middle of an order. */
    private void killed(NodeProcess node, TrialSite site, int kill) throws Exception {
        boolean arming = kill % 2 == 1;
        if (arming) {
            counter++;
            Bundles.ok(node, "", body(counter));
        }
        Path store = site.journal().resolve("policies");
        int number = counter + 1;
        Thread order = Thread.ofPlatform().daemon().start(() -> give(node, arming, number));
        List<String> sights = arming ? ARM : INSTALL;
        String sight = kill / 2 < sights.size() ? sights.get(kill / 2) : ANY_MOMENT;
        boolean seen = awaited(sight, order, store, number);
        node.kill();
        order.join(BOUND);
        outcomes.merge(
                "%s, %s%s"
                        .formatted(
                                arming ? "arm" : "install",
                                sight,
                                seen ? "" : " (was over already)"),
                1,
                Integer::sum);
    }

    /**
     * Waits for the sight.
     *
     * @return false: it was there too short to be seen, and the order is done
     */
    private boolean awaited(String sight, Thread order, Path store, int number) {
        if (sight.equals(ANY_MOMENT)) {
            Waiting.untilNanoTime(System.nanoTime() + random.nextInt(80) * 1_000_000L);
            return true;
        }
        String before = ledger(store);
        boolean[] seen = {false};
        Waiting.require(
                BOUND,
                () -> {
                    boolean done = !order.isAlive();
                    seen[0] = seen(store, sight, before, number);
                    return seen[0] || done;
                },
                () -> "no answer, and no sight of " + sight);
        assertTrue(seen[0] || sight.endsWith(".new"), sight + " stays, and was not there");
        return seen[0];
    }

    private static boolean seen(Path store, String sight, String before, int next) {
        if (sight.equals("ledger changed")) {
            return !ledger(store).equals(before);
        }
        String name = sight.startsWith(".") ? "guard." + next + sight : sight;
        return Files.exists(store.resolve(name));
    }

    private static String ledger(Path store) {
        try {
            return Files.readString(store.resolve("ledger"));
        } catch (IOException e) {
            return "";
        }
    }

    private void give(NodeProcess node, boolean arming, int number) {
        try {
            Bundles.order(
                    node, arming ? "/guard/arm?unseen=true" : "", arming ? NONE : body(number));
        } catch (IOException _) {
            // Nobody hears the answer of a node that is killed.
        }
    }

    /** Of the policy that watches; -1 when none does. */
    private static int version(NodeProcess node) {
        String list = Bundles.list(node);
        String version = list.replaceAll("(?s).*guard: armed, guard (\\d+) .*", "$1");
        return version.matches("\\d+") ? Integer.parseInt(version) : -1;
    }

    /** The node watches with the version from before the kill or the one from after it. */
    private void judge(NodeProcess node, TrialSite site) throws IOException {
        // Until the journal is open the module of site.yaml, version 0, watches.
        Waiting.require(
                BOUND,
                () -> List.of(armed, counter).contains(version(node)),
                () -> "armed is %d, was %d".formatted(version(node), armed));
        String list = Bundles.list(node);
        int now = version(node);
        armed = now;
        assertTrue(!node.log().contains("can't be used"), node::log);

        // What waits is whole: it can be armed.
        if (list.contains("candidate:")) {
            int waits = Integer.parseInt(list.replaceAll("(?s).*candidate: (\\d+) .*", "$1"));
            counter = Math.max(counter, waits);
            Bundles.ok(node, "/guard/arm?unseen=true", NONE);
            armed = waits;
        }
        // And the one that was cut off can be installed again, or the next one.
        counter++;
        Bundles.ok(node, "", body(counter));
        Bundles.ok(node, "/guard/arm?unseen=true", NONE);
        armed = counter;
        try (Stream<Path> files = Files.list(site.journal().resolve("policies"))) {
            assertEquals(
                    List.of(),
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith(".new"))
                            .toList(),
                    "nothing half is left");
        }
    }

    private byte[] body(int number) {
        byte[] wasm =
                Bundles.module("mischief", Bundles.mischief("guard", Integer.toString(number)));
        return Bundles.body(wasm, bundles.signed(wasm, number));
    }

    private NodeProcess start(TrialSite site) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void print(String text) {
        System.out.println("KilledInstallNodeIT: " + text);
    }
    // CHECKSTYLE ON
}
