package dev.vigil.node.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Batch;
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

class PolicyHistoryTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static final SensorChannel HALL =
            new SensorChannel(new SensorId("hall"), Quantity.TEMPERATURE, "hall");

    private static SenmlRecord reading(String name, int second) {
        return SenmlRecord.number(name, "Cel", 20 + second, null, AT.plusSeconds(second));
    }

    @Test
    void everyReadingKeepsItsNumberBehindRecordsThatNoPolicyJudges(@TempDir Path folder) {
        List<SenmlRecord> records = new ArrayList<>();
        records.add(SenmlRecord.text("quarantine", "nonsense", AT));
        records.add(reading("hall", 1));
        records.add(reading("hall", 2));
        records.add(reading("a sensor that is gone", 3));
        records.add(SenmlRecord.text("quarantine", "more of it", AT));
        records.add(reading("hall", 5));
        records.add(reading("hall", 6));
        List<String> batches = new ArrayList<>();
        try (Journal journal =
                Journal.open(
                        JournalOptions.of("test", folder, 8 << 20, 64 << 20, Duration.ofDays(1)),
                        AT)) {
            journal.append(Lane.HISTORY, records, AT);
            journal.sync();
            long first = journal.nextSequence(Lane.HISTORY) - records.size();
            try (JournalReader reader = journal.reader(Lane.HISTORY)) {
                PolicyHistory history = new PolicyHistory(reader, Map.of("hall", HALL));
                PolicyHistory.Piece piece = history.piece(first, first + 5).orElseThrow();

                for (Batch batch : piece.batches()) {
                    for (int i = 0; i < batch.readings().size(); i++) {
                        batches.add(
                                "%d: %.0f at the latest %s"
                                        .formatted(
                                                batch.firstSequence() + i - first,
                                                batch.readings().get(i).value(),
                                                batch.now()));
                    }
                }
                assertEquals(3, piece.readings());
                assertEquals(first + 5, piece.lastSequence());
            }
        }
        assertEquals(
                List.of(
                        "1: 21 at the latest 2026-11-23T12:00:05Z",
                        "2: 22 at the latest 2026-11-23T12:00:05Z",
                        "5: 25 at the latest 2026-11-23T12:00:05Z"),
                batches);
    }
}
