package dev.vigil.node.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Block;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.ScriptedUplink;
import dev.vigil.forward.Shipper;
import dev.vigil.forward.ShipperOptions;
import dev.vigil.forward.SimulatedDisk;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.plausibility.Plausibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One seed's life of a node: the real pipeline, committer, journal (H2 on a simulated disk) and
 * shipper, on one thread, in virtual time, with a sender, a centre, and what can go wrong between
 * them.
 *
 * <p>Fault model. Disk: full, read-only, or failing to write or to sync for a while. Power: goes
 * between any two events or in the middle of a disk operation; memory is lost, and of what was not
 * synced nothing, a part, or any of its sectors remains; the disk is well afterwards. Uplink: down,
 * refuses, answers late and in any order, takes a block and loses the answer. Sender: sends what it
 * likes, remembers what was acknowledged, never resends (so that every reading is its own). Not
 * here: files that rot and reads that fail ({@code JournalFaultTest}), other threads, real time.
 *
 * <p>After every event: nothing threw; the centre never got two different records under one
 * sequence; a hazard sounds by the next turn, or within {@link Committer#STALLED_AFTER} while the
 * disk is behind; no block of HISTORY is sent while a durable ALARM waits. After every crash: each
 * acknowledged reading is in the journal or at the centre, or was given up to make room for an
 * alarm on a full disk, which a record says; each stream is without a gap, and no record has a
 * number that was called unused. At the end, with everything healed: the same at the centre alone.
 *
 * <p>A seed repeats itself exactly, but for two clocks that are the machine's: the policy engine's
 * watchdog (a call held up for 250 ms counts as an overrun) and H2's, in whose files a time has as
 * many digits as it needs, so that rarely one is a page longer.
 */
final class WatchSimulation implements AutoCloseable {
    private static final SensorChannel ROOM =
            new SensorChannel(new SensorId("room/temperature"), Quantity.TEMPERATURE, "room");
    private static final SensorChannel COUNTER =
            new SensorChannel(new SensorId("tank/level"), Quantity.LEVEL, "tank");
    private static final Map<String, SensorChannel> CHANNELS =
            new TreeMap<>(Map.of(ROOM.id().name(), ROOM, COUNTER.id().name(), COUNTER));

    private static final int SLICE_MILLIS = 100;

    private final SplittableRandom random;
    private final SimulatedDisk disk;
    private final ScriptedUplink uplink;
    private final Account centre = new Account(COUNTER.id().name());
    private final NavigableSet<Long> acknowledged = new TreeSet<>();

    /** Asked nothing here; one for all. */
    private static final ChainTest CHAIN = new ChainTest(Duration.ofDays(1));

    private final WatchKit.RecordingOutput siren = new WatchKit.RecordingOutput();
    private Instant now = Instant.parse("2026-11-23T07:00:00Z");
    private long nextReading = 1;
    private @Nullable Instant hotSince;
    private int crashes;
    private int arrived;
    private int course;

    private Inbox inbox;
    private PolicySet policies;
    private Committer committer;
    private Pipeline pipeline;
    private Optional<Journal> journal = Optional.empty();
    private Optional<Shipper> shipper = Optional.empty();

    WatchSimulation(long seed) {
        random = new SplittableRandom(seed);
        disk = new SimulatedDisk(random.split());
        uplink = new ScriptedUplink(random.split(), now);
        boot();
    }

    int crashes() {
        return crashes;
    }

    /** A hash of what happened after each event: a seed repeats itself. */
    int course() {
        return course;
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    private void boot() {
        inbox = new Inbox(256, 1000);
        policies = PolicySet.load(List.of(new PolicySpec("heat", "heat", List.of(ROOM), Map.of())));
        CommitQueue commits = new CommitQueue(16, 200);
        committer = new Committer(commits, this::open, () -> {});
        siren.told.clear();
        pipeline =
                new Pipeline(
                        new Pipeline.Parts(
                                inbox,
                                new Plausibility(Map.of()),
                                policies,
                                new Contacts(Map.of()),
                                List.of(new Sounder(siren, OutputPlan.siren(Duration.ZERO))),
                                CHAIN,
                                commits,
                                committer,
                                new StatusBoard(CHANNELS.values()),
                                new PolicyGate()),
                        new Pipeline.Listeners(_ -> {}, _ -> {}, _ -> {}, _ -> {}, () -> now));
        hotSince = null;
    }

    private Committer.Opened open(Instant at) {
        Journal opened =
                Journal.open(
                        new JournalOptions(
                                "sim",
                                disk.directory(),
                                1 << 20,
                                16 << 20,
                                Duration.ofHours(1),
                                256 << 10,
                                1 << 20),
                        at);
        journal = Optional.of(opened);
        shipper =
                Optional.of(
                        new Shipper(
                                opened,
                                new PriorityWatch(uplink, opened),
                                ShipperOptions.defaults(),
                                random.split(),
                                at));
        return new Committer.Opened(
                opened,
                opened.nextSequence(Lane.HISTORY),
                Watch.past(opened, CHANNELS, at).incidents(),
                List.of());
    }

    /** One event, and what must hold after it. */
    void step() {
        pass(random.nextInt(100) == 0 ? random.nextInt(5_000) : random.nextInt(20));
        int dice = random.nextInt(1000);
        if (dice < 300) {
            send(1 + random.nextInt(20));
        } else if (dice < 530) {
            turnPipeline();
        } else if (dice < 730) {
            turnCommitter();
        } else if (dice < 930) {
            shipper.ifPresent(one -> one.turn(now));
        } else if (dice < 940) {
            fire();
        } else if (dice < 950) {
            putOut();
        } else if (dice < 965) {
            uplink.up(random.nextInt(3) > 0);
        } else if (dice < 975) {
            uplink.misbehave(
                    random.nextInt(4) * 0.1,
                    random.nextInt(4) * 0.1,
                    Duration.ofMillis(1 + random.nextInt(3_000)));
        } else if (dice < 985) {
            breakDisk();
        } else if (dice < 992) {
            healDisk();
        } else if (dice < 996) {
            disk.crashAfter(random.nextInt(60));
        } else {
            crash();
        }
        if (disk.hasCrashed()) {
            crash();
        }
        takeArrivals();
        course =
                Objects.hash(
                        course,
                        dice,
                        acknowledged.size(),
                        arrived,
                        crashes,
                        siren.told.size(),
                        committer.fault() == null);
    }

    /** In a long while every thread gets its turns. */
    private void pass(int millis) {
        int left = millis;
        while (left > SLICE_MILLIS) {
            left -= SLICE_MILLIS;
            turnAll(SLICE_MILLIS);
        }
        now = now.plusMillis(left);
        uplink.at(now);
    }

    private void turnAll(int millis) {
        now = now.plusMillis(millis);
        uplink.at(now);
        turnPipeline();
        turnCommitter();
        shipper.ifPresent(one -> one.turn(now));
        if (disk.hasCrashed()) {
            crash();
        }
    }

    private void send(int count) {
        List<Reading> readings = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(nextReading);
            readings.add(new Reading(COUNTER, nextReading++, Quality.GOOD, now));
        }
        Acknowledgement acknowledgement = () -> acknowledged.addAll(numbers);
        inbox.offer(new Arrival.Readings(readings, now, acknowledgement));
    }

    private void fire() {
        Reading hot = new Reading(ROOM, 80 + random.nextInt(10), Quality.GOOD, now);
        if (inbox.offer(new Arrival.Readings(List.of(hot), now, Acknowledgement.NONE))
                && hotSince == null) {
            hotSince = now;
        }
    }

    private void putOut() {
        inbox.offer(
                new Arrival.Readings(
                        List.of(new Reading(ROOM, 20, Quality.GOOD, now)),
                        now,
                        Acknowledgement.NONE));
    }

    private void turnCommitter() {
        committer.turn(now);
        assertEquals(0, committer.numberingMismatches(), "pipeline and journal count differently");
    }

    private void turnPipeline() {
        pipeline.turn(now);
        Instant since = hotSince;
        boolean sounding = !siren.told.isEmpty();
        if (since != null && !sounding) {
            assertTrue(
                    now.isBefore(since.plus(Committer.STALLED_AFTER).plusSeconds(1)),
                    () -> "hot since %s, now %s, and nothing sounds".formatted(since, now));
        }
    }

    private void breakDisk() {
        switch (random.nextInt(4)) {
            case 0 -> disk.failingWrites(true);
            case 1 -> disk.failingSyncs(true);
            case 2 -> disk.readOnly(true);
            default -> disk.capacity(disk.used() + random.nextInt(100_000));
        }
    }

    private void healDisk() {
        disk.failingWrites(false);
        disk.failingSyncs(false);
        disk.readOnly(false);
        disk.capacity(Long.MAX_VALUE);
    }

    private void crash() {
        crashes++;
        if (!disk.hasCrashed()) {
            disk.crash();
        }
        // Writes nothing any more; but H2 must not know these files when they are opened again.
        journal.ifPresent(Journal::close);
        disk.restart();
        journal = Optional.empty();
        shipper = Optional.empty();
        policies.close();
        boot();
        healDisk();
        // Opens the journal; the next one records what the opening found lost.
        turnCommitter();
        turnCommitter();
        assertAcknowledgedIsSafe();
    }

    /** Everything works again: whatever is owed arrives. */
    void healAndFinish() {
        healDisk();
        uplink.up(true);
        uplink.misbehave(0, 0, Duration.ofMillis(10));
        int calm = 0;
        // Calm for longer than the committer's idle sync, which records what was found lost.
        for (int i = 0; i < 5_000 && calm < 30; i++) {
            calm = finished() ? calm + 1 : 0;
            turnAll(SLICE_MILLIS);
        }
        takeArrivals();
        assertTrue(finished(), () -> "healed for 500 s and not everything is delivered: " + owed());
        for (Lane lane : Lane.values()) {
            centre.assertComplete(lane, journal.orElseThrow().nextSequence(lane) - 1);
        }
        centre.assertHas(acknowledged);
        long dropped = journal.orElseThrow().state(Lane.HISTORY).droppedRecords();
        assertTrue(
                dropped <= centre.givenUp(Lane.HISTORY),
                () ->
                        "%d dropped, the records say %d"
                                .formatted(dropped, centre.givenUp(Lane.HISTORY)));
    }

    private boolean finished() {
        return inbox.size() == 0
                && journal.isPresent()
                && journal.get().state(Lane.HISTORY).undeliveredRecords() == 0
                && journal.get().state(Lane.ALARM).undeliveredRecords() == 0;
    }

    private String owed() {
        return "inbox %d, journal %s, link %s, fault %s"
                .formatted(
                        inbox.size(),
                        journal.map(
                                open -> open.state(Lane.ALARM) + " " + open.state(Lane.HISTORY)),
                        shipper.map(Shipper::link),
                        committer.fault());
    }

    /** With what the centre has and what the journal still holds, nothing is missing. */
    private void assertAcknowledgedIsSafe() {
        takeArrivals();
        Account account = centre.copy();
        Journal open = journal.orElseThrow();
        for (Lane lane : Lane.values()) {
            try (JournalReader reader = open.reader(lane)) {
                Optional<Block> block = reader.from(1);
                while (block.isPresent()) {
                    account.take(block.get());
                    block = reader.from(block.get().lastSequence() + 1);
                }
            }
        }
        for (Lane lane : Lane.values()) {
            account.assertComplete(lane, open.state(lane).appendedRecords());
        }
        account.assertHas(acknowledged);
    }

    private void takeArrivals() {
        List<ScriptedUplink.Arrival> arrivals = uplink.arrivals();
        for (ScriptedUplink.Arrival arrival : arrivals.subList(arrived, arrivals.size())) {
            centre.take(arrival.block());
        }
        arrived = arrivals.size();
    }

    @Override
    public void close() {
        journal.ifPresent(Journal::close);
        policies.close();
        disk.close();
    }
}
