package dev.vigil.node.policies;

import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalFault;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicyGap;
import dev.vigil.policy.PolicySnapshot;
import dev.vigil.sensor.SensorChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Brings the policies back to where they were when the node stopped: the armed version, its newest
 * snapshot that is whole and its own, and the history since. Used once, by the committer's thread,
 * when the journal is open and before anything is appended; the pipeline judges meanwhile.
 */
public final class PolicyRestart {
    private static final Logger LOG = Logger.getLogger(PolicyRestart.class);

    /** Without a snapshot a policy is warmed up with what is kept of this time. */
    static final Duration WARM_UP = Duration.ofMinutes(10);

    /** More than this is not replayed: nothing is acknowledged meanwhile. */
    static final long RECORDS_MAX = 1_000_000;

    private final Map<String, SensorChannel> channels;
    private final PolicyVersions versions;
    private final SnapshotFolder folder;
    private final List<String> refusals = new ArrayList<>();

    public PolicyRestart(
            Map<String, SensorChannel> channels, PolicyVersions versions, SnapshotFolder folder) {
        this.channels = channels;
        this.versions = versions;
        this.folder = folder;
    }

    /**
     * One candidate for each policy of which a version can be loaded.
     *
     * @param gaps readings that are missing from the states there were
     */
    public List<PolicyCandidate> restore(Journal journal, List<PolicyGap> gaps, Instant now) {
        String stream = journal.stream(Lane.HISTORY).toString();
        long through = journal.nextSequence(Lane.HISTORY) - 1;
        Map<Long, List<PolicyCandidate>> byStart = new TreeMap<>();
        List<PolicyCandidate> candidates =
                versions.chosen(
                        (policy, why) ->
                                refused(
                                        Logger.Level.ERROR,
                                        policy,
                                        "no version can be used: " + why));
        for (PolicyCandidate candidate : candidates) {
            long last = snapshot(candidate, stream, through).orElse(-1L);
            byStart.computeIfAbsent(last + 1, _ -> new ArrayList<>()).add(candidate);
        }
        try (JournalReader reader = journal.reader(Lane.HISTORY)) {
            PolicyHistory history = new PolicyHistory(reader, channels, gaps);
            byStart.forEach((from, some) -> replay(history, some, from, through, now));
        }
        return candidates;
    }

    /** From 0: without a state. */
    private void replay(
            PolicyHistory history,
            List<PolicyCandidate> candidates,
            long from,
            long through,
            Instant now) {
        try {
            long wanted = from == 0 ? history.firstSince(now.minus(WARM_UP), through) : from;
            long first = Math.max(wanted, through + 1 - RECORDS_MAX);
            if (first > wanted && from > 0) {
                candidates.forEach(
                        c ->
                                refused(
                                        Logger.Level.ERROR,
                                        c.policy(),
                                        "%d records since its state are more than %d: the oldest of them are left out"
                                                .formatted(through + 1 - wanted, RECORDS_MAX)));
            }
            long readings = history.replay(candidates, first, through);
            for (PolicyCandidate candidate : candidates) {
                LOG.infof(
                        "policy %s %s goes on %s, with %d readings of history",
                        candidate.policy(),
                        candidate.state().version(),
                        from == 0 ? "without a state" : "with its state as of record " + (from - 1),
                        readings);
            }
        } catch (MalformedBlock | JournalFault e) {
            candidates.forEach(
                    c ->
                            refused(
                                    Logger.Level.ERROR,
                                    c.policy(),
                                    "history can't be read on, it watches with what it has: "
                                            + e.getMessage()));
        }
    }

    /** Sequence of the last reading in the state that was taken. */
    private Optional<Long> snapshot(PolicyCandidate candidate, String stream, long through) {
        for (SnapshotFolder.Entry entry : folder.read(candidate.policy())) {
            switch (entry) {
                case SnapshotFolder.Damaged(var file, var reason) ->
                        refused(Logger.Level.ERROR, candidate, file, reason);
                case SnapshotFolder.Found(var file, var snapshot) -> {
                    if (taken(candidate, file, snapshot, stream, through)) {
                        return Optional.of(snapshot.lastSequence());
                    }
                }
            }
        }
        return Optional.empty();
    }

    private boolean taken(
            PolicyCandidate candidate,
            Path file,
            PolicySnapshot snapshot,
            String stream,
            long through) {
        if (!snapshot.stream().equals(stream) || snapshot.lastSequence() > through) {
            refused(
                    Logger.Level.ERROR,
                    candidate,
                    file,
                    "it is as of record %d of %s, the journal has %s up to record %d"
                            .formatted(
                                    snapshot.lastSequence(), snapshot.stream(), stream, through));
            return false;
        }
        Optional<String> foreign = candidate.foreign(snapshot);
        if (foreign.isPresent()) {
            // As when the power fails before a version that was just armed has written its own.
            refused(Logger.Level.WARN, candidate, file, foreign.get());
            return false;
        }
        Optional<String> refusal = candidate.restore(snapshot);
        refusal.ifPresent(why -> refused(Logger.Level.ERROR, candidate, file, why));
        return refusal.isEmpty();
    }

    private void refused(Logger.Level level, PolicyCandidate candidate, Path file, String why) {
        refused(level, candidate.policy(), "state refused: %s: %s".formatted(file, why));
    }

    private void refused(Logger.Level level, String policy, String reason) {
        String text = "policy %s: %s".formatted(policy, reason);
        LOG.log(level, text);
        refusals.add(text);
    }

    /** What could not be taken, for the page and the ALARM lane. */
    public List<String> refusals() {
        return List.copyOf(refusals);
    }
}
