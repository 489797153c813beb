package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The whole way of a reading once, and an alarm over a kill -9: what an executable must do before
 * anything else about it is worth trying. Its bounds allow a processor emulated in software, which
 * is how native-build/smoke-arm64.sh runs it.
 */
class SmokeIT {
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final int LEVELS = 300;
    private static final Pattern INCIDENT = Pattern.compile("(hall|kitchen)-[0-9]{8}T[0-9.]+Z");

    @Test
    void anAlarmOfEachPolicySoundsSurvivesAKillAndEverythingAcknowledgedIsAtKafka()
            throws Exception {
        Workplace place = Workplace.fresh("smoke");
        try (KafkaBroker broker = KafkaBroker.startIn(place.file("kafka"))) {
            broker.createTopic(KafkaAudit.TOPIC, 1);
            TrialSite site = site(place, broker.bootstrapServers());
            Set<String> incidents;
            try (NodeProcess node = start(site, place)) {
                assertEquals(1, armed(node, "smoke"), node::log);
                assertEquals(1, armed(node, "own-heat"), node::log);
                try (PahoSender sender = PahoSender.connect(site.mqttPort(), "smoke-it", BOUND)) {
                    publishLevels(sender);
                    publish(sender, "hall/obsc_per_m", "/", 0.4);
                    publish(sender, "hall/obsc_per_m", "/", 0.5);
                    publish(sender, "kitchen/temperature", "Cel", 80);
                    publish(sender, "kitchen/temperature", "Cel", 81);
                    assertTrue(sender.awaitAcknowledgements(BOUND), node::log);
                    Waiting.require(
                            BOUND,
                            () -> site.siren().lines().stream().anyMatch(SirenFile.Switched::on),
                            () -> "no siren: " + node.log());
                    incidents = incidents(node, 2);
                }
                node.kill();
            }
            try (NodeProcess node = start(site, place)) {
                assertEquals(incidents, incidents(node, 2), "after the kill");
                assertTrue(node.page("/").contains("<html"), "the status page");
                assertAtKafka(broker, node);
                node.stop();
                assertEquals(143, node.exitCode(), () -> "after SIGTERM: " + node.log());
            }
            assertTheJournalIsReadable(site);
        }
    }

    @Test
    void checkNamesWhatIsWrongWithASite() throws IOException {
        Workplace place = Workplace.fresh("smoke-check");
        TrialSite site = TrialSite.tankPlan().write(place);
        Tool.Ended good = run("check", site.file().toString());
        String text = Files.readString(site.file(), StandardCharsets.UTF_8);
        Files.writeString(site.file(), text.replace("module: heat", "module: heet"));

        Tool.Ended bad = run("check", site.file().toString());

        assertEquals(0, good.code(), good.output());
        assertNotEquals(0, bad.code(), bad.output());
        assertTrue(bad.output().contains("did you mean 'heat'"), bad.output());
    }

    /** Smoke in the hall is judged by the bundled policy, heat by one that comes as a file. */
    private static TrialSite site(Workplace place, String brokers) throws IOException {
        Path module = place.file("own-heat.wasm");
        Files.copy(
                place.root().resolve("wasm-policies/src/main/resources/dev/vigil/policy/heat.wasm"),
                module);
        return new TrialSite.Plan("smoke")
                .sensor("hall/obsc_per_m", "obsc_per_m", "hall")
                .sensor("kitchen/temperature", "temperature", "kitchen")
                .sensor("tank/level", "level", "tank")
                .policyOn("smoke", List.of("hall"))
                .policyFile("own-heat", module)
                .topic("site/#")
                .kafka(brokers)
                .write(place);
    }

    private static NodeProcess start(TrialSite site, Workplace place) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    private static double armed(NodeProcess node, String policy) throws IOException {
        return NodeMetrics.of(node).sum("vigil_policy_armed", "\"%s\"".formatted(policy));
    }

    private static void publishLevels(PahoSender sender) {
        for (int i = 0; i < LEVELS; i++) {
            publish(sender, "tank/level", "m", i);
        }
    }

    private static void publish(PahoSender sender, String channel, String unit, double value) {
        sender.publish(
                "site/" + channel,
                "[{\"n\":\"%s\",\"u\":\"%s\",\"v\":%s}]".formatted(channel, unit, value),
                () -> {});
    }

    /** The identifiers of the open incidents, when there are {@code count}. */
    private static Set<String> incidents(NodeProcess node, int count) {
        Set<String> shown = new TreeSet<>();
        Waiting.require(
                BOUND,
                () -> {
                    try {
                        Matcher id = INCIDENT.matcher(node.page("/api/status"));
                        shown.clear();
                        id.results().map(MatchResult::group).forEach(shown::add);
                    } catch (IOException _) {
                        return false; // asked again
                    }
                    return shown.size() == count;
                },
                () -> "the page shows the incidents %s: %s".formatted(shown, node.log()));
        return Set.copyOf(shown);
    }

    private static void assertAtKafka(KafkaBroker broker, NodeProcess node) {
        List<Double> levels = new ArrayList<>();
        Set<String> channels = new TreeSet<>();
        try (KafkaAudit audit =
                new KafkaAudit(
                        broker.bootstrapServers(),
                        KafkaAudit.TOPIC,
                        record -> {
                            channels.add(record.name());
                            if (record.name().equals("tank/level")) {
                                levels.add(record.value());
                            }
                        })) {
            Waiting.require(
                    BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return levels.size() >= LEVELS
                                && channels.contains("hall/obsc_per_m")
                                && channels.contains("kitchen/temperature");
                    },
                    () ->
                            "at Kafka: %d levels, %s: %s"
                                    .formatted(levels.size(), channels, node.log()));
            assertEquals(List.of(), audit.faults());
        }
        assertEquals(IntStream.range(0, LEVELS).mapToObj(i -> (double) i).toList(), levels);
    }

    private static void assertTheJournalIsReadable(TrialSite site) {
        Tool.Ended cat = run("cat", "--journal", site.journal().toString());
        assertEquals(0, cat.code(), cat.output());
        assertEquals(
                LEVELS,
                cat.output().lines().filter(line -> line.contains("tank/level")).count(),
                cat.output());
    }

    private static Tool.Ended run(String... words) {
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(List.of(words));
        return Tool.run(BOUND, "", "", command);
    }
}
