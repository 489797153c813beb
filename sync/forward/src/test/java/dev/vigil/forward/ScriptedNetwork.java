package dev.vigil.forward;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A network for simulations, driven by a seed and virtual time. Messages and answers are lost, come
 * late, twice and out of order; a message may arrive long after its sender was told that nobody
 * knows, or after its node has died. Half open, it takes everything and brings nothing. Owned by
 * the test's thread.
 */
final class ScriptedNetwork {
    private static final Duration TIMEOUT = Duration.ofSeconds(12);

    /** Where messages arrive. */
    @FunctionalInterface
    interface FarSide {
        void arrived(Block block);
    }

    private record Message(Block block, Instant due) {}

    private record Answer(Uplink.Outcome outcome, Instant due) {}

    private final RandomGenerator random;
    private final FarSide farSide;
    private final List<Message> messages = new ArrayList<>();
    private Instant now;
    private boolean up = true;
    private boolean halfOpen;
    private double losing;
    private double doubling;
    private Duration latest = Duration.ofMillis(50);

    ScriptedNetwork(RandomGenerator random, Instant now, FarSide farSide) {
        this.random = random;
        this.now = now;
        this.farSide = farSide;
    }

    /** The network's own time, which no node's clock disturbs; what is due arrives. */
    void at(Instant instant) {
        now = instant;
        List<Message> due = messages.stream().filter(m -> !m.due().isAfter(now)).toList();
        messages.removeAll(due);
        due.forEach(message -> farSide.arrived(message.block()));
    }

    void up(boolean isUp) {
        up = isUp;
    }

    void halfOpen(boolean is) {
        halfOpen = is;
    }

    /**
     * From now on.
     *
     * @param losingShare of messages and of answers, 0 to 1
     * @param doublingShare of messages that arrive twice
     * @param latestArrival each message and answer takes up to this long, in any order
     */
    void misbehave(double losingShare, double doublingShare, Duration latestArrival) {
        losing = losingShare;
        doubling = doublingShare;
        latest = latestArrival;
    }

    /** The way of one run of a node; its answers die with it. */
    Uplink uplink() {
        return new Way();
    }

    private Instant soon(Duration within) {
        return now.plusNanos((long) (random.nextDouble() * within.toNanos()));
    }

    private final class Way implements Uplink {
        private final List<Answer> answers = new ArrayList<>();

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public void send(Block block, Waybill waybill) {
            if (!up) {
                answer(block, new Delivery.Failed("no route"), soon(latest));
                return;
            }
            boolean arrives = !halfOpen && random.nextDouble() >= losing;
            Instant arrival = soon(latest);
            if (arrives) {
                messages.add(new Message(block, arrival));
                if (random.nextDouble() < doubling) {
                    messages.add(new Message(block, soon(latest.multipliedBy(20))));
                }
            }
            Instant answered = arrival.plus(Duration.between(now, soon(latest)));
            boolean known =
                    arrives
                            && random.nextDouble() >= losing
                            && answered.isBefore(now.plus(TIMEOUT));
            if (known) {
                answer(block, new Delivery.Delivered(), answered);
            } else {
                answer(block, new Delivery.Unknown("no answer in time"), now.plus(TIMEOUT));
            }
        }

        @Override
        public List<Outcome> poll() {
            List<Answer> due = answers.stream().filter(a -> !a.due().isAfter(now)).toList();
            answers.removeAll(due);
            return due.stream().map(Answer::outcome).toList();
        }

        @Override
        public void close() {
            answers.clear();
        }

        private void answer(Block block, Delivery delivery, Instant due) {
            answers.add(new Answer(new Outcome(block, delivery), due));
        }
    }
}
