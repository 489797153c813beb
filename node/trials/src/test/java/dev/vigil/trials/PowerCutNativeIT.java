package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Promise 2 when the power is cut: the node runs in a machine made of software that is ended
 * without a word, so what its kernel had not written to the disk is gone. What is simulated: the
 * machine. Its kernel, ext4 and the node are real ones; the disk keeps every write that reached it
 * ({@link CrashPointsNativeIT} has the disks that do not).
 *
 * <p>{@code -Dvigil.cuts=1000} for a night.
 */
@Timeout(value = 4, unit = java.util.concurrent.TimeUnit.HOURS)
class PowerCutNativeIT {
    private static final int CUTS = Integer.getInteger("vigil.cuts", 6);
    private static final long SEED = Long.getLong("vigil.kill.seed", 20261123L);
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final Duration SIGHT_BOUND = Duration.ofSeconds(10);
    private static final String ANY_MOMENT = "any moment";

    private static final int PRINTED_EACH = 100;

    /** More than can have been acknowledged without being told. */
    private static final int TICKETS_APART = 2_000;

    private final Random random = new Random(SEED);
    private final Map<String, Integer> cuts = new TreeMap<>();
    private final List<Long> armedAfter = new ArrayList<>();
    private JournalAudit before = JournalAudit.NONE;
    private long first;
    private long acknowledged;
    private long firstAlarm;
    private long alarms = 1;
    private long total;
    private long totalAlarms;
    private int armed;
    private int offered;
    private int set;

    @Test
    void whatWasAcknowledgedIsThereAfterEachPowerCut() throws IOException {
        Workplace place = Workplace.fresh("power-cuts");
        CutSite site = new CutSite(place);
        DiskImage disk = site.disk("disk.img");
        for (int cut = 0; cut < CUTS; cut++) {
            JournalAudit found = cycle(place, site, disk, sight(cut), List.of());

            assertEquals(
                    "",
                    found.fault(
                            new JournalAudit.Promised(first, acknowledged, firstAlarm, alarms),
                            before),
                    "cut %d, seed %d".formatted(cut, SEED));
            before = found;
            if ((cut + 1) % PRINTED_EACH == 0) {
                print();
            }
        }
        print();
        assertTrue(total > CUTS, "hardly anything was acknowledged");
        assertTrue(totalAlarms > 0, "no alarm was acknowledged");
        if (CUTS >= 500) {
            GuestLoad.SIGHTS.forEach(
                    sight ->
                            assertTrue(
                                    cuts.getOrDefault(sight.name(), 0) > 0,
                                    "never cut at the sight of: " + sight.name()));
        }
    }

    /** The trial can fail: a node whose syncs do nothing loses what it acknowledged. */
    @Test
    void aNodeThatDoesNotSyncIsFoundOut() throws IOException {
        Workplace place = Workplace.fresh("power-cuts-unsynced");
        CutSite site = new CutSite(place);
        DiskImage disk = site.disk("disk.img");
        JournalAudit found = cycle(place, site, disk, ANY_MOMENT, CutSite.unsynced());

        assertTrue(
                found.missing(first, acknowledged) > 0,
                () -> "nothing of %d is lost".formatted(acknowledged - first));
        say(
                "without syncs %d of %d acknowledged readings are lost with the first cut"
                        .formatted(found.missing(first, acknowledged), acknowledged - first));
    }

    private static String sight(int cut) {
        int kind = cut % (GuestLoad.SIGHTS.size() + 1);
        return kind == 0 ? ANY_MOMENT : GuestLoad.SIGHTS.get(kind - 1).name();
    }

    /** Starts the guest on what is on its disk, cuts its power, and looks at the disk. */
    private JournalAudit cycle(
            Workplace place, CutSite site, DiskImage disk, String sight, List<String> how)
            throws IOException {
        first = first == 0 ? 1 : acknowledged + TICKETS_APART;
        acknowledged = first;
        firstAlarm = alarms + 1; // one may have been on its way
        alarms = firstAlarm;
        int next = Math.max(armed, offered) + 1;
        site.sign(next, CutSite.VERSIONS);
        try (Guest guest =
                Guest.start(
                        place,
                        disk.file(),
                        null,
                        site.load(first, firstAlarm, armed, next, sight, how))) {
            awaitLoad(guest);
            boolean seen = awaitMoment(guest, sight);
            if (!guest.isRunning()) {
                throw new TrialFailure("the guest ended by itself: this is no cut");
            }
            guest.cut().forEach(this::heard);
            cuts.merge(seen ? sight : ANY_MOMENT, 1, Integer::sum);
        }
        site.unsign(next, CutSite.VERSIONS);
        total += acknowledged - first;
        totalAlarms += alarms - firstAlarm;
        return JournalAudit.of(
                site.journalOf(disk), site.messages(), before, InstantSource.system().instant());
    }

    /** Until the node is armed and the first reading is acknowledged. */
    private void awaitLoad(Guest guest) {
        // A version that was on its way when the power went may be armed, or not.
        List<Integer> expected = List.of(armed, Math.max(armed, offered));
        set = -1;
        List<String> heard = new ArrayList<>();
        while (acknowledged == first) {
            String line = guest.line(BOUND);
            if (line == null) {
                throw new TrialFailure(
                        "nothing is acknowledged in the guest, which printed:%n%s"
                                .formatted(String.join("\n", heard)));
            }
            heard.add(line);
            heard(line);
        }
        assertTrue(expected.contains(set), () -> "armed is %d, not of %s".formatted(set, expected));
        armed = Math.max(armed, set);
    }

    /** False when the sight did not come, and any moment is as good. */
    private boolean awaitMoment(Guest guest, String sight) {
        boolean any = sight.equals(ANY_MOMENT);
        long deadline =
                System.nanoTime() + (any ? random.nextLong(1_500_000_000L) : SIGHT_BOUND.toNanos());
        boolean seen = any;
        while (System.nanoTime() < deadline) {
            String line = guest.line(Duration.ofNanos(deadline - System.nanoTime()));
            if (line == null) {
                break;
            }
            heard(line);
            if (line.startsWith("sight ")) {
                seen = true;
                deadline = Math.min(deadline, System.nanoTime() + random.nextLong(8_000_000));
            }
        }
        return seen;
    }

    private void heard(String line) {
        String[] words = line.split(" ", 2);
        switch (words[0]) {
            case "acked" -> acknowledged = Long.parseLong(words[1]);
            case "alarmed" -> alarms = Long.parseLong(words[1]);
            case "armed" -> armed = Integer.parseInt(words[1]);
            case "offer" -> offered = Integer.parseInt(words[1]);
            case "version" -> set = Integer.parseInt(words[1]);
            case "ready" -> armedAfter.add(Long.parseLong(words[1]));
            case "sight" -> {}
            default -> throw new TrialFailure("the guest says: " + line);
        }
    }

    private void print() {
        long[] millis = armedAfter.stream().mapToLong(Long::longValue).sorted().toArray();
        say(
                "seed %d, %d power cuts: %s; %d readings and %d alarms acknowledged, 0 lost; policy version %d armed; armed after a cut within %d ms (median %d)"
                        .formatted(
                                SEED,
                                armedAfter.size(),
                                cuts,
                                total,
                                totalAlarms,
                                armed,
                                millis[millis.length - 1],
                                millis[millis.length / 2]));
    }

    // CHECKSTYLE OFF: what was measured is for people
    private static void say(String text) {
        System.out.println("PowerCutNativeIT: " + text);
    }
    // CHECKSTYLE ON
}
