package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the abstraction costs: nanoseconds of CPU for a reading, from the bus' bytes to the inbox,
 * beside a loop written by hand for one chip; and what the plausibility layer adds. Both in turn in
 * one process, the fastest tenth of rounds of each, so that other work on the machine falsifies
 * little.
 *
 * <pre>mvn -pl node -am test -Dtest=SensorBusBench -Dvigil.bench=true</pre>
 */
@EnabledIfSystemProperty(named = "vigil.bench", matches = "true")
class SensorBusBench {
    private static final int ROUNDS = 400;
    private static final int SAMPLES = 5_000;
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final byte[] ANSWER = HexFormat.of().parseHex("6667A25EB93C");
    private static final SensorChannel TEMPERATURE =
            new SensorChannel(new SensorId("a/temperature"), Quantity.TEMPERATURE, "a");
    private static final SensorChannel HUMIDITY =
            new SensorChannel(new SensorId("a/humidity"), Quantity.HUMIDITY, "a");
    private static final byte[] MEASURE = {0x24, 0};
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private record Answering() implements I2cBus {
        @Override
        public String name() {
            return "answering";
        }

        @Override
        public byte[] transfer(int address, byte[] write, int readLength) {
            return readLength == 0 ? new byte[0] : ANSWER.clone();
        }

        @Override
        public void close() {}
    }

    @Test
    void aReadingCostsAtMostAFifthMoreThanByHand() throws BusFault {
        Inbox inbox = new Inbox(8192, 65_536);
        InstantSource clock = ticking();
        SensorBus bus = new SensorBus("bench", new SensorBus.Load(List.of(sensor())), inbox, clock);
        long[] driven = new long[ROUNDS];
        long[] byHand = new long[ROUNDS];
        long[] judged = new long[ROUNDS];
        Plausibility layer =
                new Plausibility(
                        Map.of(
                                TEMPERATURE,
                                Bounds.of(Quantity.TEMPERATURE).stale(Duration.ofSeconds(10)),
                                HUMIDITY,
                                Bounds.of(Quantity.HUMIDITY).stale(Duration.ofSeconds(10))));
        List<Arrival> drained = new ArrayList<>();
        I2cBus answering = new Answering();
        long nanoTime = 0;
        long due = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            long began = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < SAMPLES; i++) {
                nanoTime += Duration.ofSeconds(1).toNanos();
                bus.turn(nanoTime);
            }
            driven[round] = THREADS.getCurrentThreadCpuTime() - began;
            drained.clear();
            inbox.drain(drained, Integer.MAX_VALUE);
            began = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < SAMPLES; i++) {
                if (System.nanoTime() - due >= 0) { // a loop by hand must know when, too
                    byHand(answering, inbox, clock.instant());
                }
            }
            byHand[round] = THREADS.getCurrentThreadCpuTime() - began;
            drained.clear();
            inbox.drain(drained, Integer.MAX_VALUE);
            began = THREADS.getCurrentThreadCpuTime();
            for (Arrival arrival : drained) {
                layer.judge(((Arrival.Readings) arrival).readings());
            }
            judged[round] = THREADS.getCurrentThreadCpuTime() - began;
        }
        double ofDriver = nanos(driven);
        double ofHand = nanos(byHand);
        report(ofDriver, ofHand, nanos(judged));
        assertTrue(ofDriver <= 1.2 * ofHand, "%.1f ns, %.1f by hand".formatted(ofDriver, ofHand));
    }

    private static Sht3x sensor() {
        return new Sht3x(
                new Answering(),
                0x44,
                Channels.of(
                        Sht3x.MEASURANDS, Map.of("temperature", TEMPERATURE, "humidity", HUMIDITY)),
                Duration.ofSeconds(1));
    }

    /** The same as a driver does, for this chip and these channels only. */
    private static void byHand(I2cBus bus, Inbox inbox, Instant now) throws BusFault {
        byte[] answer = bus.transfer(0x44, new byte[0], 6);
        bus.transfer(0x44, MEASURE, 0);
        int first = (Byte.toUnsignedInt(answer[0]) << 8) | Byte.toUnsignedInt(answer[1]);
        int second = (Byte.toUnsignedInt(answer[3]) << 8) | Byte.toUnsignedInt(answer[4]);
        if (SensirionWords.crc(first) != Byte.toUnsignedInt(answer[2])
                || SensirionWords.crc(second) != Byte.toUnsignedInt(answer[5])) {
            throw new IllegalStateException("checksum");
        }
        inbox.offer(
                new Arrival.Readings(
                        List.of(
                                new Reading(
                                        TEMPERATURE,
                                        -45 + 175 * (first / 65535.0),
                                        Quality.GOOD,
                                        now),
                                new Reading(HUMIDITY, 100 * (second / 65535.0), Quality.GOOD, now)),
                        now,
                        Acknowledgement.NONE));
    }

    private static InstantSource ticking() {
        long[] second = {NOW.getEpochSecond()};
        return () -> Instant.ofEpochSecond(second[0]++);
    }

    /** For one reading: the fastest tenth of rounds, each of two readings a sample. */
    private static double nanos(long[] rounds) {
        long[] sorted = rounds.clone();
        Arrays.sort(sorted);
        return sorted[ROUNDS / 10] / (2.0 * SAMPLES);
    }

    // CHECKSTYLE OFF: a bench prints
    private static void report(double driver, double hand, double layer) {
        System.out.printf(
                Locale.ROOT,
                "ns of CPU for a reading, bus bytes to inbox: driver and SensorBus %.1f, by hand %.1f, %.2f times; plausibility %.1f more%n",
                driver,
                hand,
                driver / hand,
                layer);
    }
    // CHECKSTYLE ON
}
