package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.forward.KafkaBroker;
import dev.vigil.forward.Lane;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Promises 2 and 3: acknowledged means durable, and everything arrives, told by its sequence. */
@Timeout(value = 12, unit = TimeUnit.MINUTES)
class KillNodeIT {
    private static final long SEED = Long.getLong("vigil.kill.seed", 20261123L);
    private static final int KILLS = Integer.getInteger("vigil.kill.count", 15);
    private static final int WINDOW = 512;
    private static final Duration READY_BOUND = Duration.ofMinutes(1);
    private static final Duration LOAD_BOUND = Duration.ofMinutes(1);
    private static final Duration DELIVERY_BOUND = Duration.ofMinutes(2);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

    private final Workplace place = Workplace.fresh("kill-node");
    private final LevelMessages messages =
            new LevelMessages(InstantSource.system().instant().minus(Duration.ofHours(1)));
    private final SenderClient sender = new SenderClient("tank", WINDOW, messages, (_, _) -> {});
    private long nextTicket;
    private int killedWhileStarting;
    private int flips;
    private int sentAway;

    @Test
    void everythingAcknowledgedIsAtKafkaAfterEachKill() throws Exception {
        try (KafkaBroker broker = KafkaBroker.startIn(place.file("kafka"));
                sender) {
            broker.createTopic(KafkaAudit.TOPIC, 1);
            TrialSite site = TrialSite.tanks(place, broker.bootstrapServers());
            long began = System.nanoTime();

            for (KillMoment moment : KillMoment.seeded(SEED, KILLS)) {
                if (moment.flipKafka()) {
                    flip(broker);
                }
                runAndKill(site, moment);
            }

            if (!broker.isRunning()) {
                broker.start();
            }
            try (NodeProcess node = start(site)) {
                finish(site, node);
                audit(broker, node, began);
            }
        }
    }

    private void runAndKill(TrialSite site, KillMoment moment) {
        NodeProcess node = start(site);
        try {
            if (connect(site, node, moment.attempts())) {
                load(site, node, sender.acknowledgedTotal() + moment.acknowledged());
            } else {
                killedWhileStarting++;
            }
        } finally {
            node.kill();
            sender.disconnect();
        }
    }

    /**
     * Sends until so much is acknowledged. A node that can't keep a message (its journal is not
     * open yet) ends the connection, and the sender comes back with what was not acknowledged.
     */
    private void load(TrialSite site, NodeProcess node, long target) {
        long deadline = System.nanoTime() + LOAD_BOUND.toNanos();
        while (sender.acknowledgedTotal() < target) {
            if (System.nanoTime() > deadline) {
                throw new TrialFailure(
                        "%d of %d acknowledged within %s:%n%s"
                                .formatted(
                                        sender.acknowledgedTotal(),
                                        target,
                                        LOAD_BOUND,
                                        node.logTail(40)));
            }
            try {
                if (sender.hasRoom()) {
                    messages.ensure(nextTicket);
                    sender.send(nextTicket);
                    nextTicket = sender.sentTotal();
                } else {
                    sender.flush();
                    Waiting.untilNanoTime(System.nanoTime() + 100_000);
                }
            } catch (IOException _) {
                nextTicket = sender.sentTotal();
                sentAway++;
                connect(site, node, Integer.MAX_VALUE);
            }
        }
    }

    /** As a sensor would: tries until it is let in, then sends again what was not acknowledged. */
    private boolean connect(TrialSite site, NodeProcess node, int attempts) {
        long deadline = System.nanoTime() + READY_BOUND.toNanos();
        for (int i = 0; i < attempts; i++) {
            if (System.nanoTime() > deadline || !node.isAlive()) {
                throw new TrialFailure(
                        "the node does not let the sender in:%n%s".formatted(node.logTail(40)));
            }
            try {
                sender.connect(site.mqttPort(), READY_BOUND);
                messages.resent(sender.resendUnacknowledged());
                return true;
            } catch (IOException _) {
                Waiting.untilNanoTime(System.nanoTime() + BETWEEN_ATTEMPTS.toNanos());
            }
        }
        return false;
    }

    /** The end: everything sent is acknowledged. */
    private void finish(TrialSite site, NodeProcess node) {
        Waiting.require(
                LOAD_BOUND,
                () -> {
                    try {
                        if (!sender.isConnected()) {
                            connect(site, node, Integer.MAX_VALUE);
                        }
                        return sender.awaitAcknowledgements(Duration.ofSeconds(1));
                    } catch (IOException e) {
                        return false; // tries again
                    }
                },
                () -> "the last window is not acknowledged:\n" + node.logTail(40));
    }

    private NodeProcess start(TrialSite site) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"));
    }

    private void flip(KafkaBroker broker) {
        flips++;
        if (broker.isRunning()) {
            broker.kill();
        } else {
            broker.start();
        }
    }

    private void audit(KafkaBroker broker, NodeProcess node, long began) {
        try (KafkaAudit audit =
                new KafkaAudit(broker.bootstrapServers(), KafkaAudit.TOPIC, messages::arrived)) {
            Waiting.until(
                    DELIVERY_BOUND,
                    () -> {
                        audit.poll(Duration.ofMillis(50));
                        return messages.missing(nextTicket) == 0;
                    });
            audit.readToEnd(DELIVERY_BOUND);
            print(audit, began);

            assertEquals(nextTicket, sender.acknowledgedTotal(), "acknowledged of those sent");
            assertEquals(0, messages.missing(nextTicket), () -> node.logTail(40));
            assertEquals(0, messages.wrong(), "readings with another value");
            assertEquals(0, messages.repeatedThoughNeverResent(nextTicket));
            assertEquals(List.of(), audit.faults());
            assertEquals(
                    Map.of(Lane.HISTORY, 1L),
                    audit.streams().keySet().stream()
                            .filter(stream -> stream.lane() == Lane.HISTORY)
                            .collect(Collectors.groupingBy(s -> s.lane(), Collectors.counting())),
                    "journals: a second one would mean that the first was set aside");
        }
    }

    // CHECKSTYLE OFF: the counts are what this test is for
    private void print(KafkaAudit audit, long began) {
        System.out.printf(
                "KillNodeIT: seed %d, %d kills (%d while starting), Kafka taken or given back %d times, %d s%n",
                SEED,
                KILLS,
                killedWhileStarting,
                flips,
                (System.nanoTime() - began) / 1_000_000_000);
        System.out.printf(
                "KillNodeIT: %d readings acknowledged, %d missing at Kafka; %d sent again, of which %d were kept twice under two sequences; sent away %d times%n",
                sender.acknowledgedTotal(),
                messages.missing(nextTicket),
                messages.resentCount(),
                messages.repeated(nextTicket),
                sentAway);
        System.out.printf(
                "KillNodeIT: %d blocks on the topic, %d of them copies with the same sequence and the same bytes, %d faults %s%n",
                audit.arrived().size(), audit.copies(), audit.faults().size(), audit.faults());
    }
    // CHECKSTYLE ON
}
