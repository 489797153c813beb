package dev.vigil.forward;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
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

    private final JournalOptions options;
    private final Disk disk;
    private final FileChannel lock;
    private final Identity identity;
    private final BlockCodec codec = new BlockCodec();
    private final LossNotes losses;
    private final Map<Lane, LaneLog> logs = new EnumMap<>(Lane.class);
    private final Map<Lane, LaneTail> tails = new EnumMap<>(Lane.class);

    private final JournalClock clock;
    private final BootClocks boots;
    private final JournalSpace space;
    private final HistoryThinning thinning;
    private final BlockCodec redating = new BlockCodec();

    /** For lane ALARM, with the next sync. */
    private final List<SenmlRecord> notes = new ArrayList<>();

    private Journal(
            JournalOptions options,
            Instant now,
            @Nullable Supplier<ClockReading> source,
            Disk disk) {
        this.options = options;
        this.clock = new JournalClock(source, now);
        this.disk = disk;
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
            boots = new BootClocks(disk);
            losses.recover(identity);
            for (Lane lane : Lane.values()) {
                open(lane);
            }
            space = new JournalSpace(options, disk, losses, clock, logs, tails);
            thinning =
                    new HistoryThinning(
                            disk,
                            stream(Lane.HISTORY),
                            log(Lane.HISTORY).view(),
                            losses,
                            options.whole(),
                            () -> reader(Lane.ALARM),
                            volume -> tail(Lane.HISTORY).salvage(volume, "blocks are damaged"));
            open = true;
        } finally {
            if (!open) {
                // Whoever tries again must find the directory free.
                logs.values().forEach(LaneLog::release);
                release();
            }
        }
    }

    /** Opens a journal, or creates it; its blocks say nothing of the clock. */
    public static Journal open(JournalOptions options, Instant now) {
        return new Journal(options, now, null, new Disk(options.directory()));
    }

    /**
     * Opens a journal, or creates it.
     *
     * @param clock reads both clocks at one moment; called by the committer. The {@code now} of
     *     {@link #append} may be older by as long as the disk took since
     */
    public static Journal open(JournalOptions options, Instant now, Supplier<ClockReading> clock) {
        return new Journal(options, now, clock, new Disk(options.directory()));
    }

    /** On a disk of the caller's. */
    static Journal open(
            JournalOptions options,
            Instant now,
            @Nullable Supplier<ClockReading> clock,
            Disk disk) {
        return new Journal(options, now, clock, disk);
    }

    public StreamId stream(Lane lane) {
        return log(lane).stream();
    }

    /** Sequence that the next appended record of this lane gets. */
    public long nextSequence(Lane lane) {
        return log(lane).nextSequence();
    }

    /** Last durable sequence of this lane. */
    public long through(Lane lane) {
        return log(lane).through();
    }

    /**
     * Encodes records as one block and appends it; durable only after {@link #sync}.
     *
     * @param records 1 to {@link BlockCodec#RECORDS_MAX}
     * @throws JournalFault the block and those before it in this lane since the last sync are void
     */
    public Block append(Lane lane, List<SenmlRecord> records, Instant now) {
        clock.tick(now);
        clock.reading().flatMap(boots::learn).ifPresent(notes::add);
        try {
            space.requireRoom(lane);
            return log(lane).append(clock.dated(records), clock);
        } catch (JournalFault e) {
            space.makeRoom(e);
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
            space.makeRoom(e);
            throw e;
        }
        for (Lane lane : Lane.values()) {
            try {
                LaneTail tail = tail(lane);
                if (tail.takeSealRequest()) {
                    log(lane).sync(clock.age()).ifPresent(tail::firstVisible);
                    log(lane).seal(clock.age());
                } else {
                    log(lane).sync(clock.age()).ifPresent(tail::firstVisible);
                }
            } catch (JournalFault e) {
                space.makeRoom(e);
                if (fault == null) {
                    fault = e;
                } else {
                    e.lanes().forEach(fault::in);
                    fault.addSuppressed(e);
                }
            }
        }
        if (fault == null || !fault.lanes().contains(Lane.ALARM)) {
            notes.clear();
            for (Lane lane : Lane.values()) {
                log(lane)
                        .recorded(
                                noted.stream()
                                        .filter(loss -> loss.stream().lane() == lane)
                                        .toList());
            }
            losses.recorded(noted);
        }
        if (fault != null) {
            throw fault;
        }
        space.keepToBudgets();
    }

    /**
     * The durable block that follows {@code afterSequence}, or holds the record after it, as it is
     * to be sent: if its boot's clock has become better since, with the times of that.
     */
    public Optional<Block> next(Lane lane, long afterSequence) {
        return tail(lane).next(afterSequence).map(block -> boots.dated(block, redating));
    }

    /** The far side has everything up to here. */
    public void acknowledge(Lane lane, long throughSequence) {
        if (throughSequence > through(lane)) {
            throw new IllegalArgumentException(
                    "journal: %s acknowledged through %d, durable is %d"
                            .formatted(stream(lane), throughSequence, through(lane)));
        }
        tail(lane).acknowledge(throughSequence);
    }

    /** Last sequence that was acknowledged; delivery goes on after it. */
    public long acknowledged(Lane lane) {
        return tail(lane).delivered();
    }

    /**
     * Rewrites one sealed volume without the holes H2 leaves (a few hundred milliseconds), or takes
     * a step in thinning HISTORY when three quarters of its budget are used; for times when nothing
     * can be sent.
     *
     * @return whether there was anything to do
     */
    public boolean tidy() {
        for (Lane lane : Lane.values()) {
            if (tail(lane).compactOne()) {
                return true;
            }
        }
        boolean wanted = log(Lane.HISTORY).view().get().bytes() > options.thinFrom();
        return thinning.step(wanted, tail(Lane.HISTORY).sent(), clock.age());
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
                view.volumes(),
                log.thinned(),
                disk.writtenBytes(lane.word()));
    }

    /** A reader of its own for another thread, which closes it: charts, replay, {@code cat}. */
    public JournalReader reader(Lane lane) {
        return new JournalReader(disk, stream(lane), log(lane).view()::get);
    }

    /** Never fails: everything acknowledged is durable already. */
    @Override
    public void close() {
        thinning.close();
        for (Lane lane : Lane.values()) {
            tail(lane).close();
            try {
                log(lane).close(clock.age());
            } catch (JournalFault _) {
                // The next opening takes a closer look, as after a crash.
            }
        }
        release();
    }

    private void release() {
        codec.close();
        redating.close();
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
                        LaneView.of(found.sealed()).withAside(disk.asideBytes(lane.word())),
                        found.through());
        logs.put(lane, log);
        var sent = new SlotFile(disk, Disk.join(lane.word(), "sent"), true, 0);
        tails.put(
                lane,
                new LaneTail(
                        disk, stream, log.view(), new LaneTail.Cursors(delivered, sent), losses));
    }

    private LaneLog log(Lane lane) {
        return Objects.requireNonNull(logs.get(lane));
    }

    private LaneTail tail(Lane lane) {
        return Objects.requireNonNull(tails.get(lane));
    }

    /** Into lane ALARM, to become durable with the sync that follows. */
    private void appendLosses(List<Loss> waiting) {
        var records = new ArrayList<SenmlRecord>();
        waiting.forEach(loss -> records.add(loss.record(clock.now())));
        records.addAll(notes);
        if (!records.isEmpty()) {
            log(Lane.ALARM).append(records, clock);
        }
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
