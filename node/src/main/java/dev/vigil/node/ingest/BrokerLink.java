package dev.vigil.node.ingest;

import dev.vigil.forward.Paho;
import dev.vigil.forward.PubackOrder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/**
 * One connection to a broker, from CONNECT to its end; a new one is made for each try, so that an
 * acknowledgement can never go to a later connection, whose packet identifiers mean other messages.
 *
 * <p>Paho's callback thread reads messages and waits when the inbox is full (then Paho stops
 * reading, and the broker keeps at most the Receive Maximum in flight); the committer's thread says
 * what is durable; the subscriber's own thread sends the PUBACKs, in the order of arrival.
 */
final class BrokerLink implements Paho.Connection {
    private static final long ROOM_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final MqttAsyncClient client;
    private final Intake intake;
    private final Inbox inbox;
    private final IngestCounters counters;
    private final InstantSource clock;
    private final BiConsumer<BrokerLink, String> ended;
    private final List<Arrival> arrivals = new ArrayList<>(2);

    private final PubackOrder pubacks;

    /**
     * @param owner the subscriber's thread
     * @param ended told at least once, on Paho's thread, when the connection is lost, and why
     */
    BrokerLink(
            MqttAsyncClient client,
            Intake intake,
            Inbox inbox,
            IngestCounters counters,
            InstantSource clock,
            Executor owner,
            BiConsumer<BrokerLink, String> ended) {
        this.client = client;
        this.intake = intake;
        this.inbox = inbox;
        this.counters = counters;
        this.clock = clock;
        this.ended = ended;
        this.pubacks =
                new PubackOrder(
                        client, owner, () -> counters.add(IngestCounters.Count.ACKNOWLEDGED));
    }

    MqttAsyncClient client() {
        return client;
    }

    /** No PUBACK is sent any more, and a waiting callback returns. */
    void abandon() {
        pubacks.abandon();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        counters.add(IngestCounters.Count.MESSAGES);
        boolean owesPuback = message.getQos() > 0;
        if (!owesPuback && inbox.isFull()) {
            counters.add(IngestCounters.Count.DROPPED_QOS_0);
            return;
        }
        if (message.isDuplicate()) {
            counters.add(IngestCounters.Count.DUPLICATE_FLAG);
        }
        byte[] payload = message.getPayload();
        Acknowledgement delivery =
                owesPuback ? new Delivery(pubacks.owe(message.getId())) : Acknowledgement.NONE;
        arrivals.clear();
        intake.read(
                new Message(
                        topic, payload, 0, payload.length, clock.instant(), message.isRetained()),
                delivery,
                arrivals);
        for (Arrival arrival : arrivals) {
            offer(arrival);
        }
    }

    private void offer(Arrival arrival) {
        boolean paused = false;
        while (pubacks.isOpen()) {
            if (!inbox.isFull() && inbox.offer(arrival)) {
                if (arrival instanceof Arrival.Readings readings) {
                    counters.add(IngestCounters.Count.READINGS, readings.readings().size());
                }
                return;
            }
            if (!paused) {
                paused = true;
                counters.add(IngestCounters.Count.PAUSES);
            }
            LockSupport.parkNanos(this, ROOM_POLL_NANOS);
        }
        // Its link is gone; without a PUBACK the broker delivers it again.
        counters.add(IngestCounters.Count.UNTAKEN_QOS_1);
    }

    @Override
    public void ended(String why) {
        ended.accept(this, why);
    }

    /** A QoS 1 message that is owed a PUBACK; durable is said by the committer's thread. */
    private final class Delivery implements Acknowledgement {
        private final PubackOrder.Owed owed;

        Delivery(PubackOrder.Owed owed) {
            this.owed = owed;
        }

        @Override
        public void durable() {
            owed.durable();
        }

        /** The pipeline's thread. The broker delivers it again on the next connection. */
        @Override
        public void refused(String reason) {
            if (pubacks.isOpen()) {
                BrokerLink.this.ended(reason);
            }
        }
    }
}
