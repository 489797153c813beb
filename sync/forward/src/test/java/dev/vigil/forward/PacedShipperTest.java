package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link of 64 kbit/s in virtual time. */
class PacedShipperTest {
    private static final int PER_SECOND = 8_000;

    @TempDir private Path directory;
    private final Random random = new Random(1);
    private final List<SenmlRecord> latest = Samples.readings(random, Samples.START, 50);
    private Instant now = Samples.START;
    private Journal journal;
    private ThinLink link;
    private Shipper shipper;

    @BeforeEach
    void open() {
        journal =
                Journal.open(
                        JournalOptions.of(
                                "gw-01", directory, 4_000_000, 40_000_000, Duration.ofHours(1)),
                        now);
        link = new ThinLink(PER_SECOND, now);
        shipper =
                new Shipper(
                        journal,
                        new FailoverUplink(
                                List.of(
                                        new FailoverUplink.Member(
                                                link,
                                                OptionalLong.of(PER_SECOND),
                                                Duration.ofSeconds(1))),
                                new FailoverUplink.StateSource("gw-01", () -> latest),
                                random,
                                () -> now),
                        ShipperOptions.defaults(),
                        random,
                        now);
    }

    @AfterEach
    void close() {
        shipper.close();
        journal.close();
    }

    @Test
    void aFreshAlarmWaitsForLessThanTwoSecondsBehindAnyBacklog() {
        append(Lane.HISTORY, 10, 10_000);
        turns(5_000);
        for (int alarm = 1; alarm <= 20; alarm++) {
            Instant sounded = now;
            append(Lane.ALARM, 1, 1);
            while (journal.state(Lane.ALARM).undeliveredRecords() > 0) {
                turns(1);
            }
            Duration took = Duration.between(sounded, now);
            assertTrue(took.compareTo(Duration.ofSeconds(2)) < 0, "alarm " + alarm + ": " + took);
            turns(random.nextInt(1_500));
        }
        assertTrue(journal.state(Lane.HISTORY).undeliveredRecords() > 10_000, "still a backlog");
    }

    @Test
    void historyUsesTheBudgetAndArrivesWhole() {
        append(Lane.HISTORY, 4, 10_000);
        long bodies = journal.state(Lane.HISTORY).undeliveredRecords();
        Instant began = now;
        while (journal.state(Lane.HISTORY).undeliveredRecords() > 0) {
            turns(100);
        }
        double seconds = Duration.between(began, now).toMillis() / 1e3;
        assertEquals(40_000, bodies);
        assertEquals(40_000, link.records());
        assertTrue(
                link.bytes() / seconds > PER_SECOND * 0.8
                        && link.bytes() / seconds < PER_SECOND * 1.1,
                link.bytes() / seconds + " bytes/s");
        assertTrue(link.mostQueued() <= 1.2 * PER_SECOND, "queued at most " + link.mostQueued());
    }

    private void append(Lane lane, int blocks, int records) {
        for (int i = 0; i < blocks; i++) {
            journal.append(lane, Samples.readings(random, now, records), now);
        }
        journal.sync();
    }

    private void turns(int count) {
        for (int i = 0; i < count; i++) {
            now = now.plusMillis(2);
            link.at(now);
            shipper.turn(now);
        }
    }
}
