package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One whole life of a node: sensors that keep a message until it is acknowledged, the real journal
 * on a simulated disk, the real shipper on a scripted network, a centre; all in virtual time, from
 * one seed. Owned by the test's thread.
 */
final class NodeLife implements AutoCloseable {
    private static final int STEPS = 60;
    private static final int BLOCK_MAX = 2_000;

    /** A record that was acknowledged to its sensor. */
    private record Promised(Lane lane, long sequence, double value) {}

    /** What a life brought. */
    record Summary(int acknowledged, int cuts, int faults, long copies, long told, long thinned) {
        long[] figures() {
            return new long[] {acknowledged, cuts, faults, copies, told, thinned};
        }
    }

    private final String where;
    private final Random random;
    private final SimulatedDisk disk;
    private final SimulatedCentre centre;
    private final ScriptedNetwork network;

    /** Little room for HISTORY, and a link that is mostly down. */
    private final boolean scarce;

    private final long historyBytes;
    private final boolean badDisk;
    private final List<Promised> promised = new ArrayList<>();
    private final Map<Lane, List<SenmlRecord>> unacknowledged = new EnumMap<>(Lane.class);

    /** Appended and not yet synced: value to sequence. */
    private final Map<Lane, Map<Double, Long>> appended = new EnumMap<>(Lane.class);

    private @Nullable Journal journal;
    private @Nullable Shipper shipper;
    private Instant trueTime = Samples.START;
    private Duration clockError;
    private ClockQuality quality = ClockQuality.NONE;
    private UUID boot = new UUID(0, 1);
    private Instant bootedAt = trueTime;
    private double nextValue = 1;
    private int cuts;
    private int faults;

