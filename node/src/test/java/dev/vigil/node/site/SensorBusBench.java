package dev.vigil.node.site;

import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.plausibility.Bounds;
import dev.vigil.sensor.plausibility.Plausibility;
import dev.vigil.sensor.sensirion.SensirionWords;
import dev.vigil.sensor.sht3x.Sht3x;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the bytes of an SHT3x to the inbox: by driver and {@link SensorBus}, and by a loop written
 * for that one chip; and what the plausibility layer adds. Each shot is a batch of samples, after
 * which the inbox is emptied; so short that most are not interrupted by other work of the machine.
 * Run by {@link SensorBusCostTest}. Owned by the thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2000, batchSize = SensorBusBench.SAMPLES)
@Measurement(iterations = 3000, batchSize = SensorBusBench.SAMPLES)
@Fork(2)
public class SensorBusBench {
    static final int SAMPLES = 5000;
    static final int READINGS_PER_SAMPLE = 2;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] ANSWER = HexFormat.of().parseHex("6667A25EB93C");
    private static final byte[] MEASURE = {0x24, 0};
    private static final byte[] NOTHING = {};
    private static final SensorChannel TEMPERATURE =
            new SensorChannel(new SensorId("a/temperature"), Quantity.TEMPERATURE, "a");
    private static final SensorChannel HUMIDITY =
            new SensorChannel(new SensorId("a/humidity"), Quantity.HUMIDITY, "a");

    private static final class Answering implements I2cBus {
        @Override
        public String name() {
            return "answering";
        }

        @Override
        public byte[] transfer(int address, byte[] write, int readLength) {
            return readLength == 0 ? NOTHING : ANSWER.clone();
        }

        @Override
        public void close() {}
    }

    private final Inbox inbox = new Inbox(8192, 65_536);
    private final List<Arrival> drained = new ArrayList<>(SAMPLES);
    private final I2cBus bus = new Answering();
    private final InstantSource clock = ticking();
    private final SensorBus driven =
            new SensorBus(
                    "bench",
                    new SensorBus.Load(
                            List.of(
                                    new Sht3x(
                                            bus,
                                            0x44,
                                            Channels.of(
                                                    Sht3x.MEASURANDS,
                                                    Map.of(
                                                            "temperature",
                                                            TEMPERATURE,
                                                            "humidity",
                                                            HUMIDITY)),
                                            Duration.ofSeconds(1)))),
                    inbox,
                    clock);
    private final Plausibility layer =
            new Plausibility(
                    Map.of(
                            TEMPERATURE,
                            Bounds.of(Quantity.TEMPERATURE).stale(Duration.ofSeconds(10)),
                            HUMIDITY,
                            Bounds.of(Quantity.HUMIDITY).stale(Duration.ofSeconds(10))));
    private final AtomicLong delivered = new AtomicLong();
    private volatile boolean stopping;
    private long nanoTime;
    private final long due = System.nanoTime();

    private static InstantSource ticking() {
        long[] second = {Instant.parse("2026-11-23T12:00:00Z").getEpochSecond()};
        return () -> Instant.ofEpochSecond(second[0]++);
    }

    /** Between the shots. */
    @Setup(Level.Iteration)
    public void emptyTheInbox() {
        drained.clear();
        inbox.drain(drained, Integer.MAX_VALUE);
    }

    @Benchmark
    public void driver() {
        nanoTime += SECOND;
        driven.turn(nanoTime);
    }

    /**
     * The same for this chip and these channels only. It knows when it is due, can be stopped, and
     * counts what it has delivered, too.
     */
    @Benchmark
    public boolean byHand() throws BusFault {
        if (stopping || System.nanoTime() - due < 0) {
            return false;
        }
        Instant now = clock.instant();
        boolean taken = inbox.offer(new Arrival.Readings(measured(now), now, Acknowledgement.NONE));
        delivered.setRelease(delivered.getPlain() + READINGS_PER_SAMPLE);
        return taken;
    }

    @Benchmark
    public List<Reading> plausibility() throws BusFault {
        return layer.judge(measured(clock.instant()));
    }

    /** What {@link #plausibility} takes without the layer. */
    @Benchmark
    public List<Reading> withoutPlausibility() throws BusFault {
        return measured(clock.instant());
    }

    private List<Reading> measured(Instant now) throws BusFault {
        byte[] answer = bus.transfer(0x44, NOTHING, 6);
        bus.transfer(0x44, MEASURE, 0);
        int first = (Byte.toUnsignedInt(answer[0]) << 8) | Byte.toUnsignedInt(answer[1]);
        int second = (Byte.toUnsignedInt(answer[3]) << 8) | Byte.toUnsignedInt(answer[4]);
        if (SensirionWords.crc(first) != Byte.toUnsignedInt(answer[2])
                || SensirionWords.crc(second) != Byte.toUnsignedInt(answer[5])) {
            throw new IllegalStateException("checksum");
        }
        return List.of(
                new Reading(TEMPERATURE, -45 + 175 * (first / 65535.0), Quality.GOOD, now),
                new Reading(HUMIDITY, 100 * (second / 65535.0), Quality.GOOD, now));
    }
}
