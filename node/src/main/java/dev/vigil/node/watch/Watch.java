package dev.vigil.node.watch;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicyGap;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicyState;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.plausibility.Bounds;
import dev.vigil.sensor.plausibility.Plausibility;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Pipeline and committer with their threads, put together and taken apart in the right order. Any
 * thread reads from it.
 */
public final class Watch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Watch.class);
    private static final int COMMITS_MAX = 4096;
    private static final int RECORDS_MAX = 65_536;

    /** Opens the journal; tried again until it succeeds. */
    @FunctionalInterface
    public interface JournalOpener {
        Journal open(Instant now);
    }

    /** An output and when it is on. */
    public record Sounding(Output output, OutputPlan plan) {}

    /**
     * What it watches with.
     *
     * @param outputTestsEvery so often the node's test of itself moves the outputs that may move
     */
    public record Setup(
            Inbox inbox,
            Duration outputTestsEvery,
            Map<SensorChannel, Bounds> bounds,
            PolicySet policies,
            Map<SensorChannel, ContactMeaning> contacts,
            List<Sounding> outputs,
            Map<String, SensorChannel> channels,
            JournalOpener journal,
            PolicyGate gate,
            PolicyRestorer restorer) {}

    /** Brings the policies back to where they were when the node stopped. */
    @FunctionalInterface
    public interface PolicyRestorer {
        /**
         * Called on the committer's thread before anything is appended.
         *
         * @param gaps readings that are missing from the states there were, oldest first
         * @return one candidate for each policy that has a state, or made one of the history
         */
        List<PolicyCandidate> restore(Journal journal, List<PolicyGap> gaps, Instant now);
    }

    /**
     * Who hears what it does. None of them may block.
     *
     * @param incidents on the pipeline's thread, each change with its JSON
     * @param journalOpened on the committer's thread, once
     * @param committed on the committer's thread, after each sync
     */
    public record Listeners(
            Consumer<Announcement> incidents,
            LongConsumer detectLatencyNanos,
            LongConsumer actuateLatencyNanos,
            LongConsumer selfTestLatencyNanos,
            Consumer<Journal> journalOpened,
            Runnable committed) {}

    /** An incident's change and the JSON that tells of it. */
    public record Announcement(IncidentChange change, String json) {}

    /**
     * An output for people.
     *
     * @param fault null while it does what it is told
     * @param provenAt when its feedback last showed that it was on; null when never, or it has none
     */
    public record OutputState(
            String id,
            OutputPlan plan,
            boolean on,
            @Nullable Instant lastOnAt,
            @Nullable String fault,
            @Nullable Instant provenAt) {}

    private final Setup setup;
    private final InstantSource clock;
    private final StatusBoard board;
    private final List<Sounder> sounders;
    private final ChainTest chain;
    private final Committer committer;
    private final Pipeline pipeline;
    private final Worker committing;
    private final Worker watching;

    private Watch(Setup setup, Listeners listeners, InstantSource clock) {
        this.setup = setup;
        this.clock = clock;
        this.board = new StatusBoard(setup.channels().values());
        this.sounders =
                setup.outputs().stream().map(o -> new Sounder(o.output(), o.plan())).toList();
        this.chain = new ChainTest(setup.outputTestsEvery());
        CommitQueue commits = new CommitQueue(COMMITS_MAX, RECORDS_MAX);
        this.committer =
                new Committer(commits, now -> opened(now, setup, listeners), listeners.committed());
        this.pipeline =
                new Pipeline(
                        new Pipeline.Parts(
                                setup.inbox(),
                                new Plausibility(setup.bounds()),
                                setup.policies(),
                                new Contacts(setup.contacts()),
                                sounders,
                                chain,
                                commits,
                                committer,
                                board,
                                setup.gate()),
                        new Pipeline.Listeners(
                                change ->
                                        listeners
                                                .incidents()
                                                .accept(
                                                        new Announcement(
                                                                change, AlarmRecord.json(change))),
                                listeners.detectLatencyNanos(),
                                listeners.actuateLatencyNanos(),
                                listeners.selfTestLatencyNanos(),
                                clock));
        this.committing = new Worker("committer", clock, committer, committer::await);
        this.watching = new Worker("pipeline", clock, pipeline, pipeline::await);
    }

    /** Starts both threads; from now on whatever is in the inbox is judged. */
    public static Watch start(Setup setup, Listeners listeners, InstantSource clock) {
        return new Watch(setup, listeners, clock);
    }

    private static Committer.Opened opened(Instant now, Setup setup, Listeners listeners) {
        Journal journal = setup.journal().open(now);
        Past past = past(journal, setup.channels(), now);
        long through = journal.nextSequence(Lane.HISTORY) - 1;
        if (past.gaps().forget(through)) {
            SenmlRecord cut = past.gaps().cut(through, now);
            setup.gate().offer((_, _, _) -> new PolicyGate.Outcome(List.of(), List.of(cut)));
        }
        List<PolicyCandidate> policies = setup.restorer().restore(journal, past.gaps().all(), now);
        listeners.journalOpened().accept(journal);
        return new Committer.Opened(
                journal, journal.nextSequence(Lane.HISTORY), past.incidents(), policies);
    }

    /**
     * What the ALARM lane tells of the time before.
     *
     * @param incidents that were not closed
     */
    record Past(List<Incident> incidents, PolicyGaps gaps) {}

    static Past past(Journal journal, Map<String, SensorChannel> channels, Instant now) {
        OpenIncidents open = new OpenIncidents(channels);
        PolicyGaps gaps = new PolicyGaps(journal.stream(Lane.HISTORY).toString());
        try (JournalReader kept = journal.reader(Lane.ALARM)) {
            Optional<Block> block = kept.from(1);
            while (block.isPresent()) {
                for (SenmlRecord record : BlockCodec.decode(block.get())) {
                    open.record(record);
                    gaps.hear(record);
                }
                block = kept.from(block.get().lastSequence() + 1);
            }
        } catch (MalformedBlock e) {
            LOG.errorf(
                    "incidents and failures of before the restart are not all known: %s",
                    e.getMessage());
        }
        return new Past(List.copyOf(open.open(now)), gaps);
    }

    /** The journal is open, so that senders can be acknowledged. */
    public boolean journalIsOpen() {
        return committer.opened() != null;
    }

    /** Why nothing is being acknowledged; null while all is well. */
    public @Nullable String journalFault() {
        return committer.fault();
    }

    public Incidents incidents() {
        return board.incidents();
    }

    public List<Faults.Fault> faults() {
        return board.faults();
    }

    /** What is wrong with each sensor that something is wrong with, by its name. */
    public Map<String, String> sensorFaults() {
        return SensorFaults.bySensor(board.faults());
    }

    public List<PolicyState> policies() {
        return board.policies();
    }

    public long readingsTotal() {
        return board.readingsTotal();
    }

    /** The latest reading of a channel; null before the first. */
    public @Nullable Reading latest(SensorChannel channel) {
        return board.latest(channel);
    }

    /** The latest reading of each channel that has one, as a record. */
    public List<SenmlRecord> latest() {
        return setup.channels().values().stream()
                .map(this::latest)
                .filter(Objects::nonNull)
                .map(Committer::record)
                .toList();
    }

    public List<OutputState> outputs() {
        return sounders.stream()
                .map(
                        sounder -> {
                            Sounder.State state = sounder.state();
                            return new OutputState(
                                    sounder.id(),
                                    sounder.plan(),
                                    state.on(),
                                    state.lastOnAt(),
                                    state.fault(),
                                    state.provenAt());
                        })
                .toList();
    }

    /**
     * What came of the node's tests of itself.
     *
     * @param passedAt the last that passed; null when none has since the start
     * @param failure of the last one; null when it passed
     */
    public record SelfTests(
            @Nullable Instant passedAt, long passed, long failed, @Nullable String failure) {}

    public SelfTests selfTests() {
        return chain.state();
    }

    /** Turns of pipeline or committer that broke, since the start. */
    public long brokenTurns() {
        return watching.failures() + committing.failures();
    }

    /** Judges and commits what has arrived, then stops; receivers must have been closed before. */
    @Override
    public void close() {
        watching.close();
        committing.close();
        pipeline.lastSnapshots();
        setup.policies().close();
        chain.close();
        sounders.forEach(sounder -> sounder.close(clock.instant()));
    }
}
