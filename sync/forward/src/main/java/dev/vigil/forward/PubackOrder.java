package dev.vigil.forward;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * The PUBACKs that one connection owes, sent in the order of arrival (MQTT 5.0, section 4.6).
 * Paho's thread adds to it; whoever has made a message durable says so, on any thread; the owner's
 * thread sends. It ends with its connection: on a later one packet identifiers mean other messages.
 */
public final class PubackOrder {
    private final MqttAsyncClient client;
    private final Executor owner;
    private final Runnable sent;

    /** At most the Receive Maximum, which the broker keeps to. */
    private final Queue<Owed> unacknowledged = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean open = true;

    /**
     * @param owner runs on the thread that owns the connection
     * @param sent told of each PUBACK, there
     */
    public PubackOrder(MqttAsyncClient client, Executor owner, Runnable sent) {
        this.client = client;
        this.owner = owner;
        this.sent = sent;
    }

    /** A QoS 1 message has arrived. */
    public Owed owe(int packetId) {
        Owed owed = new Owed(packetId);
        unacknowledged.add(owed);
        return owed;
    }

    public boolean isOpen() {
        return open;
    }

    /** No PUBACK is sent any more. */
    public void abandon() {
        open = false;
    }

    private void send() {
        woken.set(false);
        for (Owed next = unacknowledged.peek();
                open && next != null && next.durable;
                next = unacknowledged.peek()) {
            unacknowledged.remove();
            try {
                client.messageArrivedComplete(next.packetId, 1);
            } catch (MqttException _) {
                return; // The link is lost, which it says itself; what is owed comes again.
            }
            sent.run();
        }
    }

    /** A message that is owed a PUBACK. */
    public final class Owed {
        private final int packetId;
        private volatile boolean durable;

        private Owed(int packetId) {
            this.packetId = packetId;
        }

        /** Any thread. */
        public void durable() {
            durable = true;
            if (open && !woken.get() && woken.compareAndSet(false, true)) {
                owner.execute(PubackOrder.this::send);
            }
        }
    }
}
