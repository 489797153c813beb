package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * An uplink for simulations, driven by a seed and virtual time: it can be down, fail, answer late,
 * or take a block and lose the answer. Keeps what the far side got. Owned by the test's thread; set
 * {@link #at} before each turn.
 */
public final class ScriptedUplink implements Uplink {
    /** A block as the far side got it. */
    public record Arrival(Block block, boolean historic, Instant at) {}

    private record Pending(Outcome outcome, Instant due) {}

    private final RandomGenerator random;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<StateMessage> states = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private Instant now;
    private boolean up = true;
    private double failing;
    private double losing;
    private Duration latest = Duration.ofMillis(50);
    private int copies;

    public ScriptedUplink(RandomGenerator random, Instant now) {
        this.random = random;
        this.now = now;
    }

    /** The time of what follows. */
    public void at(Instant instant) {
        now = instant;
    }

    /** When down every block fails. */
    public void up(boolean isUp) {
        up = isUp;
    }

    /**
     * How it misbehaves from now on.
     *
     * @param failingShare of blocks that are refused, 0 to 1
     * @param losingShare of blocks that arrive and whose answer is lost
     * @param latestAnswer answers come within this time, in any order
     */
    public void misbehave(double failingShare, double losingShare, Duration latestAnswer) {
        failing = failingShare;
        losing = losingShare;
        latest = latestAnswer;
    }

    /** In order of arrival, copies included. */
    public List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    /** State messages, in order. */
    public List<StateMessage> states() {
        return List.copyOf(states);
    }

    /** Arrivals of a block that had arrived before. */
    public int copies() {
        return copies;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public void send(Block block, Waybill waybill) {
        Delivery delivery;
        if (!up || random.nextDouble() < failing) {
            delivery = new Delivery.Failed("scripted failure");
        } else {
            arrivals.add(new Arrival(block, waybill.historic(), now));
            if (!known.add(block.stream() + "/" + block.firstSequence())) {
                copies++;
            }
            delivery =
                    random.nextDouble() < losing
                            ? new Delivery.Unknown("scripted loss of the answer")
                            : new Delivery.Delivered();
        }
        Instant due = now.plusNanos((long) (random.nextDouble() * latest.toNanos()));
        pending.add(new Pending(new Outcome(block, delivery), due));
    }

    @Override
    public void state(StateMessage message) {
        if (up) {
            states.add(message);
        }
    }

    @Override
    public List<Outcome> poll() {
        var due = new ArrayList<Outcome>();
        pending.removeIf(
                p -> {
                    boolean ripe = !p.due().isAfter(now);
                    if (ripe) {
                        due.add(p.outcome());
                    }
                    return ripe;
                });
        return due;
    }

    @Override
    public void close() {
        pending.clear();
    }
}
