package dev.vigil.node.console;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends everybody who looks at the page one picture a second. The pictures are made by a thread of
 * its own, and only while somebody looks. {@link #join} is called by any thread.
 *
 * <ul>
 *   <li>At most {@value #CLIENTS_MAX} clients; the next is told {@code event: full} and let go.
 *   <li>At most one picture is under way to a client. One that has not taken it after {@value
 *       #SLOW_SECONDS_MAX} seconds is dropped and counted; its browser connects anew.
 * </ul>
 */
@ApplicationScoped
public class EventFeed {
    static final int CLIENTS_MAX = 16;
    static final int SLOW_SECONDS_MAX = 10;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One browser. Its {@code sent} belongs to the feed's thread. */
    private static final class Client {
        final SseEventSink sink;
        final Sse sse;
        CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
        int ticksWaited;

        Client(SseEventSink sink, Sse sse) {
            this.sink = sink;
            this.sse = sse;
        }
    }

    /** One event, the same for everybody. */
    private record Picture(String name, String data) {
        OutboundSseEvent eventFor(Client client) {
            return client.sse
                    .newEventBuilder()
                    .name(name)
                    .mediaType(MediaType.TEXT_PLAIN_TYPE)
                    .data(String.class, data)
                    .build();
        }
    }

    private final StatusSource source;
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final Semaphore places = new Semaphore(CLIENTS_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong pictures = new AtomicLong();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread =
            Thread.ofPlatform().name("console-events").daemon(true).unstarted(this::run);
    private volatile boolean stopping;

    @Inject
    EventFeed(StatusSource source) {
        this.source = source;
    }

    void join(SseEventSink sink, Sse sse) {
        if (stopping || !places.tryAcquire()) {
            sink.send(sse.newEventBuilder().name("full").data("too many viewers").build())
                    .whenComplete((_, _) -> sink.close());
            return;
        }
        Client client = new Client(sink, sse);
        // The first picture is sent by the request's thread, which so writes the response's head:
        // two threads must not. Only then the feed's thread may know the client.
        client.sent = sink.send(picture().eventFor(client)).toCompletableFuture();
        clients.add(client);
        if (started.compareAndSet(false, true)) {
            thread.start();
        }
        LockSupport.unpark(thread);
    }

    int clientCount() {
        return clients.size();
    }

    /** Clients dropped because they were slow. */
    long droppedTotal() {
        return dropped.get();
    }

    /** Pictures made since the start. */
    long pictureCount() {
        return pictures.get();
    }

    @PreDestroy
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        clients.forEach(this::leave);
    }

    private void run() {
        while (!stopping) {
            if (clients.isEmpty()) {
                LockSupport.park(this);
            } else {
                tick();
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        }
    }

    private void tick() {
        Picture picture = picture();
        for (Client client : clients) {
            if (client.sink.isClosed() || client.sent.isCompletedExceptionally()) {
                leave(client);
            } else if (client.sent.isDone()) {
                client.ticksWaited = 0;
                client.sent = client.sink.send(picture.eventFor(client)).toCompletableFuture();
            } else if (++client.ticksWaited >= SLOW_SECONDS_MAX) {
                dropped.incrementAndGet();
                leave(client);
            }
        }
    }

    private Picture picture() {
        pictures.incrementAndGet();
        Optional<NodeStatus> status = source.current();
        return new Picture(
                status.isPresent() ? "status" : "starting",
                status.map(StatusJson::of).orElse("{}"));
    }

    private void leave(Client client) {
        if (clients.remove(client)) {
            places.release();
            client.sink.close();
        }
    }
}
