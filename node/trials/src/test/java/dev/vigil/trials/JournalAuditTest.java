package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge of power cuts finds out what is missing. */
class JournalAuditTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir private Path folder;
    private final LevelMessages messages = new LevelMessages(NOW.minusSeconds(3_600));

    @Test
    void allThatWasAcknowledgedIsThere() throws IOException {
        write(LongStream.rangeClosed(1, 9), LongStream.rangeClosed(1, 3));
        assertEquals("", fault());
    }

    @Test
    void aReadingIsMissing() throws IOException {
        write(LongStream.rangeClosed(1, 9).filter(n -> n != 4), LongStream.rangeClosed(1, 3));
        assertTrue(fault().startsWith("1 of 9 acknowledged are missing"), fault());
    }

    /** Its sequence says nothing: the records that are there have no gap. */
    @Test
    void anAlarmIsMissing() throws IOException {
        write(LongStream.rangeClosed(1, 9), LongStream.of(1, 3));
        assertTrue(fault().startsWith("alarms [2] are missing"), fault());
    }

    private String fault() throws IOException {
        return JournalAudit.of(folder, messages, JournalAudit.NONE, NOW)
                .fault(new JournalAudit.Promised(1, 10, 1, 4), JournalAudit.NONE);
    }

    private void write(LongStream tickets, LongStream alarms) {
        var options =
                JournalOptions.of(
                        JournalAudit.NODE,
                        folder,
                        JournalAudit.ALARM_BYTES,
                        JournalAudit.HISTORY_BYTES,
                        Duration.ofHours(24));
        try (Journal journal = Journal.open(options, NOW)) {
            journal.append(Lane.HISTORY, tickets.mapToObj(this::reading).toList(), NOW);
            List<SenmlRecord> opened = new ArrayList<>();
            alarms.forEach(number -> opened.add(alarm(number)));
            journal.append(Lane.ALARM, opened, NOW);
            journal.sync();
        }
    }

    private SenmlRecord reading(long ticket) {
        return SenmlRecord.number(
                "tank-%d/level".formatted(ticket % LevelMessages.TANKS),
                "m",
                ticket % 997 / 100.0,
                null,
                NOW.minusSeconds(3_600).plusMillis(ticket));
    }

    private static SenmlRecord alarm(long number) {
        return SenmlRecord.text(
                "alarm/hot-20261123T120000.000Z",
                "{\"change\":\"OPENED\",\"zone\":\"hot\",\"cause\":{\"sensor\":\"hot/temperature\",\"value\":80.%03d}}"
                        .formatted(number),
                NOW);
    }
}
