package dev.vigil.forward;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The durable journal of a node: two lanes of blocks in H2 files.
 *
 * <ol>
 *   <li>Threads: {@link #append}, {@link #sync}, {@link #nextSequence} and {@link #close} are the
 *       committer's; {@link #next}, {@link #acknowledge} and {@link #tidy} the shipper's; {@link
 *       #state} and {@link #stream} anybody's. No locks: what they share is immutable or volatile.
 *   <li>A block is durable, visible to {@link #next} and safe to acknowledge to its sender when
 *       {@link #sync} has returned, and not before. {@code sync} costs one fsync for each lane that
 *       was appended to.
 *   <li>Sequences are gapless. What is given up (space, damage) is itself a record in lane ALARM,
 *       {@code loss/<lane>}, that says which sequences and why.
 *   <li>A disk that fails is a {@link JournalFault}; what was appended to the lanes it names since
 *       the last sync is void and is to be appended again. Damaged files are never fatal: what is
 *       whole in them goes on being delivered, and they are renamed, not deleted.
 *   <li>Call {@code sync} every second or so even when nothing was appended: losses that the
 *       shipper's thread found become durable records there.
 * </ol>
 */
public final class Journal implements AutoCloseable {
    static final String LOCK = "journal.lock";

    /**
     * A clock that leaps makes local history neither expire nor stay: a step counts as this much.
     */
    private static final Duration STEP_MAX = Duration.ofHours(1);

    private final JournalOptions options;
    private final Disk disk;
    private final FileChannel lock;
    private final Identity identity;
    private final BlockCodec codec = new BlockCodec();
    private final LossNotes losses;
    private final Map<Lane, LaneLog> logs = new EnumMap<>(Lane.class);
    private final Map<Lane, LaneTail> tails = new EnumMap<>(Lane.class);

    /**
     * Per lane what the last loss record for want of budget says; its volume may be there still.
     */
    private final Map<Lane, Long> givenUpThrough = new EnumMap<>(Lane.class);

    private Instant last;
    private Duration age = Duration.ZERO;

    private Journal(JournalOptions options, Instant now) {
        this.options = options;
        this.last = now;
        this.disk = new Disk(options.directory());
        disk.createDirectory("");
        this.losses = new LossNotes(disk);
        this.lock = lock(disk);
        boolean open = false;
        try {
            for (Lane lane : Lane.values()) {
                disk.createDirectory(lane.word());
            }
            this.identity = identify(disk, options.node());
            identity.write(disk);
            losses.recover(identity);
            for (Lane lane : Lane.values()) {
                open(lane);
            }
            open = true;
        } finally {
            if (!open) {
                // Whoever tries again must find the directory free.
                logs.values().forEach(LaneLog::release);
                release();
            }
        }
    }

    /** Opens a journal, or creates it. */
    public static Journal open(JournalOptions options, Instant now) {
        return new Journal(options, now);
    }

    public StreamId stream(Lane lane) {
        return log(lane).stream();
    }

    /** Sequence that the next appended record of this lane gets. */
    public long nextSequence(Lane lane) {
        return log(lane).nextSequence();
    }

    /**
     * Encodes records as one block and appends it; durable only after {@link #sync}.
     *
     * @param records 1 to {@link BlockCodec#RECORDS_MAX}
     * @throws JournalFault the block and those before it in this lane since the last sync are void
     */
    public Block append(Lane lane, List<SenmlRecord> records, Instant now) {
        grow(now);
        try {
            return log(lane).append(records, age);
        } catch (JournalFault e) {
            makeRoom(e);
            throw e;
        }
    }

    /**
     * Makes everything appended so far durable.
     *
     * @throws JournalFault names the lanes whose blocks since the last sync are void; the other
     *     lane is durable
     */
    public void sync() {
        List<Loss> noted = losses.waiting();
        JournalFault fault = null;
        try {
            appendLosses(noted);
        } catch (JournalFault e) {
            makeRoom(e);
            throw e;
        }
        for (Lane lane : Lane.values()) {
            try {
                LaneTail tail = tail(lane);
                if (tail.takeSealRequest()) {
                    log(lane).sync(age).ifPresent(tail::firstVisible);
                    log(lane).seal(age);
                } else {
                    log(lane).sync(age).ifPresent(tail::firstVisible);
                }
            } catch (JournalFault e) {
                makeRoom(e);
                if (fault == null) {
                    fault = e;
                } else {
                    e.lanes().forEach(fault::in);
                    fault.addSuppressed(e);
                }
            }
        }
        if (fault != null) {
            throw fault;
        }
        for (Loss loss : noted) {
            log(loss.stream().lane()).recorded(loss);
        }
        losses.recorded(noted);
        for (Lane lane : Lane.values()) {
            try {
                keepToBudget(lane);
            } catch (JournalFault _) {
                // Nothing of what was synced is void; the budget is looked at again with every
                // sync.
            }
        }
    }

    /** The durable block that follows {@code afterSequence}, or holds the record after it. */
    public Optional<Block> next(Lane lane, long afterSequence) {
        return tail(lane).next(afterSequence);
    }

    /** The far side has everything up to here. */
    public void acknowledge(Lane lane, long throughSequence) {
        if (throughSequence > log(lane).through()) {
            throw new IllegalArgumentException(
                    "journal: %s acknowledged through %d, durable is %d"
                            .formatted(stream(lane), throughSequence, log(lane).through()));
        }
        tail(lane).acknowledge(throughSequence);
    }

    /** Last sequence that was acknowledged; delivery goes on after it. */
    public long acknowledged(Lane lane) {
        return tail(lane).delivered();
    }

    /**
     * Rewrites one sealed volume without the holes H2 leaves (a few hundred milliseconds); for
     * times when there is nothing to send.
     *
     * @return whether there was one
     */
    public boolean tidy() {
        for (Lane lane : Lane.values()) {
            if (tail(lane).compactOne()) {
                return true;
            }
        }
        return false;
    }

    public LaneState state(Lane lane) {
        LaneLog log = log(lane);
        LaneTail tail = tail(lane);
        LaneView view = log.view().get();
        long delivered = tail.delivered();
        long undelivered = view.recordsAfter(delivered);
        return new LaneState(
                undelivered,
                view.bytesAfter(delivered),
                view.bytes(),
                options.budget(lane),
                undelivered == 0 ? Optional.empty() : tail.oldest(),
                log.dropped(),
                log.through(),
                view.volumes());
    }

    /** A reader of its own for another thread, which closes it: charts, replay, {@code cat}. */
    public JournalReader reader(Lane lane) {
        return new JournalReader(disk, stream(lane), log(lane).view()::get);
    }

    /** Never fails: everything acknowledged is durable already. */
    @Override
    public void close() {
        for (Lane lane : Lane.values()) {
            tail(lane).close();
            try {
                log(lane).close(age);
            } catch (JournalFault _) {
                // The next opening takes a closer look, as after a crash.
            }
        }
        release();
    }

    private void release() {
        codec.close();
        try {
            lock.close();
        } catch (IOException _) {
            // The lock ends with the process.
        }
    }

    private void open(Lane lane) {
        StreamId stream = identity.stream(lane);
        var files = LaneLog.Files.open(disk, lane.word());
        var delivered = new SlotFile(disk, Disk.join(lane.word(), "delivered"), false, 0);
        LaneRecovery.Found found;
        try {
            found = new LaneRecovery(disk, stream, files, delivered.get(0), losses::note).recover();
        } catch (JournalFault e) {
            files.release();
            throw e;
        }
        var log =
                new LaneLog(
                        disk,
                        stream,
                        options.volumeBytes(lane),
                        codec,
                        files,
                        found.sealed(),
                        found.through());
        logs.put(lane, log);
        tails.put(lane, new LaneTail(disk, stream, log.view(), delivered, losses));
    }

    private LaneLog log(Lane lane) {
        return Objects.requireNonNull(logs.get(lane));
    }

    private LaneTail tail(Lane lane) {
        return Objects.requireNonNull(tails.get(lane));
    }

    private void grow(Instant now) {
        Duration step = Duration.between(last, now);
        last = now;
        if (!step.isNegative()) {
            age = age.plus(step.compareTo(STEP_MAX) < 0 ? step : STEP_MAX);
        }
    }

    /** Into lane ALARM, to become durable with the sync that follows. */
    private void appendLosses(List<Loss> waiting) {
        if (!waiting.isEmpty()) {
            log(Lane.ALARM).append(waiting.stream().map(loss -> loss.record(last)).toList(), age);
        }
    }

    /**
     * Delivered volumes go when they are old; the oldest ones, delivered or not, when they must.
     */
    private void keepToBudget(Lane lane) {
        LaneLog log = log(lane);
        long delivered = tail(lane).delivered();
        while (!log.view().get().sealed().isEmpty()) {
            Volume oldest = log.view().get().sealed().getFirst();
            boolean acknowledged = oldest.through() <= delivered;
            boolean expired =
                    acknowledged && age.minus(oldest.sealedAt()).compareTo(options.keep()) >= 0;
            if (!expired && log.view().get().bytes() <= options.budget(lane)) {
                return;
            }
            if (!acknowledged && oldest.through() > givenUpThrough.getOrDefault(lane, 0L)) {
                String why = "budget of %d bytes".formatted(options.budget(lane));
                Loss loss = loss(log, oldest, delivered, why);
                LaneLog alarms = log(Lane.ALARM);
                alarms.append(List.of(loss.record(last)), age);
                alarms.sync(age).ifPresent(tail(Lane.ALARM)::firstVisible);
                log.recorded(loss);
                givenUpThrough.put(lane, oldest.through());
            }
            log.forget(oldest);
            delete(log, oldest);
        }
    }

    /**
     * The disk is full below the budgets: local history goes, so that the next attempt finds room;
     * for an alarm, history that was not delivered goes too.
     */
    private void makeRoom(JournalFault fault) {
        if (!fault.isNoSpace()) {
            return;
        }
        LaneLog history = log(Lane.HISTORY);
        long delivered = tail(Lane.HISTORY).delivered();
        var sealed = history.view().get().sealed();
        if (sealed.isEmpty()) {
            return;
        }
        Volume oldest = sealed.getFirst();
        boolean acknowledged = oldest.through() <= delivered;
        if (!acknowledged && !fault.lanes().contains(Lane.ALARM)) {
            return;
        }
        try {
            if (!acknowledged) {
                Loss loss = loss(history, oldest, delivered, "disk full");
                history.forgetUnrecorded(oldest, losses.isEmpty() ? loss.from() : 0);
                losses.remember(loss);
            } else if (losses.isEmpty()) {
                history.forget(oldest);
            } else {
                history.forgetUnrecorded(oldest, 0);
            }
            delete(history, oldest);
        } catch (JournalFault e) {
            fault.addSuppressed(e);
        }
    }

    private static Loss loss(LaneLog log, Volume volume, long delivered, String why) {
        return new Loss(
                log.stream(),
                Math.max(volume.start(), delivered + 1),
                volume.through(),
                "space: " + why);
    }

    private void delete(LaneLog log, Volume volume) {
        disk.delete(Disk.join(log.stream().lane().word(), volume.fileName()));
    }

    private static FileChannel lock(Disk disk) {
        FileChannel channel = disk.open(LOCK, "rw");
        @Nullable FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            // in use within this process
        } catch (IOException e) {
            throw new JournalFault(disk.path(LOCK), "can not be locked", e);
        }
        if (held == null) {
            throw new JournalFault(disk.path(""), "in use by another journal or process");
        }
        return channel;
    }

    private static Identity identify(Disk disk, String node) {
        Optional<Identity> known = Identity.read(disk);
        if (known.isPresent() && !known.get().node().equals(node)) {
            throw new JournalFault(
                    disk.path(""),
                    "belongs to node '%s', not '%s': keep the node's name, or give it another directory"
                            .formatted(known.get().node(), node));
        }
        return known.orElseGet(
                () -> {
                    setAsideOrphans(disk);
                    return new Identity(node, "%016x".formatted(new SecureRandom().nextLong()));
                });
    }

    /**
     * Lanes whose identity is gone can not be delivered under a new one: sequences would collide.
     */
    private static void setAsideOrphans(Disk disk) {
        for (Lane lane : Lane.values()) {
            List<String> names = new ArrayList<>(disk.names(lane.word()));
            names.removeIf(name -> name.equals(Identity.FILE));
            for (String name : names) {
                disk.move(Disk.join(lane.word(), name), Disk.join(lane.word(), name + ".orphaned"));
            }
        }
    }
}
