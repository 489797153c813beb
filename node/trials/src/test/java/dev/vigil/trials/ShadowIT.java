package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A shadow run shows each alarm that only one of the versions raised, and those of both. */
class ShadowIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Workplace place = Workplace.fresh("shadow");
    private final Bundles bundles = new Bundles(place);

    @Test
    void theDifferenceHasALineForEachAlarmOfOneVersionAlone() throws Exception {
        Files.write(place.file("own.wasm"), version("1", 100));
        TrialSite.Plan plan =
                new TrialSite.Plan("shadow")
                        .numberTopic("+/temperature", "{1}/temperature")
                        .line("policy-store: {trust: trust}");
        for (String room : new String[] {"hall", "shed"}) {
            plan.sensor(room + "/temperature", "temperature", room);
        }
        TrialSite site = plan.policyFile("guard", place.file("own.wasm")).write(place);
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                PahoSender rooms = PahoSender.connect(site.mqttPort(), "rooms", BOUND)) {
            // A version that raises from 60 on, live beside one that raises from 100 on.
            Bundles.done(node, "install", bundles.bundle("2", version("2", 60), 2).toString());
            shadow(node);
            rooms.publish("hall/temperature", "80", () -> {});
            rooms.publish("shed/temperature", "120", () -> {});
            Waiting.require(
                    BOUND,
                    () -> says(node, "only by the new version 1, only by the armed one 0"),
                    () -> list(node));
            assertTrue(
                    list(node).matches("(?s).*only new +\\S+ hall/temperature HOT.*"), list(node));
            assertTrue(!list(node).contains("only armed "), list(node));

            // One from 150 on, on the history of the first: it would have missed the shed.
            Bundles.done(node, "install", bundles.bundle("3", version("3", 150), 3).toString());
            shadow(node);
            // Both tell of each tick in the same way.
            Waiting.require(
                    BOUND,
                    () ->
                            list(node)
                                    .matches(
                                            "(?s).*only by the new version 0, only by the armed one 1, by both [1-9].*"),
                    () -> list(node));
            assertTrue(
                    list(node).matches("(?s).*only armed +\\S+ shed/temperature HOT.*"),
                    list(node));
            // What was seen is shown before the arming, and none of it reached the siren.
            String armed = Bundles.done(node, "arm", "guard");
            assertTrue(
                    armed.contains("only armed") && armed.matches("(?s).*by both [1-9].*"), armed);
            assertEquals(
                    0,
                    site.siren().lines().stream()
                            .filter(line -> line.why().startsWith("hall-"))
                            .count(),
                    "what a shadow says is not heard");
        }
    }

    private void shadow(NodeProcess node) {
        Bundles.done(node, "shadow", "guard");
        Waiting.require(BOUND, () -> says(node, "on live data"), () -> list(node));
    }

    private static byte[] version(String version, int level) {
        return Bundles.module(
                "mischief",
                Bundles.mischief("guard", version)
                        .replace("\"default\":100", "\"default\":" + level));
    }

    private static boolean says(NodeProcess node, String text) {
        return list(node).contains(text);
    }

    private static String list(NodeProcess node) {
        return Bundles.list(node);
    }
}
