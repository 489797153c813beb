package dev.vigil.forward;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Measures what a journal writes and how long it takes to open. Owned by the thread of the command
 * line; directories are the caller's to remove.
 */
public final class DiskFigures {
    private static final Duration KEEP = Duration.ofDays(1);
    private static final int ROUNDS = 30;

    private DiskFigures() {}

    /**
     * Recorded fires: each row of each file (about a hundred channels) is a group of readings, as a
     * site of that size commits them. The rows are appended again and again with later times.
     *
     * @param rows of the recording in one block
     */
    static void recorded(Path directory, Path recordings, int rows, PrintStream out)
            throws IOException {
        List<List<SenmlRecord>> packs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(recordings)) {
            for (Path file :
                    files.filter(f -> f.toString().matches(".*SDC.*gz")).sorted().toList()) {
                packs.addAll(read(file));
            }
        }
        long readings = 0;
        long wire = 0;
        double disk;
        double once;
        var options = JournalOptions.of("gw-01", directory, 1L << 30, 8L << 30, KEEP);
        try (Journal journal = Journal.open(options, Samples.START)) {
            for (int round = 0; round < ROUNDS; round++) {
                Duration later = Duration.ofSeconds(205L * round);
                for (int i = 0; i + rows <= packs.size(); i += rows) {
                    var block = new ArrayList<SenmlRecord>();
                    packs.subList(i, i + rows)
                            .forEach(row -> row.forEach(r -> block.add(r.shifted(later))));
                    Instant now = block.getLast().at();
                    wire += journal.append(Lane.HISTORY, block, now).body().length;
                    journal.sync();
                    readings += block.size();
                }
            }
            disk = (double) journal.state(Lane.HISTORY).bytesOnDisk() / readings;
            once = (double) journal.state(Lane.HISTORY).writtenBytes() / wire;
        }
        try (Journal journal = Journal.open(options, Samples.START)) {
            while (journal.tidy()) {
                // until there is none left
            }
            LaneState state = journal.state(Lane.HISTORY);
            out.printf(
                    "%6d rows a block: %,11d readings; bytes per reading: wire %.2f, disk %.2f, compacted %.2f; written: %.2f times the wire, %.2f with compaction%n",
                    rows,
                    readings,
                    (double) wire / readings,
                    disk,
                    (double) state.bytesOnDisk() / readings,
                    once,
                    (double) state.writtenBytes() / wire);
        }
    }

    /**
     * Fills a journal with texts that do not compress, in real bytes, and opens it again at each
     * doubling: after an orderly end and after none (its end has to be found by reading).
     */
    static void opening(Path directory, long gigabytes, PrintStream out) {
        var random = new Random(1);
        var options = JournalOptions.of("gw-01", directory, 1L << 30, (gigabytes + 1) << 30, KEEP);
        long bytes = 0;
        for (long target = 64L << 20; target <= gigabytes << 30; target *= 2) {
            boolean last = target * 2 > gigabytes << 30;
            bytes = fill(options, random, last ? gigabytes << 30 : target);
            long orderly = open(options);
            // As a power cut leaves it: the note of the orderly end is not there.
            try (Journal journal = Journal.open(options, Samples.START)) {
                append(journal, random);
                journal.append(Lane.HISTORY, texts(random), Samples.START);
            }
            long found = open(options);
            out.printf(
                    "%,14d bytes in HISTORY: open in %d ms after an orderly end, in %d ms when the end has to be found%n",
                    bytes, orderly, found);
        }
    }

    private static long fill(JournalOptions options, Random random, long target) {
        try (Journal journal = Journal.open(options, Samples.START)) {
            while (journal.state(Lane.HISTORY).bytesOnDisk() < target) {
                append(journal, random);
            }
            return journal.state(Lane.HISTORY).bytesOnDisk();
        }
    }

    private static void append(Journal journal, Random random) {
        for (int i = 0; i < 8; i++) {
            journal.append(Lane.HISTORY, texts(random), Samples.START);
        }
        journal.sync();
    }

    private static List<SenmlRecord> texts(Random random) {
        byte[] noise = new byte[300_000];
        random.nextBytes(noise);
        return List.of(
                SenmlRecord.text(
                        "noise", Base64.getEncoder().encodeToString(noise), Samples.START));
    }

    private static long open(JournalOptions options) {
        long start = System.nanoTime();
        try (Journal journal = Journal.open(options, Samples.START)) {
            long millis = (System.nanoTime() - start) / 1_000_000;
            if (journal.nextSequence(Lane.HISTORY) < 2) {
                throw new IllegalStateException("the journal is empty");
            }
            return millis;
        }
    }

    private static List<List<SenmlRecord>> read(Path file) throws IOException {
        var rows = new ArrayList<List<SenmlRecord>>();
        try (var text =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.US_ASCII))) {
            String[] names = text.readLine().split(",", -1);
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                String[] values = line.split(",", -1);
                Instant at =
                        Samples.START.plusMillis((long) (Double.parseDouble(values[0]) * 1000));
                var row = new ArrayList<SenmlRecord>();
                for (int i = 1; i < values.length; i++) {
                    if (!values[i].isBlank()) {
                        String unit = names[i].startsWith("TC") ? "Cel" : "1";
                        double value = Double.parseDouble(values[i]);
                        row.add(SenmlRecord.number("house/" + names[i], unit, value, null, at));
                    }
                }
                rows.add(row);
            }
        }
        return rows;
    }

    // CHECKSTYLE OFF: a command line
    /** {@code recorded DIRECTORY RECORDINGS} or {@code opening DIRECTORY GIGABYTES}. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        if (arguments[0].equals("opening")) {
            opening(directory, Long.parseLong(arguments[2]), System.out);
        } else {
            for (int rows : new int[] {1, 10, 60}) {
                recorded(
                        directory.resolve("rows-" + rows), Path.of(arguments[2]), rows, System.out);
            }
        }
    }
    // CHECKSTYLE ON
}
