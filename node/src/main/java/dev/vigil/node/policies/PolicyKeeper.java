package dev.vigil.node.policies;

import dev.vigil.forward.Backoff;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalFault;
import dev.vigil.node.watch.Follower;
import dev.vigil.node.watch.PolicyGate;
import dev.vigil.node.watch.PolicyRecord;
import dev.vigil.node.watch.Turn;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySnapshot;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.trust.PolicyStoreFault;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.Stored;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes care of the policies beside the pipeline: an operator's orders, shadows, quarantine,
 * snapshots. Owned by one thread of low priority; {@link #order} and what it shows are anybody's.
 */
public final class PolicyKeeper implements Turn {
    private static final Logger LOG = Logger.getLogger(PolicyKeeper.class);
    private static final int ORDERS_MAX = 8;
    private static final int SHADOWS_MAX = 4;

    /** After a failed attempt to replace what is in quarantine. */
    private static final Duration FALLBACK_RETRY = Duration.ofMinutes(1);

    /** How old what the page shows may be. */
    private static final Duration VIEW = Duration.ofMillis(500);

    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int REFUSED = 422;
    private static final int BROKEN = 500;
    private static final int BUSY = 503;

    /** What it works with. */
    public record Parts(
            List<PolicySpec> specs,
            Map<String, SensorChannel> channels,
            PolicyVersions versions,
            SnapshotFolder folder,
            PolicyGate gate,
            Supplier<@Nullable Journal> journal,
            Supplier<List<PolicyState>> states) {}

    /** What an operator wants. */
    public sealed interface Order {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Install(byte[] wasm, byte[] signature) implements Order {}

        record Shadow(String policy) implements Order {}

        /**
         * @param unseen also without a shadow run
         */
        record Arm(String policy, boolean unseen) implements Order {}

        record Rollback(String policy) implements Order {}

        /** Only wants to know. */
        record Show() implements Order {}
    }

    /** As an HTTP status and a text that ends its lines. */
    public record Answer(int status, String text) {}

    private record Waiting(Order order, String who, CompletableFuture<Answer> answer) {}

    /**
     * What the page shows of a policy beyond its state.
     *
     * @param candidate and {@code previous} version, null when there is none
     * @param shadow where the shadow run is, null when there is none
     */
    public record View(
            @Nullable String candidate,
            @Nullable String previous,
            @Nullable String shadow,
            @Nullable String difference,
            List<String> differences) {}

    /** States of policies since the start. */
    public record Snapshots(long written, long failed, long skipped) {}

    private final Parts parts;
    private final PolicySwaps swaps;
    private final ArrayBlockingQueue<Waiting> orders = new ArrayBlockingQueue<>(ORDERS_MAX);
    private final Map<String, Shadow> shadows = new TreeMap<>();
    private final Map<String, Instant> fallbackTried = new HashMap<>();
    private @Nullable List<PolicySnapshot> unwritten;
    private final Map<String, Shelf> shelves = new HashMap<>();
    private Instant nextView = Instant.MIN;
    private volatile Map<String, View> views = Map.of();
    private final AtomicLong snapshotsWritten = new AtomicLong();
    private final AtomicLong snapshotFailures = new AtomicLong();
    private final AtomicLong snapshotsReplaced = new AtomicLong();
    private boolean lowered;

    public PolicyKeeper(Parts parts, LongConsumer swapNanos) {
        this.parts = parts;
        this.swaps = new PolicySwaps(parts.gate(), parts.journal(), parts.channels(), swapNanos);
    }

    /** Any thread: the answer comes when it is done. */
    public CompletableFuture<Answer> order(Order order, String who) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (!orders.offer(new Waiting(order, who, answer))) {
            answer.complete(
                    new Answer(BUSY, "%d orders wait already: try again\n".formatted(ORDERS_MAX)));
        }
        return answer;
    }

    /** Any thread: by id of the site's policy. */
    public Map<String, View> views() {
        return views;
    }

    /** Any thread: written, failed to be written, and replaced by newer ones before that. */
    public Snapshots snapshots() {
        return new Snapshots(
                snapshotsWritten.get(),
                snapshotFailures.get(),
                snapshotsReplaced.get() + parts.gate().snapshotsSkipped());
    }

    @Override
    public int turn(Instant now) {
        if (!lowered) {
            lowerPriority();
            lowered = true;
        }
        Journal journal = parts.journal().get();
        int done = journal == null ? 0 : writeSnapshots(journal);
        Waiting waiting = orders.poll();
        if (waiting != null) {
            try {
                Answer answer =
                        journal == null
                                ? new Answer(BUSY, "the journal is not open: try again\n")
                                : answer(waiting.order(), waiting.who(), journal, now);
                waiting.answer().complete(answer);
            } finally {
                // When that broke; who asked need not wait for it.
                waiting.answer().complete(new Answer(BROKEN, "it broke; the log says how\n"));
            }
        }
        if (journal == null) {
            // Until then the versions belong to the thread that opens it.
            return waiting == null ? 0 : 1;
        }
        boolean replaced = replaceQuarantined(now);
        boolean changed = waiting != null || replaced;
        done += changed ? 1 : 0;
        long durable = PolicySwaps.durable(journal);
        for (Shadow shadow : shadows.values()) {
            done += shadow.step(durable);
        }
        parts.versions().observe(now, parts.states().get());
        show(now, changed);
        return done;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint: nothing is right only because of it
    private static void lowerPriority() {
        Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
    }

    /** Waits a moment: orders of people are not urgent. */
    public void await(long nanos) {
        LockSupport.parkNanos(this, nanos);
    }

    /** A state is never written down before the readings in it are durable. */
    private int writeSnapshots(Journal journal) {
        List<PolicySnapshot> fresh = parts.gate().takeSnapshots();
        if (fresh != null) {
            snapshotsReplaced.addAndGet(unwritten == null ? 0 : unwritten.size());
            unwritten = fresh;
        }
        List<PolicySnapshot> writing = unwritten;
        if (writing == null || writing.isEmpty()) {
            return 0;
        }
        if (PolicySwaps.durable(journal) < writing.getFirst().lastSequence()) {
            return 0;
        }
        unwritten = null;
        for (PolicySnapshot snapshot : writing) {
            try {
                parts.folder().write(snapshot);
                snapshotsWritten.incrementAndGet();
            } catch (IOException e) {
                snapshotFailures.incrementAndGet();
                LOG.errorf(
                        "policy %s: its state can't be written down: %s",
                        snapshot.owner().policy(), e);
            }
        }
        return writing.size();
    }

    private Answer answer(Order order, String who, Journal journal, Instant now) {
        try {
            return switch (order) {
                case Order.Install(var wasm, var signature) -> install(wasm, signature, who, now);
                case Order.Shadow(var policy) -> shadow(policy, who, journal, now);
                case Order.Arm(var policy, var unseen) -> arm(policy, unseen, who, now);
                case Order.Rollback(var policy) -> rollback(policy, who, now);
                case Order.Show() ->
                        new Answer(
                                OK,
                                PolicyReport.list(parts.states().get(), parts.versions(), shadows));
            };
        } catch (PolicyVersions.Refusal e) {
            return new Answer(REFUSED, "refused: %s\n".formatted(e.getMessage()));
        } catch (PolicyUnloadable | PolicySwaps.Failed e) {
            return new Answer(
                    REFUSED, "refused, the armed version goes on: %s\n".formatted(e.getMessage()));
        } catch (PolicyStoreFault | JournalFault e) {
            return new Answer(BUSY, "nothing was changed: %s\n".formatted(e.getMessage()));
        }
    }

    private Answer install(byte[] wasm, byte[] signature, String who, Instant now)
            throws PolicyVersions.Refusal {
        // What can't be loaded or afforded here is said now, not when it is armed.
        PolicyVersions.Installed installed =
                parts.versions().install(wasm, signature, parts.states().get(), now);
        Stored stored = installed.version();
        stopShadow(stored.policy());
        note(stored, "installed", who, now);
        return new Answer(OK, PolicyReport.installed(installed));
    }

    private Answer shadow(String policy, String who, Journal journal, Instant now)
            throws PolicyVersions.Refusal, PolicySwaps.Failed {
        Stored candidate = candidate(policy);
        stopShadow(policy);
        if (shadows.size() >= SHADOWS_MAX) {
            return new Answer(
                    BUSY,
                    "%d policies run in shadow already, which is the most\n"
                            .formatted(SHADOWS_MAX));
        }
        PolicySpec spec = parts.versions().uses(policy).getFirst();
        Follower follower = new Follower();
        List<PolicyCandidate> both = new ArrayList<>();
        try {
            both.add(parts.versions().stored(spec, candidate));
            both.add(parts.versions().again(spec, parts.states().get()));
            long through = swaps.follow(follower);
            shadows.put(
                    policy,
                    new Shadow(
                            candidate,
                            both.getFirst(),
                            both.getLast(),
                            follower,
                            journal,
                            parts.channels(),
                            new Shadow.Start(now, through)));
        } catch (PolicyVersions.Refusal
                | PolicyUnloadable
                | PolicyStoreFault
                | PolicySwaps.Failed e) {
            both.forEach(PolicyCandidate::close);
            throw e;
        }
        note(candidate, "in shadow", who, now);
        return new Answer(
                OK,
                "%s %s runs in shadow, on history first; see: vigil policy list\n"
                        .formatted(policy, candidate.version()));
    }

    private Answer arm(String policy, boolean unseen, String who, Instant now)
            throws PolicyVersions.Refusal, PolicySwaps.Failed {
        Stored candidate = candidate(policy);
        Shadow shadow = shadows.get(policy);
        if (!unseen && (shadow == null || shadow.phase() != Shadow.Phase.LIVE)) {
            return new Answer(
                    CONFLICT,
                    "%s %s has not been seen in shadow (%s): let it run there first, or say --unseen\n"
                            .formatted(
                                    policy,
                                    candidate.version(),
                                    shadow == null ? "not started" : shadow.text()));
        }
        String difference = shadow == null ? "" : PolicyReport.difference(shadow, "  ");
        List<PolicyCandidate> ready = parts.versions().ready(candidate, parts.states().get());
        List<PolicySwaps.Done> done;
        try {
            // On the disk first: a power cut in between arms what was meant to be armed.
            parts.versions().store().arm(policy);
            done = swapAll(policy, ready, shadow);
        } finally {
            ready.forEach(PolicyCandidate::close);
        }
        stopShadow(policy);
        note(candidate, "armed", who, now);
        return new Answer(OK, difference + PolicyReport.said("armed", candidate, done));
    }

    private Answer rollback(String policy, String who, Instant now)
            throws PolicyVersions.Refusal, PolicySwaps.Failed {
        Shelf shelf = shelf(policy);
        if (shelf.armed().isEmpty()) {
            return new Answer(
                    CONFLICT,
                    "%s runs the module of site.yaml: there is nothing to go back from\n"
                            .formatted(policy));
        }
        stopShadow(policy);
        List<PolicySwaps.Done> done = back(policy, shelf);
        note(shelf.armed().get(), "rolled back", who, now);
        return new Answer(OK, PolicyReport.said("rolled back from", shelf.armed().get(), done));
    }

    private List<PolicySwaps.Done> back(String policy, Shelf shelf)
            throws PolicyVersions.Refusal, PolicySwaps.Failed {
        parts.versions().store().rollback(policy);
        List<PolicySwaps.Done> done = new ArrayList<>();
        for (PolicySpec spec : parts.versions().uses(policy)) {
            done.add(back(spec, shelf));
        }
        return done;
    }

    /** What broke the one version may be in the history that warms the other up. */
    private PolicySwaps.Done back(PolicySpec spec, Shelf shelf) throws PolicySwaps.Failed {
        try (PolicyCandidate before = parts.versions().before(spec, shelf)) {
            return swaps.swap(before, Optional.empty());
        } catch (PolicySwaps.Failed e) {
            LOG.warnf("policy %s begins without history: %s", spec.id(), e.getMessage());
            try (PolicyCandidate fresh = parts.versions().before(spec, shelf)) {
                return swaps.swapCold(fresh);
            }
        }
    }

    private List<PolicySwaps.Done> swapAll(
            String policy, List<PolicyCandidate> ready, @Nullable Shadow shadow)
            throws PolicyVersions.Refusal, PolicySwaps.Failed {
        List<PolicySwaps.Done> done = new ArrayList<>();
        // One candidate runs in shadow: it can be warm for one policy of the site only.
        Optional<PolicySwaps.Warm> warm = shadow == null ? Optional.empty() : shadow.warm();
        try {
            for (PolicyCandidate candidate : ready) {
                done.add(swaps.swap(candidate, warm));
                warm = Optional.empty();
            }
            return done;
        } catch (PolicySwaps.Failed e) {
            parts.versions().store().rollback(policy);
            throw e;
        }
    }

    /** What is in quarantine is replaced by the version before it, or by the site's own module. */
    private boolean replaceQuarantined(Instant now) {
        for (PolicyState state : parts.states().get()) {
            if (state.status() != PolicyState.Status.QUARANTINED) {
                continue;
            }
            Instant tried = fallbackTried.get(state.id());
            if (tried != null
                    && Backoff.isWaiting(now, tried.plus(FALLBACK_RETRY), FALLBACK_RETRY)) {
                continue;
            }
            fallbackTried.put(state.id(), now);
            String policy = parts.versions().manifestId(state.id());
            Shelf shelf = parts.versions().shelf(policy);
            if (shelf.armed().isEmpty()) {
                continue;
            }
            try {
                stopShadow(policy);
                back(policy, shelf);
                fallbackTried.remove(state.id());
                note(
                        shelf.armed().get(),
                        "in quarantine; the version before it is armed",
                        "-",
                        now);
            } catch (PolicyVersions.Refusal
                    | PolicySwaps.Failed
                    | PolicyUnloadable
                    | PolicyStoreFault e) {
                LOG.errorf(
                        "policy %s is in quarantine and the version before it can't be armed: %s",
                        state.id(), e.getMessage());
            }
            return true;
        }
        return false;
    }

    private Stored candidate(String policy) throws PolicyVersions.Refusal {
        Optional<Stored> candidate = shelf(policy).candidate();
        return candidate.orElseThrow(
                () ->
                        new PolicyVersions.Refusal(
                                "%s has no installed version that waits: vigil policy install comes first"
                                        .formatted(policy)));
    }

    private Shelf shelf(String policy) throws PolicyVersions.Refusal {
        parts.versions().uses(policy);
        parts.versions().store();
        return parts.versions().shelf(policy);
    }

    private void stopShadow(String policy) {
        Shadow shadow = shadows.remove(policy);
        if (shadow != null) {
            swaps.unfollow(shadow.follower());
            shadow.close();
        }
    }

    private void note(Stored version, String what, String who, Instant now) {
        LOG.infof("policy %s: %s by %s", version, what, who);
        PolicyRecord record =
                new PolicyRecord(
                        version.policy(), version.version(), version.counter(), version.sha256());
        parts.gate()
                .offer(
                        (_, _, _) ->
                                new PolicyGate.Outcome(
                                        List.of(), List.of(record.record(what, who, now))));
    }

    private void show(Instant now, boolean changed) {
        if (!changed && Backoff.isWaiting(now, nextView, VIEW)) {
            return;
        }
        nextView = now.plus(VIEW);
        Map<String, View> all = new HashMap<>();
        for (PolicySpec spec : parts.specs()) {
            String policy = parts.versions().manifestId(spec.id());
            if (changed || !shelves.containsKey(policy)) {
                shelves.put(policy, parts.versions().shelf(policy));
            }
            Shelf shelf = shelves.get(policy);
            Shadow shadow = shadows.get(policy);
            ShadowDifference.Summary difference = shadow == null ? null : shadow.difference();
            all.put(
                    spec.id(),
                    new View(
                            shelf == null ? null : text(shelf.candidate()),
                            shelf == null ? null : text(shelf.previous()),
                            shadow == null ? null : shadow.text(),
                            difference == null ? null : difference.text(),
                            difference == null ? List.of() : difference.lines()));
        }
        views = Map.copyOf(all);
    }

    private static @Nullable String text(Optional<Stored> version) {
        return version.map(PolicyReport::version).orElse(null);
    }

    /** The last snapshots, and an end to shadows; when its thread has ended. */
    public void close() {
        Journal journal = parts.journal().get();
        if (journal != null) {
            writeSnapshots(journal);
        }
        List.copyOf(shadows.keySet()).forEach(this::stopShadow);
    }
}
