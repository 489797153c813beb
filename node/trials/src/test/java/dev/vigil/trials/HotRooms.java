package dev.vigil.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/**
 * Rooms of a site that get hot one after the other, topics {@code probe/probe-N/temperature}: the
 * siren must sound for each, and is acknowledged. Started and closed by the trial's thread.
 */
final class HotRooms implements AutoCloseable {
    /** Rooms there are. */
    static final int MOST = 600;

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long BETWEEN_NANOS =
            1_000_000L * Integer.getInteger("vigil.hostile.probe", 500);

    private final TrialSite site;
    private final NodeProcess node;
    private final Thread thread;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger sounded = new AtomicInteger();
    private final AtomicReference<String> missed = new AtomicReference<>("");
    private volatile boolean stopping;

    private HotRooms(TrialSite site, NodeProcess node) {
        this.site = site;
        this.node = node;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("hot-rooms")
                        .uncaughtExceptionHandler((_, thrown) -> missed.set(thrown.toString()))
                        .unstarted(this::heat);
    }

    static HotRooms start(TrialSite site, NodeProcess node) {
        HotRooms rooms = new HotRooms(site, node);
        rooms.thread.start();
        return rooms;
    }

    /** Waits until the siren has sounded for a room that got hot after this call. */
    void detects() {
        int after = begun.get();
        Waiting.require(
                BOUND.plus(BOUND),
                () -> sounded.get() > after || !missed().isEmpty(),
                () -> "no room got hot: %d of %d".formatted(sounded.get(), MOST));
        if (!missed().isEmpty()) {
            throw new TrialFailure("missed: " + missed());
        }
    }

    int sounded() {
        return sounded.get();
    }

    /** What ended it; empty while it goes on, and when it was closed. */
    String missed() {
        return missed.get();
    }

    private void heat() {
        try (SenderClient sender =
                new SenderClient(
                        "probe",
                        10,
                        source("probe/probe-%d/temperature", _ -> "80"),
                        (_, _) -> {})) {
            sender.connect(site.mqttPort(), BOUND);
            for (int room = 0; !stopping && room < MOST; room++) {
                long next = System.nanoTime() + BETWEEN_NANOS;
                begun.incrementAndGet();
                sender.send(room);
                sender.flush();
                String zone = "probe-" + room + "-";
                Waiting.require(
                        BOUND,
                        () -> last().on() && last().why().startsWith(zone),
                        () -> "no siren for " + zone);
                String incident = last().why();
                Waiting.require(BOUND, () -> acknowledge(incident), () -> "not taken: " + incident);
                Waiting.require(BOUND, () -> !last().on(), () -> "the siren goes on");
                sounded.incrementAndGet();
                Waiting.untilNanoTime(next);
            }
            if (!stopping) {
                missed.set("all %d rooms have been hot: nobody looks any more".formatted(MOST));
            }
        } catch (TrialFailure | IOException e) {
            missed.set(e.toString());
        }
    }

    private SirenFile.Switched last() {
        List<SirenFile.Switched> lines = new ArrayList<>(site.siren().lines());
        return lines.isEmpty()
                ? new SirenFile.Switched(Instant.EPOCH, false, "", "")
                : lines.getLast();
    }

    private boolean acknowledge(String incident) {
        try {
            return node.acknowledge(incident);
        } catch (IOException _) {
            return false; // the page has two seconds to answer, and is asked again
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(BOUND);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Messages of one topic ({@code %d}: their ticket), each with a text of its own. */
    static SenderClient.Source source(String topic, LongFunction<String> text) {
        return new SenderClient.Source() {
            @Override
            public byte[] topic(long ticket) {
                return topic.formatted(ticket).getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public int payload(long ticket, byte[] into) {
                byte[] bytes = text.apply(ticket).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(bytes, 0, into, 0, bytes.length);
                return bytes.length;
            }
        };
    }
}
