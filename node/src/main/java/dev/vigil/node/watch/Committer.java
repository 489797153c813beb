package dev.vigil.node.watch;

import dev.vigil.forward.Backoff;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalFault;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes it durable: takes whatever commits wait, appends them as one block a lane, syncs once, and
 * only then lets the senders know. Owned by one thread, the committer's.
 *
 * <p>When the journal is at fault the group in hand is kept and tried again every {@link #RETRY};
 * nothing is acknowledged meanwhile, and what the journal did not void is not appended twice.
 */
public final class Committer implements Turn {
    static final int RECORDS_PER_GROUP = 10_000;

    /**
     * The journal wants a sync even when nothing comes: losses found by others become records then.
     */
    static final Duration IDLE_SYNC = Duration.ofSeconds(1);

    /** A block of texts that do not compress still fits into one Kafka message. */
    private static final int BLOCK_BYTES_MAX = 600_000;

    /** A record's numbers and labels, before compression. */
    private static final int RECORD_BYTES = 24;

    static final Duration RETRY = Duration.ofMillis(500);

    /** A group in hand for longer than this means that the disk does not take it. */
    static final Duration STALLED_AFTER = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(Committer.class);

    /**
     * Opens the journal; a fault is tried again, so a node whose disk is broken at boot still
     * watches.
     */
    @FunctionalInterface
    interface Opener {
        Opened open(Instant now);
    }

    /**
     * An open journal and what it knows of the time before.
     *
     * @param incidents open when the node last stopped
     * @param policies in the state they had then, as far as it is known
     */
    record Opened(
            Journal journal,
            long nextSequence,
            List<Incident> incidents,
            List<PolicyCandidate> policies) {}

    private final CommitQueue commits;
    private final Opener opener;
    private final Runnable onCommitted;
    private final List<SenmlRecord> alarms = new ArrayList<>();
    private final List<SenmlRecord> history = new ArrayList<>(RECORDS_PER_GROUP);
    private final List<Acknowledgement> acknowledgements = new ArrayList<>(RECORDS_PER_GROUP);
    private Instant retryAt = Instant.MIN;
    private boolean retrying;

    /**
     * How many of {@link #alarms} are appended and not yet synced; 0 again when the journal voids
     * them.
     */
    private int alarmsAppended;

    private int historyAppended;
    private Instant nextIdleSync = Instant.MIN;
    private long numberingMismatches;
    private volatile @Nullable Opened opened;
    private volatile @Nullable Instant busySince;
    private volatile @Nullable String fault;

    /**
     * Ready for its first turn.
     *
     * @param onCommitted called after each sync, on this thread: wakes the shipper
     */
    Committer(CommitQueue commits, Opener opener, Runnable onCommitted) {
        this.commits = commits;
        this.opener = opener;
        this.onCommitted = onCommitted;
    }

    @Override
    public int turn(Instant now) {
        if (retrying && Backoff.isWaiting(now, retryAt, RETRY)) {
            return 0;
        }
        Opened before = opened;
        if (before == null) {
            return open(now);
        }
        Journal journal = before.journal();
        boolean idle =
                alarms.isEmpty()
                        && history.isEmpty()
                        && acknowledgements.isEmpty()
                        && !gather(journal);
        if (idle && Backoff.isWaiting(now, nextIdleSync, IDLE_SYNC)) {
            return 0;
        }
        if (busySince == null) {
            busySince = now;
        }
        try {
            write(journal, now);
        } catch (JournalFault e) {
            failed(now, e);
            return 0;
        }
        int count = acknowledgements.size();
        for (Acknowledgement acknowledgement : acknowledgements) {
            acknowledgement.durable();
        }
        acknowledgements.clear();
        busySince = null;
        onCommitted.run();
        return idle ? 0 : Math.max(1, count);
    }

    private int open(Instant now) {
        try {
            opened = opener.open(now);
            retrying = false;
            fault = null;
            return 1;
        } catch (JournalFault e) {
            failed(now, e);
            return 0;
        }
    }

    private void failed(Instant now, JournalFault e) {
        if (!retrying) {
            LOG.errorf(
                    "journal fault, nothing is acknowledged until it is over: %s", e.getMessage());
        }
        retrying = true;
        retryAt = now.plus(RETRY);
        fault = e.getMessage();
    }

    /**
     * Pipeline and journal count differently, which neither should. Records are kept all the same,
     * under the journal's numbers: what is numbered wrongly is better than what is not kept.
     */
    private void misnumbered(long first, long expected) {
        if (numberingMismatches++ == 0) {
            LOG.errorf(
                    "commit begins with sequence %d, the journal's next is %d: they count differently",
                    first, expected);
        }
    }

    /**
     * How many commits were numbered otherwise than by the journal; 0 as long as both are right.
     */
    long numberingMismatches() {
        return numberingMismatches;
    }

    /** Waits for commits, or for the time of the next try. */
    void await(long nanos) {
        if (retrying) {
            LockSupport.parkNanos(this, nanos);
        } else {
            commits.await(nanos);
        }
    }

    /** Any thread: null until the journal could be opened. */
    @Nullable Opened opened() {
        return opened;
    }

    /**
     * Any thread: there is no journal, or it has not taken what it was given for {@link
     * #STALLED_AFTER}.
     */
    boolean stalled(Instant now) {
        if (opened == null) {
            return true;
        }
        Instant since = busySince;
        return since != null
                && (now.isAfter(since.plus(STALLED_AFTER))
                        || now.isBefore(since.minus(STALLED_AFTER)));
    }

    /** Any thread: why nothing is being acknowledged; null while all is well. */
    @Nullable String fault() {
        return fault;
    }

    /** False when nothing waits. */
    private boolean gather(Journal journal) {
        boolean some = false;
        while (history.size() < RECORDS_PER_GROUP) {
            Commit commit = commits.poll();
            if (commit == null) {
                break;
            }
            long expected = journal.nextSequence(Lane.HISTORY) + history.size();
            if (commit.firstSequence() != expected) {
                misnumbered(commit.firstSequence(), expected);
            }
            some = true;
            alarms.addAll(commit.alarms());
            for (Reading reading : commit.readings()) {
                history.add(record(reading));
            }
            for (Arrival.Quarantined message : commit.quarantined()) {
                history.add(record(message));
            }
            acknowledgements.addAll(commit.acknowledgements());
        }
        return some;
    }

    private void write(Journal journal, Instant now) {
        JournalFault ofHistory = null;
        try {
            append(journal, now);
        } catch (JournalFault e) {
            forgetVoid(e);
            if (alarmsAppended < alarms.size()) {
                throw e;
            }
            ofHistory = e; // no reason for the alarms before it to be lost in a power cut
        }
        try {
            journal.sync();
        } catch (JournalFault e) {
            forgetVoid(e);
            if (!e.lanes().contains(Lane.ALARM)) {
                alarmsKept();
            }
            throw e;
        }
        alarmsKept();
        if (ofHistory != null) {
            throw ofHistory;
        }
        nextIdleSync = now.plus(IDLE_SYNC);
        history.clear();
        historyAppended = 0;
        if (retrying) {
            // Goes with the next group, which begins at once.
            alarms.add(
                    AlarmRecord.fault(
                            "journal",
                            "over; nothing was acknowledged from %s: %s"
                                    .formatted(busySince, fault),
                            false,
                            now));
            LOG.infof("the journal is back; nothing was acknowledged from %s", busySince);
            retrying = false;
            fault = null;
        }
    }

    private void append(Journal journal, Instant now) {
        while (alarmsAppended < alarms.size()) {
            int end = blockEnd(alarms, alarmsAppended);
            journal.append(Lane.ALARM, alarms.subList(alarmsAppended, end), now);
            alarmsAppended = end;
        }
        while (historyAppended < history.size()) {
            int end = blockEnd(history, historyAppended);
            journal.append(Lane.HISTORY, history.subList(historyAppended, end), now);
            historyAppended = end;
        }
    }

    /** What the journal voided has to be appended again. */
    private void forgetVoid(JournalFault e) {
        if (e.lanes().contains(Lane.ALARM)) {
            alarmsAppended = 0;
        }
        if (e.lanes().contains(Lane.HISTORY)) {
            historyAppended = 0;
        }
    }

    /** They are durable, whatever becomes of the history in hand. */
    private void alarmsKept() {
        alarms.clear();
        alarmsAppended = 0;
    }

    /** Where the block that begins at {@code from} ends: records and bytes are bounded. */
    private static int blockEnd(List<SenmlRecord> records, int from) {
        int bytes = 0;
        int end = from;
        while (end < records.size()
                && end - from < BlockCodec.RECORDS_MAX
                && bytes < BLOCK_BYTES_MAX) {
            SenmlRecord record = records.get(end);
            String text = record.text();
            bytes += RECORD_BYTES + record.name().length() + (text == null ? 0 : text.length());
            end++;
        }
        return end;
    }

    static SenmlRecord record(Reading reading) {
        return SenmlRecord.number(
                reading.channel().id().name(),
                reading.channel().quantity().unit(),
                reading.value(),
                reading.quality() == Quality.GOOD ? null : reading.quality().name(),
                reading.at());
    }

    private static SenmlRecord record(Arrival.Quarantined message) {
        return SenmlRecord.text(
                "quarantine",
                "%s: %s (%d bytes, the first in base64: %s)"
                        .formatted(
                                message.topic(),
                                message.reason(),
                                message.payloadLength(),
                                Base64.getEncoder().encodeToString(message.payload())),
                message.receivedAt());
    }
}
