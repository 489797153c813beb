package dev.vigil.node.ingest;

import dev.vigil.node.site.SiteConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.jboss.logging.Logger;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The node's own MQTT endpoint (3.1.1 and 5): sensors publish to it, and whoever wants to know
 * subscribes to what the node publishes. Any thread calls its methods; all else happens on one
 * event loop, which owns every connection.
 *
 * <p>A QoS 1 message gets its PUBACK when its records are fsynced and not before; PUBACKs of a
 * connection are in the order of its messages. Nothing received at QoS 1 is thrown away: when the
 * node is full, sockets are not read. It is no broker: sensors' messages are not forwarded. What it
 * does with QoS 2, retained messages, wills, sessions and limits is in node/docs/MQTT.md.
 */
public final class MqttListener implements AutoCloseable {
    /** How long a socket may say nothing before its CONNECT. */
    static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    /** How long a refused client may take to close. */
    static final Duration LINGER = Duration.ofSeconds(1);

    /** How often silent connections are looked for. */
    static final Duration SWEEP = Duration.ofMillis(250);

    private static final Duration START_WITHIN = Duration.ofSeconds(10);
    private static final int PUBLICATIONS_MAX = 4_096;
    private static final Logger LOG = Logger.getLogger(MqttListener.class);

    private final Vertx vertx;
    private final SiteConfig.Listener config;
    private final Inbox inbox;
    private final TopicMap topics;
    private final IngestCounters counters;
    private final Quarantine quarantine;
    private final InstantSource clock;
    private final MpscArrayQueue<Publication> publications = new MpscArrayQueue<>(PUBLICATIONS_MAX);
    private final AtomicBoolean publishing = new AtomicBoolean();
    private volatile @Nullable Running running;

    /** What exists between start and close. */
    private record Running(String deploymentId, Endpoint endpoint) {}

    public MqttListener(
            Vertx vertx,
            SiteConfig.Listener config,
            TopicMap topics,
            Inbox inbox,
            IngestCounters counters,
            Quarantine quarantine,
            InstantSource clock) {
        this.vertx = vertx;
        this.config = config;
        this.topics = topics;
        this.inbox = inbox;
        this.counters = counters;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    /**
     * Returns when it listens.
     *
     * @throws IllegalStateException when the address can't be had, saying which and why
     */
    public void start() {
        Endpoint endpoint = new Endpoint();
        String where = config.host() + ":" + config.port();
        try {
            String id =
                    vertx.deployVerticle(endpoint)
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(START_WITHIN.toSeconds(), TimeUnit.SECONDS);
            running = new Running(id, endpoint);
            endpoint.publishWaiting(); // What was published before there was an event loop.
            LOG.infof("MQTT endpoint listens address=%s:%d", config.host(), endpoint.port());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "MQTT endpoint can't listen on %s: %s".formatted(where, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "MQTT endpoint does not listen on %s after %s".formatted(where, START_WITHIN),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting on " + where, e);
        }
    }

    /** The port it listens on, also when 0 (any) was asked for. */
    public int port() {
        return started().endpoint.port();
    }

    /**
     * Sends to all subscribers whose filter matches; any thread, returns at once.
     *
     * @param retained kept for subscribers to come, until replaced; an empty payload removes it
     * @return false when too many wait already: it was not taken
     */
    public boolean publish(String topic, byte[] payload, boolean retained) {
        if (!Topics.isTopic(topic)) {
            throw new IllegalArgumentException(
                    "topic '%s' must have a character and no wildcard".formatted(topic));
        }
        if (!publications.offer(new Publication(topic, payload, retained))) {
            return false;
        }
        Running now = running;
        if (now != null && publishing.compareAndSet(false, true)) {
            now.endpoint.publishWaiting();
        }
        return true;
    }

    /** Closes all connections; wills are not handled, for it is the node that goes. */
    @Override
    public void close() {
        Running now = running;
        running = null;
        if (now == null) {
            return;
        }
        try {
            vertx.undeploy(now.deploymentId)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("MQTT endpoint did not close in time: %s", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Running started() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the MQTT endpoint is not started");
        }
        return now;
    }

    /** The part that lives on the event loop. */
    private final class Endpoint extends AbstractVerticle {
        private @Nullable NetServer server;
        private @Nullable Sessions sessions;

        int port() {
            return server == null ? config.port() : server.actualPort();
        }

        @Override
        public void start(Promise<Void> started) {
            Sessions shared =
                    new Sessions(
                            ((ContextInternal) context).nettyEventLoop(),
                            config,
                            inbox,
                            new Intake(topics, counters, quarantine),
                            counters,
                            clock);
            sessions = shared;
            NetServer listening =
                    vertx.createNetServer(
                            new NetServerOptions().setTcpNoDelay(true).setTcpKeepAlive(true));
            server = listening;
            listening.connectHandler(socket -> accept(socket, shared));
            vertx.setPeriodic(SWEEP.toMillis(), _ -> shared.sweep(System.nanoTime()));
            listening.listen(config.port(), config.host()).<Void>mapEmpty().onComplete(started);
        }

        @Override
        public void stop(Promise<Void> stopped) {
            if (sessions != null) {
                sessions.close();
            }
            if (server == null) {
                stopped.complete();
            } else {
                server.close().onComplete(stopped);
            }
        }

        void publishWaiting() {
            context.runOnContext(
                    _ -> {
                        publishing.set(false);
                        Sessions shared = sessions;
                        if (shared != null) {
                            publications.drain(shared::publish, PUBLICATIONS_MAX);
                        }
                    });
        }

        /**
         * Netty's MQTT codec in the socket's pipeline, as vertx-mqtt's own server does it, and then
         * our handler instead of its endpoint, which can't be paused (decision 0030).
         */
        private void accept(NetSocket socket, Sessions shared) {
            ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
            shared.requireOwn(last.channel().eventLoop());
            ChannelPipeline pipeline = last.pipeline();
            // Half-open connections without a keep-alive of MQTT's are the kernel's to find.
            last.channel()
                    .config()
                    .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), 60);
            last.channel()
                    .config()
                    .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), 15);
            last.channel()
                    .config()
                    .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), 4);
            pipeline.addBefore("handler", "mqttEncoder", MqttEncoder.INSTANCE);
            pipeline.addBefore(
                    "handler",
                    "mqttDecoder",
                    new MqttDecoder(config.packetBytesMax(), Handshake.CLIENT_ID_LENGTH_MAX));
            MqttConnection connection = new MqttConnection(shared, last, System.nanoTime());
            pipeline.addBefore("handler", "vigil", connection);
            if (!shared.opened(connection)) {
                socket.close();
            }
        }
    }
}
