package dev.vigil.node.ingest;

import dev.vigil.forward.Backoff;
import dev.vigil.forward.Paho;
import dev.vigil.forward.TlsFault;
import dev.vigil.node.site.SiteConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
 * Readings from a broker of the site (mosquitto, HiveMQ, EMQX), with MQTT 5. One thread of its own
 * owns the connection's life; {@link #start}, {@link #close} and {@link #status} may be called by
 * any.
 *
 * <p>The broker keeps the session (clean start off, expiry {@link #SESSION_EXPIRY}), and a message
 * gets its PUBACK after the fsync: what was not durable when the node or the broker fell is
 * delivered again. It reconnects for ever, with backoff and jitter. When the inbox is full it takes
 * no more, and the broker holds at most {@value #RECEIVE_MAXIMUM} messages in flight.
 */
public final class MqttSubscriber implements AutoCloseable {
    /** How long the broker keeps messages for a node that is away. */
    static final Duration SESSION_EXPIRY = Duration.ofDays(7);

    static final int RECEIVE_MAXIMUM = 512;
    private static final Logger LOG = Logger.getLogger(MqttSubscriber.class);

    public enum State {
        CONNECTING,
        UP,
        DOWN,
        CLOSED
    }

    /**
     * For the status page.
     *
     * @param error of the last failure, also while it is up again
     */
    public record Status(State state, Instant since, Optional<String> error) {}

    private final SiteConfig.Subscriber config;
    private final TopicMap topics;
    private final Inbox inbox;
    private final IngestCounters counters;
    private final Quarantine quarantine;
    private final InstantSource clock;
    private final Backoff backoff;
    private final ScheduledThreadPoolExecutor thread;

    /** PUBACKs of a link whose thread has gone have nowhere to go, and need not. */
    private final Executor untilClosed;

    private volatile Status status;

    // Owned by the thread.
    private @Nullable BrokerLink link;
    private boolean hadSession;

    public MqttSubscriber(
            SiteConfig.Subscriber config,
            TopicMap topics,
            Inbox inbox,
            IngestCounters counters,
            Quarantine quarantine,
            InstantSource clock) {
        this.config = config;
        this.topics = topics;
        this.inbox = inbox;
        this.counters = counters;
        this.quarantine = quarantine;
        this.clock = clock;
        this.status = new Status(State.CLOSED, clock.instant(), Optional.empty());
        this.backoff =
                new Backoff(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(30),
                        new Random(config.clientId().hashCode()));
        this.thread =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "mqtt-subscriber"));
        this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.untilClosed =
                task -> {
                    try {
                        thread.execute(task);
                    } catch (RejectedExecutionException _) {
                        LOG.debug("PUBACKs behind the end are left to the next connection");
                    }
                };
    }

    /** Returns at once; {@link #status} says how it goes. */
    public void start() {
        untilClosed.execute(this::connect);
    }

    public Status status() {
        return status;
    }

    /** Leaves the session at the broker, with all that was not acknowledged. */
    @Override
    public void close() {
        untilClosed.execute(
                () -> {
                    BrokerLink last = link;
                    link = null;
                    if (last != null) {
                        hangUp(last, true);
                    }
                    say(State.CLOSED, status.error());
                });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(Paho.CONNECT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("MQTT subscriber did not close in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // --- the thread's

    private void connect() {
        say(State.CONNECTING, status.error());
        try {
            MqttConnectionOptions how = options();
            MqttAsyncClient client =
                    new MqttAsyncClient(pahoUri(), config.clientId(), new MemoryPersistence());
            client.setManualAcks(true);
            BrokerLink fresh =
                    new BrokerLink(
                            client,
                            new Intake(topics, counters, quarantine),
                            inbox,
                            counters,
                            clock,
                            untilClosed,
                            this::endedOnItsThread);
            link = fresh;
            client.setCallback(fresh);
            client.connect(
                    how,
                    null,
                    new Answer(fresh, token -> connected(fresh, token.getSessionPresent())));
        } catch (MqttException e) {
            failed(Paho.describe(e));
        } catch (TlsFault e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void connected(BrokerLink to, boolean sessionPresent) {
        if (hadSession && !sessionPresent) {
            LOG.errorf(
                    "broker has lost the session, and with it what was sent meanwhile broker=%s clientId=%s",
                    config.broker(), config.clientId());
        }
        hadSession = true;
        MqttSubscription[] subscriptions =
                config.topicFilters().stream()
                        .map(MqttSubscriber::subscription)
                        .toArray(MqttSubscription[]::new);
        try {
            to.client()
                    .subscribe(
                            subscriptions,
                            null,
                            new Answer(to, this::subscribed),
                            new MqttProperties());
        } catch (MqttException e) {
            ended(to, Paho.describe(e));
        }
    }

    private void subscribed(IMqttToken token) {
        Optional<String> refusal = Paho.refusal(token, config.topicFilters());
        if (refusal.isPresent()) {
            LOG.errorf("%s broker=%s", refusal.get(), config.broker());
            say(State.UP, refusal);
            return;
        }
        backoff.reset();
        say(State.UP, status.error());
        LOG.infof("subscribed broker=%s filters=%s", config.broker(), config.topicFilters());
    }

    private void endedOnItsThread(BrokerLink which, String why) {
        which.abandon();
        untilClosed.execute(() -> ended(which, why));
    }

    private void ended(BrokerLink which, String why) {
        if (link != null && link.equals(which)) {
            link = null;
            hangUp(which, false);
            failed(why);
        }
    }

    private void failed(String why) {
        Duration delay = backoff.next();
        LOG.warnf(
                "broker not connected broker=%s retryMillis=%d: %s",
                config.broker(), delay.toMillis(), why);
        say(State.DOWN, Optional.of(why));
        var _ = thread.schedule(this::connect, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void hangUp(BrokerLink link, boolean politely) {
        link.abandon();
        Paho.end(link.client(), politely);
    }

    private void say(State state, Optional<String> error) {
        if (status.state() != state || !status.error().equals(error)) {
            status = new Status(state, clock.instant(), error);
        }
    }

    private MqttConnectionOptions options() throws TlsFault {
        MqttConnectionOptions options = Paho.options(config.userName(), config.password());
        options.setCleanStart(false);
        options.setSessionExpiryInterval(SESSION_EXPIRY.toSeconds());
        options.setReceiveMaximum(RECEIVE_MAXIMUM);
        if (pahoUri().startsWith("ssl:")) {
            // For each connection, so that a renewed certificate counts.
            options.setSocketFactory(config.tls().context().getSocketFactory());
        }
        return options;
    }

    /** Retained messages once, when the subscription is new, not at every reconnect. */
    private static MqttSubscription subscription(String filter) {
        MqttSubscription subscription = new MqttSubscription(filter, 1);
        subscription.setRetainHandling(1);
        subscription.setRetainAsPublished(false);
        return subscription;
    }

    private String pahoUri() {
        return Paho.serverUri(config.broker().toString());
    }

    /** Carries Paho's answer from its thread to ours. */
    private final class Answer implements MqttActionListener {
        private final BrokerLink from;
        private final Consumer<IMqttToken> whenGood;

        Answer(BrokerLink from, Consumer<IMqttToken> whenGood) {
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
