package dev.vigil.node.watch;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where the policies' keeper reaches into the pipeline, and the pipeline hands out what the keeper
 * needs: bounded both ways, and the pipeline never waits. The pipeline's thread calls {@code
 * between} and {@code judged} and {@code snapshots}; any thread the rest.
 */
public final class PolicyGate {
    private static final int ORDERS_MAX = 16;

    /** Done on the pipeline's thread between two turns; must be short. */
    @FunctionalInterface
    public interface Order {
        /**
         * @param policies the set the pipeline judges with
         * @param lastSequence of the last reading that was judged; negative while the journal is
         *     not open
         */
        Outcome between(PolicySet policies, long lastSequence, Instant now);
    }

    /**
     * What an order brings about.
     *
     * @param hazards that were raised or cleared by it
     * @param records for the ALARM lane
     */
    public record Outcome(List<Hazard> hazards, List<SenmlRecord> records) {
        public static final Outcome NOTHING = new Outcome(List.of(), List.of());

        public Outcome {
            hazards = List.copyOf(hazards);
            records = List.copyOf(records);
        }
    }

    private final ArrayBlockingQueue<Order> orders = new ArrayBlockingQueue<>(ORDERS_MAX);
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable List<PolicySnapshot>> snapshots =
            new AtomicReference<>();
    private final AtomicLong snapshotsSkipped = new AtomicLong();

    /** False when too many orders wait. */
    public boolean offer(Order order) {
        return orders.offer(order);
    }

    /** From an order only: the follower gets every batch from the next one on. */
    public void follow(Follower follower) {
        followers.add(follower);
    }

    public void unfollow(Follower follower) {
        followers.remove(follower);
    }

    /** The latest snapshots, once; null when there are none that were not taken before. */
    public @Nullable List<PolicySnapshot> takeSnapshots() {
        return snapshots.getAndSet(null);
    }

    /** Snapshots that nobody had taken when the next ones came. */
    public long snapshotsSkipped() {
        return snapshotsSkipped.get();
    }

    boolean waiting() {
        return !orders.isEmpty();
    }

    /** Does what waits. */
    Outcome between(PolicySet policies, long lastSequence, Instant now) {
        Order order = orders.poll();
        if (order == null) {
            return Outcome.NOTHING;
        }
        List<Hazard> hazards = new ArrayList<>();
        List<SenmlRecord> records = new ArrayList<>();
        while (order != null) {
            Outcome outcome = order.between(policies, lastSequence, now);
            hazards.addAll(outcome.hazards());
            records.addAll(outcome.records());
            // The keeper waits for each answer, so that this ends.
            order = orders.poll();
        }
        return new Outcome(hazards, records);
    }

    /** A batch was judged, or the time told. */
    void judged(Batch batch, boolean tick) {
        for (Follower follower : followers) {
            follower.offer(new Follower.Step(batch, tick));
        }
    }

    void snapshots(List<PolicySnapshot> latest) {
        List<PolicySnapshot> before = snapshots.getAndSet(latest);
        if (before != null) {
            snapshotsSkipped.addAndGet(before.size());
        }
    }
}
