package dev.vigil.centre.bridge;

import dev.vigil.centre.CentreSettings;
import dev.vigil.centre.StreamNames;
import dev.vigil.centre.Topics;
import dev.vigil.forward.Backoff;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.forward.MqttBlock;
import dev.vigil.forward.Paho;
import dev.vigil.forward.StreamId;
import dev.vigil.forward.TlsFault;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * An instance of the bridge. One thread of its own owns the connection's life; {@link #start},
 * {@link #close} and {@link #state} may be called by any.
 *
 * <ol>
 *   <li>The instances share a subscription; the broker gives a block to one of them. Which, and how
 *       often, does not matter: the ledger drops copies.
 *   <li>A block's PUBACK is sent when Kafka has the block ({@code acks=all}). The broker's Receive
 *       Maximum bounds what waits for Kafka, which may take as long as it likes.
 *   <li>It keeps no session: what a dead instance had not acknowledged is sent again by the node,
 *       which waits for the ledger's acknowledgement and not for a PUBACK.
 *   <li>What is no block goes to {@code vigil.quarantine}, with the reason.
 * </ol>
 */
@Singleton
public class Bridge implements AutoCloseable {
    /** Blocks the broker may have given us that Kafka does not have yet; each is 1 MB at most. */
    static final int RECEIVE_MAXIMUM = 64;

    /** Of this connection and of some before it, whose blocks may wait for Kafka still. */
    private static final int WAITING_MAX = 4 * RECEIVE_MAXIMUM;

    private static final String STATES = "vigil/v1/state/";
    private static final String BLOCKS_SHARED = "$share/vigil/" + MqttBlock.BLOCKS;
    private static final String STATES_SHARED = "$share/vigil/" + STATES + "+";
    private static final Logger LOG = Logger.getLogger(Bridge.class);

    private final Emitter<byte[]> blocks;
    private final BridgeCounters counters;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "bridge"));
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), new Random());

    /** What comes behind the end has nowhere to go, and need not. */
    private final Executor untilClosed = this::executeUntilClosed;

    private volatile String state = "NOT_STARTED";

    // Owned by the thread.
    private CentreSettings.@Nullable Mqtt broker;
    private @Nullable BridgeLink link;
    private boolean subscribed;
    private @Nullable Acknowledgement unconfirmed;

    /** One at a time: the channel waits until it is done. */
    @SuppressWarnings("ArrayRecordComponent") // the same object or another one, that is all
    private record Acknowledgement(String topic, byte[] payload, CompletableFuture<Void> done) {}

    Bridge(
            @Channel("blocks")
                    @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = WAITING_MAX)
                    Emitter<byte[]> blocks,
            BridgeCounters counters) {
        this.blocks = blocks;
        this.counters = counters;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Returns at once; {@link #state} says how it goes. It connects for ever. */
    public void start(CentreSettings.Mqtt to) {
        untilClosed.execute(
                () -> {
                    broker = to;
                    connect();
                });
    }

    /** {@code RUNNING} while it is subscribed. */
    public String state() {
        return state;
    }

    @Override
    public void close() {
        untilClosed.execute(
                () -> {
                    BridgeLink last = link;
                    link = null;
                    broker = null;
                    if (last != null) {
                        hangUp(last);
                    }
                });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(Paho.CONNECT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the bridge did not close in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** An acknowledgement of the ledger, to the broker; retained there for nodes that are away. */
    @Incoming("acks")
    Uni<Void> acknowledge(ConsumerRecord<String, byte[]> ack) {
        Optional<StreamId> stream = StreamNames.parse(ack.key());
        if (stream.isEmpty()) {
            LOG.errorf(
                    "%s has an acknowledgement for '%s', which is no stream",
                    ack.topic(), ack.key());
            return Uni.createFrom().voidItem();
        }
        var done = new CompletableFuture<Void>();
        var acknowledgement =
                new Acknowledgement(MqttBlock.ackTopic(stream.get()), ack.value(), done);
        untilClosed.execute(
                () -> {
                    unconfirmed = acknowledgement;
                    publish();
                });
        return Uni.createFrom().completionStage(done);
    }

    // --- Paho's thread

    private void take(String topic, byte[] payload, BridgeLink.Receipt receipt) {
        Message<byte[]> message =
                message(topic, payload)
                        .withAck(
                                () -> {
                                    receipt.written();
                                    return CompletableFuture.completedFuture(null);
                                })
                        .withNack(
                                failure -> {
                                    LOG.warnf("Kafka refuses a block: %s", failure);
                                    receipt.refused("Kafka refuses a block");
                                    return CompletableFuture.completedFuture(null);
                                });
        try {
            blocks.send(message);
        } catch (IllegalStateException e) {
            receipt.refused("the channel to Kafka is full or closed: " + e.getMessage());
        }
    }

    private Message<byte[]> message(String topic, byte[] payload) {
        try {
            boolean isState = topic.startsWith(STATES);
            MqttBlock.Carried block =
                    isState ? MqttBlock.readState(topic, payload) : MqttBlock.read(topic, payload);
            if (block.body().length > BlockCodec.BODY_BYTES_MAX) {
                return quarantine(
                        topic,
                        payload,
                        "block of %d bytes: at most %d"
                                .formatted(block.body().length, BlockCodec.BODY_BYTES_MAX));
            }
            counters.block();
            return message(
                    isState ? Topics.STATE : Topics.UPLINK,
                    block.key(),
                    block.headers(),
                    block.body());
        } catch (MalformedBlock e) {
            return quarantine(topic, payload, String.valueOf(e.getMessage()));
        }
    }

    private Message<byte[]> quarantine(String topic, byte[] payload, String reason) {
        counters.quarantined();
        byte[] kept =
                Arrays.copyOf(payload, Math.min(payload.length, BlockCodec.BODY_BYTES_MAX / 2));
        return message(
                Topics.QUARANTINE,
                topic,
                Map.of(Topics.REASON, reason, Topics.ORIGIN, "mqtt:" + topic),
                kept);
    }

    private static Message<byte[]> message(
            String topic, String key, Map<String, String> headers, byte[] value) {
        var kafkaHeaders = new RecordHeaders();
        headers.forEach(
                (name, text) -> kafkaHeaders.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return Message.of(
                value,
                Metadata.of(
                        OutgoingKafkaRecordMetadata.<String>builder()
                                .withTopic(topic)
                                .withKey(key)
                                .withHeaders(kafkaHeaders)
                                .build()));
    }

    // --- the thread's

    private void connect() {
        CentreSettings.Mqtt to = broker;
        if (to == null) {
            return;
        }
        state = "CONNECTING";
        try {
            MqttConnectionOptions how = options(to);
            var client =
                    new MqttAsyncClient(
                            Paho.serverUri(to.broker()),
                            "vigil-bridge-" + Long.toHexString(new Random().nextLong()),
                            new MemoryPersistence());
            client.setManualAcks(true);
            var fresh = new BridgeLink(client, this::take, untilClosed, this::endedOnItsThread);
            link = fresh;
            subscribed = false;
            client.setCallback(fresh);
            client.connect(how, null, new Answer(fresh, _ -> subscribe(fresh)));
        } catch (MqttException e) {
            failed(Paho.describe(e));
        } catch (TlsFault e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void subscribe(BridgeLink to) {
        try {
            to.client()
                    .subscribe(
                            new MqttSubscription[] {
                                new MqttSubscription(BLOCKS_SHARED, 1),
                                new MqttSubscription(STATES_SHARED, 0)
                            },
                            null,
                            new Answer(to, token -> subscribed(to, token)),
                            new MqttProperties());
        } catch (MqttException e) {
            ended(to, Paho.describe(e));
        }
    }

    private void subscribed(BridgeLink from, IMqttToken token) {
        Optional<String> refusal = Paho.refusal(token, List.of(BLOCKS_SHARED, STATES_SHARED));
        if (refusal.isPresent()) {
            ended(from, refusal.get());
            return;
        }
        backoff.reset();
        subscribed = true;
        state = "RUNNING";
        LOG.infof("bridge is RUNNING, subscribed to %s", BLOCKS_SHARED);
        publish();
    }

    private void publish() {
        Acknowledgement ack = unconfirmed;
        BridgeLink to = link;
        if (ack == null || to == null || !subscribed) {
            return; // when there is a connection
        }
        try {
            to.client()
                    .publish(
                            ack.topic(),
                            ack.payload(),
                            1,
                            true,
                            null,
                            new Answer(to, _ -> confirmed(ack)));
        } catch (MqttException e) {
            ended(to, Paho.describe(e));
        }
    }

    private void confirmed(Acknowledgement ack) {
        if (ack.equals(unconfirmed)) {
            unconfirmed = null;
        }
        counters.acknowledgement();
        ack.done().complete(null);
    }

    private void endedOnItsThread(BridgeLink which, String why) {
        which.abandon();
        untilClosed.execute(() -> ended(which, why));
    }

    private void ended(BridgeLink which, String why) {
        if (link != null && link.equals(which)) {
            link = null;
            subscribed = false;
            hangUp(which);
            failed(why);
        }
    }

    private void failed(String why) {
        state = "DOWN";
        counters.disconnected();
        Duration delay = backoff.next();
        LOG.warnf("broker not connected retryMillis=%d: %s", delay.toMillis(), why);
        var _ = thread.schedule(this::connect, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void hangUp(BridgeLink link) {
        link.abandon();
        Paho.end(link.client(), true);
    }

    private static MqttConnectionOptions options(CentreSettings.Mqtt to) throws TlsFault {
        MqttConnectionOptions options = Paho.options(to.user(), to.password());
        options.setCleanStart(true);
        options.setSessionExpiryInterval(0L);
        options.setReceiveMaximum(RECEIVE_MAXIMUM);
        if (to.broker().startsWith("mqtts://")) {
            options.setSocketFactory(to.tls().context().getSocketFactory());
        }
        return options;
    }

    private void executeUntilClosed(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException _) {
            LOG.debug("behind the end");
        }
    }

    /** Carries Paho's answer from its thread to ours. */
    private final class Answer implements MqttActionListener {
        private final BridgeLink from;
        private final Consumer<IMqttToken> whenGood;

        Answer(BridgeLink from, Consumer<IMqttToken> whenGood) {
            this.from = from;
            this.whenGood = whenGood;
        }

        @Override
        public void onSuccess(IMqttToken token) {
            untilClosed.execute(
                    () -> {
                        if (link != null && link.equals(from)) {
                            whenGood.accept(token);
                        }
                    });
        }

        @Override
        public void onFailure(IMqttToken token, Throwable exception) {
            endedOnItsThread(from, Paho.describe(exception));
        }
    }
}
