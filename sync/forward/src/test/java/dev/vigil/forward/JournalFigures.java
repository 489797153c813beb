package dev.vigil.forward;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Measures what the journal and the wire form cost. Owned by the thread of the command line; the
 * directory is the caller's to remove.
 */
public final class JournalFigures {
    private static final int[] BLOCKS = {1, 10, 100, 1_000, 10_000};

    private JournalFigures() {}

    /**
     * Prints one line for each block size: records per second of encoding alone, of append and
     * sync, of reading back and decoding; bytes per record on the wire, on disk as written and on
     * disk when compacted.
     */
    public static void measure(Path directory, Duration each, PrintStream out) {
        out.println(
                "records/block  encode rec/s  append+sync rec/s  syncs/s  read+decode rec/s"
                        + "  wire B/rec  disk B/rec  compacted B/rec");
        for (int size : BLOCKS) {
            block(directory.resolve("blocks-of-" + size), size, each, out);
        }
    }

    private static void block(Path directory, int size, Duration each, PrintStream out) {
        var random = new Random(1);
        Instant now = Samples.START;
        List<List<SenmlRecord>> packs =
                java.util.stream.IntStream.range(0, Math.max(1, 20_000 / size))
                        .mapToObj(i -> Samples.readings(random, now.plusSeconds(i), size))
                        .toList();
        double encodeRate;
        double wire;
        try (var codec = new BlockCodec()) {
            long bytes = 0;
            long records = 0;
            run(packs, codec, each); // warm
            long start = System.nanoTime();
            while (System.nanoTime() - start < each.toNanos()) {
                for (List<SenmlRecord> pack : packs) {
                    bytes += codec.encode("gw-01", pack).length;
                    records += size;
                }
            }
            encodeRate = records / ((System.nanoTime() - start) / 1e9);
            wire = (double) bytes / records;
        }
        var options = JournalOptions.of("gw-01", directory, 1L << 30, 8L << 30, Duration.ofDays(1));
        double appendRate;
        double syncRate;
        double readRate;
        double disk;
        long records;
        try (Journal journal = Journal.open(options, now)) {
            appendFor(journal, packs, each.dividedBy(2)); // warm
            long before = journal.nextSequence(Lane.HISTORY);
            long start = System.nanoTime();
            long syncs = appendFor(journal, packs, each);
            double seconds = (System.nanoTime() - start) / 1e9;
            records = journal.nextSequence(Lane.HISTORY) - 1;
            appendRate = (records - before + 1) / seconds;
            syncRate = syncs / seconds;
            disk = (double) journal.state(Lane.HISTORY).bytesOnDisk() / records;
            start = System.nanoTime();
            long read = readAll(journal, each);
            readRate = read / ((System.nanoTime() - start) / 1e9);
        }
        double compact;
        try (Journal journal = Journal.open(options, now)) {
            while (journal.tidy()) {
                // until there is none left
            }
            compact = (double) journal.state(Lane.HISTORY).bytesOnDisk() / records;
        }
        out.printf(
                "%13d %13.0f %18.0f %8.0f %18.0f %11.2f %11.2f %16.2f%n",
                size, encodeRate, appendRate, syncRate, readRate, wire, disk, compact);
    }

    private static void run(List<List<SenmlRecord>> packs, BlockCodec codec, Duration time) {
        long end = System.nanoTime() + time.toNanos() / 2;
        while (System.nanoTime() < end) {
            for (List<SenmlRecord> pack : packs) {
                codec.encode("gw-01", pack);
            }
        }
    }

    private static long appendFor(Journal journal, List<List<SenmlRecord>> packs, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        long syncs = 0;
        while (System.nanoTime() < end) {
            List<SenmlRecord> pack = packs.get((int) (syncs % packs.size()));
            journal.append(Lane.HISTORY, pack, Samples.START);
            journal.sync();
            syncs++;
        }
        return syncs;
    }

    private static long readAll(Journal journal, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        long records = 0;
        Optional<Block> block = journal.next(Lane.HISTORY, 0);
        while (block.isPresent() && System.nanoTime() < end) {
            records += BlockCodec.decode(block.get()).size();
            block = journal.next(Lane.HISTORY, block.get().lastSequence());
        }
        return records;
    }

    // CHECKSTYLE OFF: a command line
    /** Arguments: a directory that does not exist yet, and seconds for each figure (default 2). */
    public static void main(String[] arguments) {
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        measure(Path.of(arguments[0]), Duration.ofSeconds(seconds), System.out);
    }
    // CHECKSTYLE ON
}
