package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a site names and can't be used: the node says what, where and why. */
class BadSiteIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    @Test
    void tabsInTheYamlAreNamedWithTheirLine() throws IOException {
        Workplace place = Workplace.fresh("tabs");
        TrialSite site = TrialSite.tankPlan().write(place);
        String text = Files.readString(site.file(), StandardCharsets.UTF_8);
        Files.writeString(site.file(), text.replace("  directory:", "\tdirectory:"));

        String log = endedWithAnError(place, site);

        long line = text.substring(0, text.indexOf("  directory:")).lines().count() + 1;
        assertTrue(log.contains("site.yaml:" + line), log);
        assertTrue(log.contains("tab"), log);
    }

    @Test
    void compressionThatTheNodeDoesItselfIsRefusedByCheck() {
        Workplace place = Workplace.fresh("snappy");
        TrialSite site =
                TrialSite.tankPlan()
                        .kafka("127.0.0.1:9092")
                        .kafkaSettings(Map.of("compression.type", "snappy"))
                        .write(place);
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(List.of("check", site.file().toString()));

        Tool.Ended ended = Tool.run(BOUND, "", "", command);

        assertEquals(1, ended.code(), ended.output());
        assertTrue(
                ended.output()
                        .contains(
                                "uplink.kafka.settings.compression.type: blocks are compressed with zstd already - leave it out"),
                ended.output());
    }

    @Test
    void aPolicyFileThatIsNotWasmIsNamedAndTheBuiltInRuleWatches() throws IOException {
        Workplace place = Workplace.fresh("not-wasm");
        Path file = place.file("heat.wasm");
        Files.writeString(file, "#!/bin/sh\necho I am no module\n");
        TrialSite site =
                new TrialSite.Plan("no-module")
                        .sensor("room/temperature", "temperature", "room")
                        .topic("site/+")
                        .policyFile("own-heat", file)
                        .write(place);
        try (NodeProcess node =
                NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))) {
            node.awaitReady(BOUND);
            assertTrue(node.log().contains("heat.wasm"), node::log);
            assertTrue(node.page("/api/status").contains("own-heat"), node::log);

            try (PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
                room.publish(
                        "site/room",
                        "[{\"n\":\"room/temperature\",\"u\":\"Cel\",\"v\":80}]",
                        () -> {});
                Waiting.require(
                        BOUND,
                        () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                        () -> "no siren:\n" + node.log());
            }
        }
    }

    private static String endedWithAnError(Workplace place, TrialSite site) {
        try (NodeProcess node =
                NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))) {
            assertTrue(node.awaitEnd(BOUND), () -> "it runs on:\n" + node.logTail(20));
            assertNotEquals(0, node.exitCode(), node::log);
            assertTrue(!node.log().contains("\tat "), () -> "a stack trace:\n" + node.log());
            return node.log();
        }
    }
}
