package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
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
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (NodeProcess node = start(site)) {
                    judge(node, client, site);
                    killed(node, client, site, kill);
                }
            }
            try (NodeProcess node = start(site)) {
                judge(node, client, site);
            }
        }
        print("seed %d, %d kills: %s".formatted(SEED, KILLS, outcomes));
    }

    /** Kills the node at a point of its own, in the middle of an order. */
    private void killed(NodeProcess node, HttpClient client, TrialSite site, int kill)
            throws Exception {
        boolean arming = kill % 2 == 1;
        if (arming) {
            counter++;
            ok(Bundles.send(node, client, "", body(counter)));
        }
        Path store = site.journal().resolve("policies");
        int number = counter + 1;
        Thread order = Thread.ofPlatform().daemon().start(() -> give(node, client, arming, number));
        List<String> sights = arming ? ARM : INSTALL;
        boolean sighted = kill / 2 < sights.size();
        String sight = sighted ? sights.get(kill / 2) : "any moment";
        String before = ledger(store);
        if (sighted) {
            Waiting.until(
                    Duration.ofSeconds(5),
                    () -> !order.isAlive() || seen(store, sight, before, number));
        } else {
            Waiting.untilNanoTime(System.nanoTime() + random.nextInt(80) * 1_000_000L);
        }
        node.kill();
        order.join(BOUND);
        outcomes.merge("%s, %s".formatted(arming ? "arm" : "install", sight), 1, Integer::sum);
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

    private void give(NodeProcess node, HttpClient client, boolean arming, int number) {
        try {
            Bundles.send(
                    node,
                    client,
                    arming ? "/guard/arm?unseen=true" : "",
                    arming ? NONE : body(number));
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
    private void judge(NodeProcess node, HttpClient client, TrialSite site) throws IOException {
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
            ok(Bundles.send(node, client, "/guard/arm?unseen=true", NONE));
            armed = waits;
        }
        // And the one that was cut off can be installed again, or the next one.
        counter++;
        ok(Bundles.send(node, client, "", body(counter)));
        ok(Bundles.send(node, client, "/guard/arm?unseen=true", NONE));
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

    private static void ok(String answer) {
        assertTrue(answer.startsWith("200 "), answer);
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
