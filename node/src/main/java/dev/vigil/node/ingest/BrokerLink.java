package dev.vigil.node.ingest;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * One connection to a broker, from CONNECT to its end; a new one is made for each try, so that an
 * acknowledgement can never go to a later connection, whose packet identifiers mean other messages.
 *
 * <p>Paho's callback thread reads messages and waits when the inbox is full (then Paho stops
 * reading, and the broker keeps at most the Receive Maximum in flight); the committer's thread says
 * what is durable; the subscriber's own thread sends the PUBACKs, in the order of arrival.
 */
final class BrokerLink implements MqttCallback {
    private static final long ROOM_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final MqttAsyncClient client;
    private final Intake intake;
    private final Inbox inbox;
    private final IngestCounters counters;
    private final InstantSource clock;
    private final Executor owner;
    private final BiConsumer<BrokerLink, String> ended;
    private final List<Arrival> arrivals = new ArrayList<>(2);

    /** At most the Receive Maximum, which the broker keeps to. */
    private final Queue<Delivery> unacknowledged = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean open = true;

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
        this.owner = owner;
        this.ended = ended;
    }

    MqttAsyncClient client() {
        return client;
    }

    /** No PUBACK is sent any more, and a waiting callback returns. */
    void abandon() {
        open = false;
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
        Delivery delivery = null;
        if (owesPuback) {
            delivery = new Delivery(message.getId());
            unacknowledged.add(delivery);
        }
        arrivals.clear();
        intake.read(
                new Message(
                        topic, payload, 0, payload.length, clock.instant(), message.isRetained()),
                delivery == null ? Acknowledgement.NONE : delivery,
                arrivals);
        for (Arrival arrival : arrivals) {
            offer(arrival);
        }
    }

    private void offer(Arrival arrival) {
        boolean paused = false;
        while (open) {
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

    /** The subscriber's thread: PUBACKs for what is durable at the head of the order. */
    private void sendPubacks() {
        woken.set(false);
        for (Delivery next = unacknowledged.peek();
                open && next != null && next.durable;
                next = unacknowledged.peek()) {
            unacknowledged.remove();
            try {
                client.messageArrivedComplete(next.packetId, 1);
            } catch (MqttException _) {
                return; // The link is lost, which it says itself; the broker delivers again.
            }
            counters.add(IngestCounters.Count.ACKNOWLEDGED);
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        MqttException why = response.getException();
        ended.accept(
                this,
                response.getReasonString() != null
                        ? response.getReasonString()
                        : why == null ? "disconnected" : describe(why));
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        ended.accept(this, describe(exception));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    /** Paho wraps the network's reason in its own, and TLS wraps it again. */
    static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** A QoS 1 message that is owed a PUBACK; durable is said by the committer's thread. */
    private final class Delivery implements Acknowledgement {
        private final int packetId;
        private volatile boolean durable;

        Delivery(int packetId) {
            this.packetId = packetId;
        }

        @Override
        public void durable() {
            durable = true;
            if (open && !woken.get() && woken.compareAndSet(false, true)) {
                owner.execute(BrokerLink.this::sendPubacks);
            }
        }

        /** The pipeline's thread. The broker delivers it again on the next connection. */
        @Override
        public void refused(String reason) {
            if (open) {
                ended.accept(BrokerLink.this, reason);
            }
        }
    }
}
