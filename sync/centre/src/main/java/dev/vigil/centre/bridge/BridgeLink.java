package dev.vigil.centre.bridge;

import dev.vigil.forward.Paho;
import dev.vigil.forward.PubackOrder;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the broker, from CONNECT to its end; a new one is made for each try, so that a
 * PUBACK can never go to a later connection, whose packet identifiers mean other messages.
 *
 * <p>Paho's thread hands messages over; whoever has written them says so, on any thread; the
 * bridge's thread sends the PUBACKs.
 */
final class BridgeLink implements Paho.Connection {
    private final MqttAsyncClient client;
    private final Arrivals arrivals;
    private final PubackOrder pubacks;
    private final BiConsumer<BridgeLink, String> ended;

    /** Told of each message, on Paho's thread. */
    @FunctionalInterface
    interface Arrivals {
        void take(String topic, byte[] payload, Receipt receipt);
    }

    BridgeLink(
            MqttAsyncClient client,
            Arrivals arrivals,
            Executor owner,
            BiConsumer<BridgeLink, String> ended) {
        this.client = client;
        this.arrivals = arrivals;
        this.pubacks = new PubackOrder(client, owner, () -> {});
        this.ended = ended;
    }

    MqttAsyncClient client() {
        return client;
    }

    /** No PUBACK is sent any more. */
    void abandon() {
        pubacks.abandon();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        arrivals.take(
                topic,
                message.getPayload(),
                new Receipt(message.getQos() > 0 ? pubacks.owe(message.getId()) : null));
    }

    @Override
    public void ended(String why) {
        ended.accept(this, why);
    }

    /** Of a message, which is owed a PUBACK unless it came with QoS 0. Any thread. */
    final class Receipt {
        private final PubackOrder.@Nullable Owed owed;

        private Receipt(PubackOrder.@Nullable Owed owed) {
            this.owed = owed;
        }

        /** Kafka has it. */
        void written() {
            if (owed != null) {
                owed.durable();
            }
        }

        /** Kafka will not have it: what was not acknowledged comes again over a new connection. */
        void refused(String reason) {
            if (owed != null && pubacks.isOpen()) {
                BridgeLink.this.ended(reason);
            }
        }
    }
}