    NodeLife(long seed) {
        this.where = "seed " + seed;
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random);
        this.centre = new SimulatedCentre(where);
        this.network = new ScriptedNetwork(random, trueTime, centre::arrived);
        this.scarce = random.nextInt(3) == 0;
        this.historyBytes = scarce ? 262_144 : 50_000_000;
        this.badDisk = random.nextInt(3) == 0;
        this.clockError = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(-20_000);
        if (badDisk) {
            centre.allowFiguresForWhatIsKnown();
        }
        for (Lane lane : Lane.values()) {
            unacknowledged.put(lane, new ArrayList<>());
            appended.put(lane, new HashMap<>());
        }
    }

    Summary live() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        comeToRest();
        check();
        return new Summary(
                promised.size(),
                cuts,
                faults,
                centre.copies(),
                centre.told().size(),
                centre.told().stream().filter(t -> t.reason().equals("thinned")).count());
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> sense();
            case 6, 7, 8, 9 -> ship(1 + random.nextInt(40), Duration.ofMillis(20));
            case 10 -> ship(10, Duration.ofSeconds(random.nextInt(20)));
            case 11 -> changeNetwork();
            case 12 -> pass(Duration.ofMinutes(random.nextInt(60)));
            case 13 -> changeClock();
            case 14 -> powerCut(1 + random.nextInt(200));
            case 15 -> kill();
            case 16 -> changeDisk();
            default -> commit();
        }
    }

    private void sense() {
        int count = 1 + random.nextInt(scarce ? 1_500 : 120);
        for (int i = 0; i < count; i++) {
            Lane lane = random.nextInt(40) == 0 ? Lane.ALARM : Lane.HISTORY;
            boolean incident = lane == Lane.ALARM && random.nextInt(20) == 0;
            String name = incident ? "alarm/" + (long) nextValue : "s" + i % 3;
            list(lane).add(SenmlRecord.number(name, "Cel", nextValue++, null, wall()));
            trueTime = trueTime.plusMillis(random.nextInt(2_000));
        }
        if (random.nextBoolean()) {
            commit();
        }
    }

    /** As the committer does it: what the journal did not void is not appended twice. */
    private void commit() {
        Journal open = journal();
        if (open == null) {
            return;
        }
        try {
            for (Lane lane : Lane.values()) {
                append(open, lane);
            }
            open.sync();
        } catch (JournalFault e) {
            faults++;
            assertTrue(disk.hasCrashed() || isFailing(), () -> where + ": " + e);
            e.lanes().forEach(lane -> map(lane).clear());
            return;
        }
        for (Lane lane : Lane.values()) {
            map(lane).forEach((value, at) -> promised.add(new Promised(lane, at, value)));
            Set<Double> durable = map(lane).keySet();
            list(lane).removeIf(record -> durable.contains(record.value()));
            map(lane).clear();
        }
    }

    private void append(Journal open, Lane lane) {
        List<SenmlRecord> fresh =
                list(lane).stream().filter(r -> !map(lane).containsKey(r.value())).toList();
        if (fresh.isEmpty()) {
            return;
        }
        for (int from = 0; from < fresh.size(); from += BLOCK_MAX) {
            var part = fresh.subList(from, Math.min(fresh.size(), from + BLOCK_MAX));
            long sequence = open.append(lane, part, wall()).firstSequence();
            for (SenmlRecord record : part) {
                map(lane).put(record.value(), sequence++);
            }
        }
    }

    private void ship(int turns, Duration each) {
        Shipper running = shipper;
        if (running == null) {
            return;
        }
        for (int i = 0; i < turns; i++) {
            pass(each);
            running.turn(wall());
        }
    }

    private void pass(Duration time) {
        trueTime = trueTime.plus(time);
        network.at(trueTime);
    }

    private void changeNetwork() {
        network.up(random.nextInt(3) > (scarce ? 1 : 0));
        network.halfOpen(random.nextInt(6) == 0);
        network.misbehave(
                random.nextInt(3) == 0 ? random.nextDouble() * 0.6 : 0,
                random.nextInt(3) == 0 ? random.nextDouble() * 0.5 : 0,
                Duration.ofMillis(1L << random.nextInt(14)));
    }

    private void changeClock() {
        switch (random.nextInt(4)) {
            case 0 -> {
                clockError = Duration.ZERO;
                quality = ClockQuality.NTP;
            }
            case 1 -> clockError = clockError.plusDays(random.nextInt(8_000) - 4_000L);
            case 2 -> clockError = clockError.plusSeconds(random.nextInt(200) - 100L);
            default -> quality = random.nextBoolean() ? ClockQuality.RTC : ClockQuality.NTP;
        }
    }

    private void changeDisk() {
        if (!badDisk) {
            return;
        }
        heal();
        switch (random.nextInt(6)) {
            case 0 -> disk.failAfter(random.nextInt(30));
            case 1 -> disk.failingSyncs(true);
            case 2 -> disk.failingReads(true);
            case 3 -> disk.readOnly(true);
            case 4 -> disk.capacity(disk.used() + random.nextInt(100_000));
            default -> {
                // well again
            }
        }
    }

    private void heal() {
        disk.failAfter(-1);
        disk.failingSyncs(false);
        disk.failingReads(false);
        disk.readOnly(false);
        disk.capacity(Long.MAX_VALUE);
    }

    private boolean isFailing() {
        return badDisk;
    }

    /** In the middle of whatever comes, or now. */
    private void powerCut(int operations) {
        disk.crashAfter(operations);
        for (int i = 0; i < 6 && !disk.hasCrashed(); i++) {
            sense();
            commit();
            ship(10, Duration.ofMillis(50));
        }
        if (!disk.hasCrashed()) {
            disk.crash();
        }
        die();
        disk.restart();
        cuts++;
        boot = new UUID(0, boot.getLeastSignificantBits() + 1);
        bootedAt = trueTime;
        quality = ClockQuality.NONE;
        if (random.nextBoolean()) {
            clockError = Duration.between(trueTime, Instant.EPOCH);
        }
    }

    /** The process dies, the machine and its page cache live. */
    private void kill() {
        disk.kill();
        die();
        disk.restart();
        cuts++;
    }

    private void die() {
        if (shipper != null) {
            shipper.close();
        }
        if (journal != null) {
            journal.close();
        }
        shipper = null;
        journal = null;
        // Sensors that got no answer send again, whatever became of it.
        appended.values().forEach(Map::clear);
    }

    private @Nullable Journal journal() {
        if (journal == null) {
            try {
                Journal opened =
                        Journal.open(
                                new JournalOptions(
                                        "gw-01",
                                        disk.directory(),
                                        50_000_000,
                                        historyBytes,
                                        Duration.ofHours(1),
                                        65_536,
                                        65_536,
                                        new KeepWhole("alarm/", Duration.ofMinutes(1))),
                                wall(),
                                this::clocks);
                journal = opened;
                shipper =
                        new Shipper(
                                opened,
                                network.uplink(),
                                ShipperOptions.defaults(),
                                random,
                                wall());
            } catch (JournalFault e) {
                faults++;
                assertTrue(disk.hasCrashed() || isFailing(), () -> where + ": " + e);
            }
        }
        return journal;
    }

    private Instant wall() {
        return trueTime.plus(clockError);
    }

    private ClockReading clocks() {
        return new ClockReading(boot, Duration.between(bootedAt, trueTime), wall(), quality);
    }

    /** Everything is well again, and whatever waits is delivered. */
    private void comeToRest() {
        heal();
        network.up(true);
        network.halfOpen(false);
        network.misbehave(0, 0, Duration.ofMillis(20));
        for (int i = 0; i < 400 && !isDelivered(); i++) {
            commit();
            ship(50, Duration.ofMillis(100));
        }
        pass(Duration.ofHours(1)); // late copies
    }

    private boolean isDelivered() {
        Journal open = journal;
        if (open == null || !list(Lane.ALARM).isEmpty() || !list(Lane.HISTORY).isEmpty()) {
            return false;
        }
        open.sync(); // losses that were found meanwhile
        for (Lane lane : Lane.values()) {
            if (open.state(lane).undeliveredRecords() > 0) {
                return false;
            }
        }
        return true;
    }

    private void check() {
        Journal open = Objects.requireNonNull(journal, where + ": not open in the end");
        assertTrue(isDelivered(), () -> where + ": not delivered: " + open.state(Lane.HISTORY));
        for (Lane lane : Lane.values()) {
            centre.assertNoGap(lane, open.nextSequence(lane) - 1);
        }
        boolean roomy = historyBytes > 1_000_000 && !badDisk;
        for (Promised record : promised) {
            if (!centre.has(record.lane(), record.sequence(), record.value())) {
                String reason = centre.reason(record.lane(), record.sequence());
                // On a full disk an alarm takes the room of history before anything can be written.
                boolean allowed =
                        record.lane() == Lane.HISTORY
                                && (reason.contains("space")
                                        || reason.contains("thinned")
                                        || (badDisk && reason.contains("files are missing")));
                assertTrue(
                        allowed && !roomy,
                        () -> where + ": lost " + record + ", told: '" + reason + "'");
            }
        }
        assertEquals(0, Objects.requireNonNull(shipper).unexpectedOutcomes(), where);
    }

    private List<SenmlRecord> list(Lane lane) {
        return Objects.requireNonNull(unacknowledged.get(lane));
    }

    private Map<Double, Long> map(Lane lane) {
        return Objects.requireNonNull(appended.get(lane));
    }

    @Override
    public void close() {
        die();
        disk.close();
    }
}
