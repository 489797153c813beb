package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What a policy may use on a node is the least of what it asks for and the site gives, and one that
 * the node can't afford is not armed: not when it comes, and not when the node starts.
 */
class PolicyGrantsIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String GOLDEN = "0,room,temperature,40\n1,room,temperature,41\n";

    @Test
    void aPolicyGetsTheLeastOfWhatItAsksAndTheSiteGives() throws Exception {
        Workplace place = Workplace.fresh("policy-grants");
        Bundles bundles = new Bundles(place);
        TrialSite site =
                site(
                        place,
                        "grant: {fuel-per-reading: 40, slots: 32}",
                        "policy-store: {trust: trust}");
        byte[] wasm = Bundles.module("mischief", Bundles.mischief("guard", "2"));
        try (NodeProcess node = start(site, place);
                PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            // The dates of a signature are judged, because this site's clock is right.
            refused(
                    node,
                    bundles,
                    wasm,
                    bundles.signed(wasm, 2, DAY, DAY.multipliedBy(2)),
                    "NOT_YET_VALID");
            refused(
                    node,
                    bundles,
                    wasm,
                    bundles.signed(wasm, 2, DAY.negated(), DAY.dividedBy(-2)),
                    "EXPIRED");

            // site.yaml gives less than the manifest asks for.
            String installed =
                    Bundles.done(node, "install", bundles.bundle("2", wasm, 2).toString());
            assertTrue(
                    installed.contains("guard: fuelPerReading: 20000 asked for, 40 given"),
                    installed);
            assertTrue(installed.contains("guard: slots: 64 asked for, 32 given"), installed);
            Bundles.done(node, "arm", "guard", "--unseen");
            room.publish("room", "20", () -> {});
            Waiting.require(
                    BOUND,
                    () -> list(node).contains("used up its fuel of 40 instructions"),
                    () -> list(node));

            // The signed grants, which are read anew each time, take the log away that it imports.
            bundles.grant("{\"guard\": {\"pages\": 1, \"capabilities\": [\"abort\"]}}", 2);
            byte[] next = Bundles.module("mischief", Bundles.mischief("guard", "3"));
            refused(
                    node,
                    bundles,
                    next,
                    bundles.signed(next, 3),
                    "it imports vigil1.log, granted are [abort]");
            bundles.grant("{}", 1);
            refused(node, bundles, next, bundles.signed(next, 3), "grants.json has serial 1");
            bundles.grant("{\"guard\": {\"pages\": 1}}", 3);
            Bundles.done(node, "install", bundles.bundle("3", next, 3).toString());
        }
    }

    @Test
    void whatTheNodeCannotAffordIsNeitherInstalledNorChosenAtAStart() throws Exception {
        Workplace place = Workplace.fresh("policy-admission");
        Bundles bundles = new Bundles(place);
        // So many readings that a policy without golden readings needs many cores, and another one
        // little.
        TrialSite site = site(place, "", store(2));
        byte[] unknown = Bundles.module("mischief", Bundles.mischief("guard", "2"));
        byte[] known =
                Bundles.module("mischief", Bundles.mischief("guard", "3"), Optional.of(GOLDEN));
        try (NodeProcess node = start(site, place)) {
            refused(
                    node,
                    bundles,
                    unknown,
                    bundles.signed(unknown, 2),
                    "TOO_COSTLY: guard: 20000 instructions a reading");
            assertTrue(!list(node).contains("candidate"), "nothing is kept of it: " + list(node));
            String installed =
                    Bundles.done(node, "install", bundles.bundle("3", known, 3).toString());
            assertTrue(installed.contains("% of a core"), installed);
            print(installed);
            Bundles.done(node, "arm", "guard", "--unseen");
            assertTrue(list(node).contains("guard: armed, guard 3 (counter 3)"), list(node));
        }
        rewrite(site, store(2), store(0.01));
        try (NodeProcess node = start(site, place)) {
            Waiting.require(
                    BOUND,
                    () -> node.log().contains("TOO_COSTLY"),
                    () -> "not refused: " + node.logTail(20));
            Waiting.require(
                    BOUND, () -> list(node).contains("guard: armed, guard 1"), () -> list(node));
        }
        rewrite(site, store(0.01), store(2));
        try (NodeProcess node = start(site, place)) {
            Waiting.require(
                    BOUND, () -> list(node).contains("guard: armed, guard 3"), () -> list(node));
        }
    }

    private static String store(double cpu) {
        return "policy-store: {trust: trust, cpu: %s, readings: 1000000}".formatted(cpu);
    }

    /** A room that its own module watches until another version comes. */
    private static TrialSite site(Workplace place, String grant, String store) throws Exception {
        Files.write(
                place.file("own.wasm"), Bundles.module("mischief", Bundles.mischief("guard", "1")));
        return new TrialSite.Plan("grants")
                .timeSyncFile("own.wasm") // which is there
                .sensor("room/temperature", "temperature", "room")
                .numberTopic("room", "room/temperature")
                .line("policies:")
                .line(
                        "  - {id: guard, module: %s, channels: [room/temperature]%s}"
                                .formatted(
                                        place.file("own.wasm"),
                                        grant.isEmpty() ? "" : ", " + grant))
                .line(store)
                .write(place);
    }

    private static void rewrite(TrialSite site, String before, String after) throws Exception {
        String text = Files.readString(site.file());
        assertTrue(text.contains(before), text);
        Files.writeString(site.file(), text.replace(before, after));
    }

    private static void refused(
            NodeProcess node, Bundles bundles, byte[] wasm, byte[] signature, String reason) {
        Bundles.refused(node, reason, "install", bundles.files("bad", wasm, signature).toString());
    }

    private static String list(NodeProcess node) {
        return Bundles.list(node);
    }

    private static NodeProcess start(TrialSite site, Workplace place) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void print(String text) {
        System.out.println("PolicyGrantsIT: " + text);
    }
    // CHECKSTYLE ON
}
