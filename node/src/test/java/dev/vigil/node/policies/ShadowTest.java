package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.watch.Follower;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.trust.Stored;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShadowTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final int STEPS_MAX = 100;
    private static final SensorChannel HALL =
            new SensorChannel(new SensorId("hall"), Quantity.TEMPERATURE, "hall");

    /** Where the same readings raise: the armed version from 57 degrees on, the new one from 90. */
    private static PolicyCandidate heat(Map<String, Double> settings) {
        return PolicyCandidate.load(new PolicySpec("heat", "heat", List.of(HALL), settings));
    }

    private static void append(Journal journal, Instant from, int readings, double celsius) {
        List<SenmlRecord> records = new ArrayList<>();
        for (int i = 0; i < readings; i++) {
            records.add(
                    SenmlRecord.number(
                            "hall", "Cel", celsius, null, from.plus(Duration.ofMinutes(i))));
        }
        journal.append(Lane.HISTORY, records, from);
        journal.sync();
    }

    @Test
    void itBeginsWithTheLastDayOfTheJournalAndNotBefore(@TempDir Path folder) {
        try (Journal journal =
                Journal.open(
                        JournalOptions.of("test", folder, 8 << 20, 64 << 20, Duration.ofDays(3)),
                        NOW.minus(Duration.ofHours(31)))) {
            append(journal, NOW.minus(Duration.ofHours(30)), 20, 70);
            append(journal, NOW.minus(Duration.ofHours(29)), 20, 20);
            append(journal, NOW.minus(Duration.ofHours(23)), 30, 20);
            append(journal, NOW.minus(Duration.ofHours(1)), 10, 80);
            long last = journal.nextSequence(Lane.HISTORY) - 1;
            try (Shadow shadow =
                    new Shadow(
                            new Stored("vigil.heat", "2", 2, "00"),
                            heat(Map.of("alarm_temperature", 90.0)),
                            heat(Map.of()),
                            new Follower(),
                            journal,
                            Map.of("hall", HALL),
                            new Shadow.Start(NOW, last))) {
                for (int i = 0; i < STEPS_MAX && shadow.phase() != Shadow.Phase.LIVE; i++) {
                    shadow.step(last);
                }

                assertEquals("on live data, 40 readings since 2026-11-22T12:00:00Z", shadow.text());
                List<String> lines = shadow.difference().lines();
                assertTrue(
                        lines.stream()
                                .anyMatch(
                                        line ->
                                                line.matches(
                                                        "only armed 2026-11-23T11:00:00Z hall HEAT_ALARM")),
                        lines::toString);
                assertTrue(
                        lines.stream().noneMatch(line -> line.contains("2026-11-22T06")),
                        "what burned thirty hours ago is not looked at: " + lines);
            }
        }
    }
}
