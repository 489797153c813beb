package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Measures from publishing a crossing reading to the siren: each probe is a room of its own that
 * gets hot once; when its alarm has sounded it is acknowledged, and the siren is silent for the
 * next. Both times are of this machine's one wall clock. Owned by one thread.
 */
final class SirenProbe {
    /** Rooms for probes; with the load's thermometers they fit the heat policy's 1,024 slots. */
    static final int ROOMS = 1_012;

    /** The first ones warm up and are not counted. */
    static final int NOT_COUNTED = 12;

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final TrialSite site;
    private final NodeProcess node;
    private final InstantSource clock;
    private final long pauseNanos;
    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);

    /** {@code pause} is how long it waits before each probe, on average. */
    SirenProbe(TrialSite site, NodeProcess node, InstantSource clock, Duration pause) {
        this.site = site;
        this.node = node;
        this.clock = clock;
        this.pauseNanos = pause.toNanos();
    }

    /** Runs all probes; what was measured, in nanoseconds. */
    Percentiles run() throws IOException {
        long[] nanos = new long[ROOMS - NOT_COUNTED];
        try (SenderClient sender = new SenderClient("probe", 10, messages(), (_, _) -> {})) {
            sender.connect(site.mqttPort(), BOUND);
            for (int room = 0; room < ROOMS; room++) {
                long latency = one(sender, room);
                if (room >= NOT_COUNTED) {
                    nanos[room - NOT_COUNTED] = latency;
                }
            }
        }
        return new Percentiles(nanos);
    }

    private long one(SenderClient sender, int room) throws IOException {
        int before = site.siren().lines().size();
        Waiting.untilNanoTime(System.nanoTime() + random.nextLong(2 * pauseNanos));
        Instant published = clock.instant();
        sender.send(room);
        sender.flush();
        SirenFile.Switched on = await(before, true, room);
        Waiting.require(
                BOUND,
                () -> acknowledged(on.why()),
                () -> "incident %s can't be acknowledged".formatted(on.why()));
        await(before + 1, false, room);
        return Duration.between(published, on.at()).toNanos();
    }

    private boolean acknowledged(String incident) {
        try {
            return node.acknowledge(incident);
        } catch (IOException e) {
            throw new UncheckedIOException("the node's page does not answer", e);
        }
    }

    private SirenFile.Switched await(int index, boolean on, int room) {
        Waiting.require(
                BOUND,
                () -> site.siren().lines().size() > index,
                () -> "probe %d: the siren did not go %s".formatted(room, on ? "on" : "off"));
        SirenFile.Switched line = site.siren().lines().get(index);
        if (line.on() != on) {
            throw new TrialFailure(
                    "probe %d: the siren's line %d is '%s'".formatted(room, index, line.line()));
        }
        return line;
    }

    private static SenderClient.Source messages() {
        byte[] hot = "80".getBytes(StandardCharsets.US_ASCII);
        return new SenderClient.Source() {
            @Override
            public byte[] topic(long ticket) {
                return "probe/room-%d/temperature"
                        .formatted(ticket)
                        .getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public int payload(long ticket, byte[] into) {
                System.arraycopy(hot, 0, into, 0, hot.length);
                return hot.length;
            }
        };
    }
}
