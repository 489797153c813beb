package dev.vigil.node.watch;

import dev.vigil.forward.Backoff;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.plausibility.Finding;
import dev.vigil.sensor.plausibility.Plausibility;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * The watch: whatever has arrived is judged, incidents follow, outputs sound, and only then is
 * anything written. Owned by one thread; never waits for the disk, the link or a person.
 *
 * <p>Overload: while the committer works but is behind, arrivals stay in the inbox and the senders
 * feel it. When the journal is stalled ({@link Committer#stalled}), readings are judged all the
 * same, and their senders are told to keep them ({@link Acknowledgement#refused}); alarms wait
 * here, at most {@link #ALARMS_WAITING_MAX} of them.
 */
public final class Pipeline implements Turn {
    private static final Logger LOG = Logger.getLogger(Pipeline.class);
    static final int RECORDS_PER_TURN = 4096;
    static final int ALARMS_WAITING_MAX = 1000;
    private static final long ROOM_NANOS = 200_000;
    private static final Duration TICK = Duration.ofSeconds(1);

    /**
     * So long the journal may take to say which alarms were open: a contact that is closed at the
     * start waits for it, and so does what a run before this one left on.
     */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    /** The state of the policies is written down this often, in logical time (POLICY-ABI, 5.7). */
    private static final Duration SNAPSHOT = Duration.ofSeconds(5);

    /** What it works with, each owned by it from now on, except where others only read. */
    record Parts(
            Inbox inbox,
            Plausibility plausibility,
            PolicySet policies,
            Contacts contacts,
            List<Sounder> sounders,
            ChainTest chain,
            CommitQueue commits,
            Committer committer,
            StatusBoard board,
            PolicyGate gate) {}

    /**
     * Who hears what it does; called on its thread, must return at once.
     *
     * @param clock only to measure how long a turn took
     */
    record Listeners(
            Consumer<IncidentChange> incidents,
            LongConsumer detectLatencyNanos,
            LongConsumer actuateLatencyNanos,
            LongConsumer selfTestLatencyNanos,
            InstantSource clock) {}

    private final Parts parts;
    private final Listeners listeners;
    private final Faults faults = new Faults();
    private final List<Arrival> arrivals = new ArrayList<>(RECORDS_PER_TURN);
    private final List<SenmlRecord> alarmsWaiting = new ArrayList<>();
    private Incidents incidents = Incidents.none();
    private boolean journalKnown;
    private Instant settleAt = Instant.MAX;
    private boolean waitingForRoom;
    private long nextSequence;
    private long alarmsDropped;
    private Instant logicalNow = Instant.MIN;
    private Instant nextTick = Instant.MIN;
    private Instant nextSnapshot = Instant.MIN;
    private String stream = "";

    Pipeline(Parts parts, Listeners listeners) {
        this.parts = parts;
        this.listeners = listeners;
    }

    @Override
    public int turn(Instant now) {
        if (!journalKnown) {
            settleAt = settleAt.equals(Instant.MAX) ? now.plus(SETTLE) : settleAt;
            meetJournal(now);
        }
        boolean room = journalKnown && parts.commits().hasRoom();
        boolean keep = room || !parts.committer().stalled(now);
        waitingForRoom = keep && !room;
        if (!waitingForRoom) {
            parts.inbox().drain(arrivals, RECORDS_PER_TURN);
        }
        boolean tick = !Backoff.isWaiting(now, nextTick, TICK);
        if (arrivals.isEmpty() && !tick && !parts.gate().waiting() && !outputIsDue(now)) {
            return 0;
        }
        try {
            watch(now, tick, keep);
            return arrivals.size();
        } finally {
            arrivals.clear();
        }
    }

    private boolean outputIsDue(Instant now) {
        for (Sounder sounder : parts.sounders()) {
            if (sounder.due(now)) {
                return true;
            }
        }
        return false;
    }

    /** Waits for arrivals, or a moment for the committer. */
    void await(long nanos) {
        if (waitingForRoom) {
            LockSupport.parkNanos(this, Math.min(nanos, ROOM_NANOS));
        } else {
            parts.inbox().await(nanos);
        }
    }

    /**
     * Once the journal is open its numbers count, and incidents of before the restart are open
     * again, which those who subscribe from now on must hear of.
     */
    private void meetJournal(Instant now) {
        Committer.Opened opened = parts.committer().opened();
        if (opened != null) {
            nextSequence = opened.nextSequence();
            stream = opened.journal().stream(Lane.HISTORY).toString();
            incidents = incidents.withRestored(opened.incidents());
            journalKnown = true;
            resume(now, opened);
            for (Incident restored : opened.incidents()) {
                if (incidents.find(restored.id()).isPresent()) {
                    listeners
                            .incidents()
                            .accept(
                                    new IncidentChange(
                                            IncidentChange.Kind.RESTORED, restored, now, ""));
                }
            }
        }
    }

    /**
     * The policies go on where they were when the node stopped. What is raised in their state was
     * announced then: it becomes active again in its incident, which is no news.
     */
    private void resume(Instant now, Committer.Opened opened) {
        List<Hazard> raised = new ArrayList<>();
        for (PolicyCandidate restored : opened.policies()) {
            if (restored.state().status() == PolicyState.Status.RUNNING) {
                raised.addAll(parts.policies().resume(restored).changes());
            }
            restored.close();
        }
        Incidents.Step step = incidents.observe(now, raised);
        incidents = step.incidents();
        for (IncidentChange change : step.changes()) {
            if (change.kind() != IncidentChange.Kind.JOINED) {
                listeners.incidents().accept(change);
                alarm(AlarmRecord.of(change));
            }
        }
        parts.board().show(incidents, faults.active(), parts.policies().states());
    }

    private void watch(Instant now, boolean tick, boolean keep) {
        Incidents before = incidents;
        Contents contents = Contents.of(arrivals, parts.plausibility());
        List<Reading> readings = contents.readings();
        boolean ordered = parts.gate().waiting();
        PolicyGate.Outcome between = parts.gate().between(parts.policies(), lastSequence(), now);
        between.records().forEach(this::alarm);
        List<Hazard> hazards = new ArrayList<>(between.hazards());
        boolean settled = journalKnown || !Backoff.isWaiting(now, settleAt, SETTLE);
        hazards.addAll(parts.contacts().judge(readings, settled));
        List<Judgement> judgements = judge(now, readings, tick);
        // What is not kept is sent again, under other numbers.
        long kept = lastSequence() + (keep ? readings.size() : 0);
        List<IncidentChange> changes = observe(now, hazards, judgements, tick, kept);
        for (Arrival.Operator order : contents.orders()) {
            changes.addAll(obey(now, order));
        }
        for (Arrival.Trouble trouble : contents.troubles()) {
            fault(now, trouble.subject(), trouble.detail());
        }
        contents.tests().forEach(this::test);
        parts.chain().judge(now, contents.chain());
        if (parts.chain().movesOutputs(now)) {
            parts.sounders().forEach(sounder -> sounder.selfTest(now));
        }
        boolean sounded = sound(now, readings, settled);
        measure(changes, sounded, contents);
        finishChain(now);
        changes.forEach(listeners.incidents());
        record(now, changes, tick);
        // A hazard that is over is no news yet, but the page shows it, and takes the reset.
        if (incidents != before || tick || ordered) {
            parts.board().show(incidents, faults.active(), parts.policies().states());
        }
        parts.board().show(readings);
        commit(contents, keep);
        if (journalKnown && !logicalNow.isBefore(nextSnapshot)) {
            nextSnapshot = logicalNow.plus(SNAPSHOT);
            parts.gate().snapshots(parts.policies().snapshots(stream, lastSequence()));
        }
    }

    /** The state of the policies at the end; to be called when its thread has ended. */
    void lastSnapshots() {
        if (journalKnown) {
            parts.gate().snapshots(parts.policies().snapshots(stream, lastSequence()));
        }
    }

    /** Number of the last reading that was judged and given to the committer. */
    private long lastSequence() {
        return journalKnown ? nextSequence - 1 : -1;
    }

    private List<Judgement> judge(Instant now, List<Reading> readings, boolean tick) {
        Instant latest = now.isAfter(logicalNow) ? now : logicalNow;
        for (Reading reading : readings) {
            if (reading.at().isAfter(latest)) {
                latest = reading.at();
            }
        }
        logicalNow = latest;
        Batch batch = new Batch(latest, nextSequence, readings);
        List<Judgement> judgements =
                readings.isEmpty()
                        ? new ArrayList<>()
                        : new ArrayList<>(parts.policies().evaluate(batch));
        if (tick) {
            judgements.addAll(parts.policies().tick(latest));
        }
        parts.gate().judged(batch, tick);
        return judgements;
    }

    private List<IncidentChange> observe(
            Instant now,
            List<Hazard> hazards,
            List<Judgement> judgements,
            boolean tick,
            long kept) {
        for (Judgement judgement : judgements) {
            switch (judgement.verdict()) {
                case Verdict.Normal _ -> {}
                case Verdict.Hazardous(var found) -> hazards.addAll(found);
                case Verdict.Undecided(var failure, var standIn, var missing) -> {
                    hazards.addAll(standIn);
                    missing.flatMap(gap -> gap.through(kept))
                            .ifPresent(gap -> alarm(PolicyGaps.gap(gap, stream, now)));
                    fault(
                            now,
                            "policy/" + judgement.policy(),
                            failure.kind() + ": " + failure.detail());
                }
            }
        }
        Incidents.Step step = incidents.observe(now, hazards);
        incidents = step.incidents();
        List<IncidentChange> changes = new ArrayList<>(step.changes());
        if (tick) {
            nextTick = now.plus(TICK);
            Incidents.Step ticked = incidents.tick(now);
            incidents = ticked.incidents();
            changes.addAll(ticked.changes());
        }
        return changes;
    }

    private List<IncidentChange> obey(Instant now, Arrival.Operator order) {
        Incidents.Step step =
                switch (order.action()) {
                    case ACKNOWLEDGE -> incidents.acknowledge(now, order.incident(), order.who());
                    case RESET -> incidents.reset(now, order.incident(), order.who());
                };
        incidents = step.incidents();
        return step.changes();
    }

    /** An operator wants to see an output work: no incident, but a record of who did it. */
    private void test(Arrival.OutputTest order) {
        for (Sounder sounder : parts.sounders()) {
            if (sounder.id().equals(order.output())) {
                sounder.test(order.receivedAt(), order.length());
                alarm(AlarmRecord.outputTest(order));
            }
        }
    }

    private boolean sound(Instant now, List<Reading> readings, boolean settled) {
        boolean sounded = false;
        for (Sounder sounder : parts.sounders()) {
            sounder.feedback(readings, now);
            sounded |= sounder.apply(now, incidents, settled);
            String trouble = sounder.state().fault();
            if (trouble != null) {
                fault(now, "output/" + sounder.id(), trouble);
            }
        }
        return sounded;
    }

    /** Latencies count from the earliest arrival of the turn, so they are never flattered. */
    private void measure(List<IncidentChange> changes, boolean sounded, Contents contents) {
        Instant earliest = contents.earliest();
        if (earliest == null) {
            return;
        }
        long nanos = Math.max(0, Duration.between(earliest, listeners.clock().instant()).toNanos());
        if (changes.stream().anyMatch(c -> c.kind() == IncidentChange.Kind.OPENED)) {
            listeners.detectLatencyNanos().accept(nanos);
        }
        if (sounded) {
            listeners.actuateLatencyNanos().accept(nanos);
        }
    }

    private void finishChain(Instant now) {
        Duration took = parts.chain().finish(listeners.clock().instant());
        if (took != null) {
            listeners.selfTestLatencyNanos().accept(Math.max(0, took.toNanos()));
        }
        String failure = parts.chain().state().failure();
        if (failure != null) {
            fault(now, "self-test", failure);
        }
    }

    private void record(Instant now, List<IncidentChange> changes, boolean tick) {
        for (IncidentChange change : changes) {
            alarm(AlarmRecord.of(change));
        }
        if (tick) {
            for (Finding found : parts.plausibility().tick(now)) {
                String subject = SensorFaults.subject(found);
                fault(now, subject, found.detail());
            }
            for (Faults.Change over : faults.tick(now)) {
                LOG.infof("fault is over: %s", over.fault().subject());
                alarm(
                        AlarmRecord.fault(
                                over.fault().subject(),
                                "over; seen %d times".formatted(over.fault().count()),
                                false,
                                now));
            }
        }
    }

    private void fault(Instant now, String subject, String detail) {
        for (Faults.Change begun : faults.seen(now, subject, detail)) {
            LOG.errorf("fault begins: %s: %s", subject, detail);
            alarm(AlarmRecord.fault(subject, begun.fault().detail(), true, now));
        }
    }

    private void alarm(SenmlRecord record) {
        if (alarmsWaiting.size() < ALARMS_WAITING_MAX) {
            alarmsWaiting.add(record);
        } else {
            alarmsDropped++;
        }
    }

    private void commit(Contents contents, boolean keep) {
        if (!keep) {
            contents.acknowledgements()
                    .forEach(a -> a.refused("the journal is stalled and its queue is full"));
            return;
        }
        boolean nothing =
                contents.acknowledgements().isEmpty()
                        && contents.readings().isEmpty()
                        && contents.quarantined().isEmpty()
                        && alarmsWaiting.isEmpty();
        if (nothing || !journalKnown || !parts.commits().hasRoom()) {
            return;
        }
        if (alarmsDropped > 0) {
            alarmsWaiting.add(
                    AlarmRecord.fault(
                            "alarm-records",
                            alarmsDropped + " records were dropped while the journal was stalled",
                            false,
                            logicalNow));
            alarmsDropped = 0;
        }
        Commit commit =
                new Commit(
                        nextSequence,
                        List.copyOf(alarmsWaiting),
                        contents.readings(),
                        contents.quarantined(),
                        contents.acknowledgements());
        alarmsWaiting.clear();
        nextSequence += contents.readings().size() + contents.quarantined().size();
        parts.commits().add(commit);
    }
}
