package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatTest {
    @TempDir private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsAClosedJournal() {
        write();
        assertEquals(0, cat("--journal", directory.toString()));
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(61, lines.size());
        assertTrue(lines.getFirst().contains("/alarm\",\"seq\":1,\"n\":\"gw-01/alarm/1\""));
        assertTrue(lines.getLast().contains("/history\",\"seq\":60,"), lines.getLast());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void beginsWhereItIsToldTo() {
        write();
        assertEquals(
                0, cat("--journal", directory.toString(), "--lane", "history", "--from", "58"));
        assertEquals(3, out.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void saysThatANodeHasTheJournalOpen() {
        try (Journal journal = write(open())) {
            assertEquals(1, cat("--journal", directory.toString()));
            assertEquals(61, journal.nextSequence(Lane.HISTORY));
        }
        String error = err.toString(StandardCharsets.UTF_8);
        assertTrue(error.contains("in use by a running node"), error);
    }

    @Test
    void saysWhatIsWrongWithItsArguments() {
        assertEquals(1, cat("--journal", directory.resolve("none").toString()));
        assertEquals(1, cat("--journal", directory.toString()));
        assertEquals(2, cat());
        assertEquals(2, cat("--journal"));
        assertEquals(2, cat("--journal", "x", "--kafka", "y"));
        assertEquals(2, cat("--journal", "x", "--lane", "middle"));
        assertEquals(2, cat("--journal", "x", "--from", "-1"));
        assertEquals(2, cat("--what"));
        String error = err.toString(StandardCharsets.UTF_8);
        for (String part :
                List.of(
                        "no such directory",
                        "holds no journal",
                        "one of --kafka and --journal",
                        "--journal needs a value",
                        "--lane middle: alarm or history",
                        "--from -1: a sequence is a number",
                        "unknown: --what",
                        "usage: vigil cat")) {
            assertTrue(error.contains(part), part + " in " + error);
        }
    }

    private int cat(String... arguments) {
        return Cat.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private void write() {
        write(open()).close();
    }

    private static Journal write(Journal journal) {
        var random = new Random(1);
        for (int i = 0; i < 6; i++) {
            journal.append(
                    Lane.HISTORY, Samples.readings(random, Samples.START, 10), Samples.START);
        }
        journal.append(
                Lane.ALARM,
                List.of(SenmlRecord.text("alarm/1", "smoke", Samples.START)),
                Samples.START);
        journal.sync();
        return journal;
    }

    private Journal open() {
        return Journal.open(
                JournalOptions.of("gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                Samples.START);
    }
}
