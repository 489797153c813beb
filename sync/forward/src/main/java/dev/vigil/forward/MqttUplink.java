package dev.vigil.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/**
 * Blocks as MQTT 5 messages, QoS 1, to the broker of the centre, from where a bridge takes them to
 * Kafka (sync/docs/WIRE.md). Owned by the shipper's thread; Paho's threads only put events into a
 * queue, which the shipper's window bounds.
 *
 * <ol>
 *   <li>Delivered is what the <b>ledger</b> has acknowledged. The broker's PUBACK only lets the
 *       next one be published: at most {@value #UNCONFIRMED_MAX}, less if the broker says so, are
 *       without it.
 *   <li>When the connection is lost, or nothing happens for {@link #PATIENCE}, all that is on its
 *       way is {@link Delivery.Unknown}; the next {@link #send} makes a new connection, on which
 *       the broker at once tells what the ledger acknowledged last.
 *   <li>Never waits for the network: connecting is Paho's thread's, and takes {@link
 *       #CONNECT_BOUND} at most.
 *   <li>Keys and certificates are read for each connection; what is wrong with them is the outcome
 *       of the blocks that waited for it.
 * </ol>
 */
public final class MqttUplink implements Uplink {
    static final int UNCONFIRMED_MAX = 64;
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Duration CONNECT_BOUND = Duration.ofSeconds(15);

    private final MqttUplinkOptions options;
    private final LongSupplier nanoTime;
    private final ConcurrentLinkedQueue<MqttLink.Event> events = new ConcurrentLinkedQueue<>();
    private final AckWindow window;
    private final List<Outcome> outcomes = new ArrayList<>();
    private @Nullable MqttLink link;
    private boolean up;
    private long connectingSince;
    private int unconfirmedMax = UNCONFIRMED_MAX;

    /**
     * Connects when the first block is sent.
     *
     * @param nanoTime a clock that never steps: {@link System#nanoTime}
     */
    public MqttUplink(MqttUplinkOptions options, LongSupplier nanoTime) {
        this.options = options;
        this.nanoTime = nanoTime;
        this.window = new AckWindow(options.streams(), PATIENCE);
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public void send(Block block, Waybill waybill) {
        Optional<Outcome> known = window.add(block, waybill, nanoTime.getAsLong());
        known.ifPresent(outcomes::add);
        if (known.isEmpty() && link == null) {
            connect();
        }
        publish();
    }

    /** Retained: the broker keeps the last one for whoever comes. */
    @Override
    public void state(StateMessage message) {
        MqttLink open = link;
        if (open != null && up) {
            open.publish(message);
        }
    }

    @Override
    public List<Outcome> poll() {
        MqttLink.Event event = events.poll();
        while (event != null) {
            if (event.link().equals(link)) {
                take(event);
            }
            event = events.poll();
        }
        long nanos = nanoTime.getAsLong();
        if (link != null && !up && nanos - connectingSince >= CONNECT_BOUND.toNanos()) {
            end("no answer of the broker within %d s".formatted(CONNECT_BOUND.toSeconds()));
        } else if (window.isStuck(nanos)) {
            end("no acknowledgement of the ledger within %d s".formatted(PATIENCE.toSeconds()));
        }
        publish();
        var settled = List.copyOf(outcomes);
        outcomes.clear();
        return settled;
    }

    /** Does not wait for what is on its way: it is sent again. */
    @Override
    public void close() {
        MqttLink closing = link;
        link = null;
        up = false;
        if (closing != null) {
            closing.hangUp(true);
        }
    }

    private void take(MqttLink.Event event) {
        long nanos = nanoTime.getAsLong();
        switch (event) {
            case MqttLink.Up(_, int receiveMaximum) -> {
                up = true;
                unconfirmedMax = Math.min(UNCONFIRMED_MAX, receiveMaximum);
            }
            case MqttLink.Confirmed(_) -> window.confirmed(nanos);
            case MqttLink.Refused(_, var entry, String why) ->
                    window.refused(entry, why, nanos).ifPresent(outcomes::add);
            case MqttLink.Acknowledged(_, var said) ->
                    outcomes.addAll(window.acknowledged(said, nanos));
            case MqttLink.Ended(_, String why) -> end(why);
        }
    }

    private void connect() {
        try {
            up = false;
            connectingSince = nanoTime.getAsLong();
            link = MqttLink.open(options, events);
        } catch (TlsFault e) {
            end(String.valueOf(e.getMessage()));
        } catch (MqttException e) {
            end(Paho.describe(e));
        }
    }

    private void publish() {
        MqttLink open = link;
        while (open != null && up) {
            Optional<AckWindow.Entry> next = window.take(unconfirmedMax);
            if (next.isEmpty()) {
                return;
            }
            AckWindow.Entry entry = next.get();
            try {
                open.publish(entry, entry.headers());
            } catch (MqttException e) {
                end(Paho.describe(e));
                return;
            }
        }
    }

    private void end(String why) {
        MqttLink ended = link;
        link = null;
        up = false;
        if (ended != null) {
            ended.hangUp(false);
        }
        outcomes.addAll(window.abandon(why));
    }
}
