package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Promise 2 on a disk that has a cache: of what it was told since the last flush it keeps some
 * writes and forgets others, whatever their order, and the last one may be torn. What is simulated:
 * the machine and its disk; one run of the node is written down, and each crash point is a disk
 * made from that.
 *
 * <p>{@code -Dvigil.crash.points=1000} for a night.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
class CrashPointsNativeIT {
    private static final int POINTS = Integer.getInteger("vigil.crash.points", 30);
    private static final long SEED = Long.getLong("vigil.kill.seed", 20261123L);
    private static final Duration BOUND = Duration.ofMinutes(2);

    private final Random random = new Random(SEED);

    /** What was found over all points. */
    private record Found(
            int points,
            int early,
            int worse,
            long acknowledged,
            long alarms,
            long flushes,
            long held) {}

    @Test
    void whatWasAcknowledgedIsThereWhateverTheDiskMadeOfTheLastWrites() throws IOException {
        Found found = replay("crash-points", Duration.ofSeconds(20), List.of(), POINTS);
        say(
                "seed %d: %d crash points (%d before the first acknowledgement) in a run with %d flushes, up to %d readings and %d alarms acknowledged, %d writes unflushed on average: %d points with a loss"
                        .formatted(
                                SEED,
                                found.points(),
                                found.early(),
                                found.flushes(),
                                found.acknowledged(),
                                found.alarms(),
                                found.held() / found.points(),
                                found.worse()));
        assertEquals(0, found.worse());
        assertTrue(found.alarms() > 0, "no alarm was acknowledged");
        assertTrue(found.flushes() > 100, "a run without flushes shows nothing");
    }

    /** The trial can fail. */
    @Test
    void aNodeThatDoesNotSyncIsFoundOut() throws IOException {
        Found found = replay("crash-points-unsynced", Duration.ofSeconds(5), CutSite.unsynced(), 5);
        say(
                "without syncs: %d of %d crash points with a loss"
                        .formatted(found.worse(), found.points()));
        assertTrue(found.worse() > 0);
    }

    private Found replay(String name, Duration run, List<String> how, int points)
            throws IOException {
        Workplace place = Workplace.fresh(name);
        CutSite site = new CutSite(place);
        DiskImage disk = site.disk("disk.img");
        DiskImage base = disk.copyTo(place.file("base.img"));
        Path log = place.file("disk.record");
        Files.createFile(log);
        site.sign(1, CutSite.VERSIONS);
        record(place, disk, log, site.load(1, 1, 0, 1, "none", how), run);

        // Before anything was acknowledged nothing was promised.
        DiskRecord.Span span = DiskRecord.span(log, "acked ");
        int young = points / 10; // most lie where there is something to lose
        long[] at =
                LongStream.concat(
                                random.longs(young, 0, span.from()),
                                random.longs(points - young, span.from(), span.to()))
                        .sorted()
                        .toArray();
        int worse = 0;
        int early = 0;
        long acknowledged = 1;
        long alarms = 1;
        long held = 0;
        try (DiskRecord record = new DiskRecord(log, base)) {
            for (long entry : at) {
                record.to(entry);
                acknowledged = said("acked ", record.printed());
                alarms = said("alarmed ", record.printed());
                early += acknowledged == 1 ? 1 : 0;
                held += record.unflushed();
                DiskImage image = record.cut(place.file("crash.img"), share(), random);
                String fault = fault(site, image, acknowledged, alarms);
                if (!fault.isEmpty()) {
                    worse++;
                    say("entry %d of %d: %s".formatted(entry, span.to(), fault));
                }
            }
            return new Found(
                    points, early, worse, acknowledged - 1, alarms - 1, record.flushes(), held);
        }
    }

    private void record(
            Workplace place, DiskImage disk, Path log, List<String> load, Duration run) {
        try (Guest guest = Guest.start(place, disk.file(), log, load)) {
            long deadline = System.nanoTime() + BOUND.toNanos();
            boolean begun = false;
            while (System.nanoTime() < deadline) {
                String line = guest.line(Duration.ofNanos(deadline - System.nanoTime()));
                if (line == null) {
                    break;
                }
                if (line.startsWith("acked ") && !begun) {
                    begun = true;
                    deadline = System.nanoTime() + run.toNanos();
                }
            }
            assertTrue(begun && guest.isRunning(), "the guest did not run as long as it was to");
        }
    }

    /** All, none, or some of what was not flushed. */
    private double share() {
        return random.nextInt(4) / 3.0;
    }

    /** The tickets, or alarms, below it are acknowledged. */
    private static long said(String word, List<String> printed) {
        return printed.stream()
                .filter(line -> line.startsWith(word))
                .mapToLong(line -> Long.parseLong(line.substring(word.length())))
                .max()
                .orElse(1);
    }

    /** What is wrong with the disk; nothing when all is well. */
    private String fault(CutSite site, DiskImage image, long acknowledged, long alarms)
            throws IOException {
        Path folder = site.journalOf(image);
        if (!Files.isDirectory(folder)) {
            // before the first acknowledgement it may not even have been made
            return acknowledged == 1 ? "" : "there is no journal";
        }
        return JournalAudit.of(
                        folder,
                        site.messages(),
                        JournalAudit.NONE,
                        InstantSource.system().instant())
                .fault(new JournalAudit.Promised(1, acknowledged, 1, alarms), JournalAudit.NONE);
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void say(String text) {
        System.out.println("CrashPointsNativeIT: " + text);
    }
    // CHECKSTYLE ON
}
