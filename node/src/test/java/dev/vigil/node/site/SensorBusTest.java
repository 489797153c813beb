package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SensorBusTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Inbox inbox = new Inbox(1_024, 1_024);

    @Test
    void samplesEachSensorAtItsIntervalWithTheGivenClock() {
        var fast = new Scripted("fast", Duration.ofMillis(5), _ -> 1.0);
        var slow = new Scripted("slow", Duration.ofHours(1), _ -> 2.0);
        try (SensorBus bus = start(fast, slow)) {
            await(() -> bus.health().getFirst().readings() >= 10);
            assertEquals(1, bus.health().getLast().readings());
        }
        List<Reading> readings = drained();
        assertTrue(readings.size() >= 11, () -> readings.size() + " readings");
        assertTrue(readings.stream().allMatch(reading -> reading.at().equals(NOW)));
    }

    @Test
    void aBadSensorNeverStopsTheOthers() {
        var faulty =
                new Scripted(
                        "faulty",
                        Duration.ofMillis(5),
                        count -> {
                            throw new SensorFault("CRC of sample %d is wrong".formatted(count));
                        });
        var defective =
                new Scripted(
                        "defective",
                        Duration.ofMillis(5),
                        _ -> {
                            throw new IllegalStateException("array index");
                        });
        var good = new Scripted("good", Duration.ofMillis(5), _ -> 3.0);
        try (SensorBus bus = start(faulty, defective, good)) {
            await(() -> bus.health().getLast().readings() >= 10);
            SensorBus.Health first = bus.health().getFirst();
            assertTrue(first.faults() >= 5, first::toString);
            assertTrue(
                    String.valueOf(first.fault()).matches("CRC of sample \\d+ is wrong"),
                    first::toString);
            assertEquals(NOW, first.lastFaultAt());
            assertEquals(
                    "defect of its driver: java.lang.IllegalStateException: array index",
                    bus.health().get(1).fault());
            assertEquals(0, bus.health().getLast().faults());
        }
    }

    @Test
    void showsThatAFaultIsOver() {
        var sensor =
                new Scripted(
                        "sensor",
                        Duration.ofMillis(5),
                        count -> {
                            if (count == 0) {
                                throw new SensorFault("not yet");
                            }
                            return 1.0;
                        });
        try (SensorBus bus = start(sensor)) {
            await(() -> bus.health().getFirst().readings() > 0);
            assertNull(bus.health().getFirst().fault());
            assertEquals(1, bus.health().getFirst().faults());
        }
    }

    @Test
    void countsWhatAFullInboxDoesNotTake() {
        Inbox full = new Inbox(2, 2);
        var sensor = new Scripted("sensor", Duration.ofMillis(1), _ -> 1.0);
        try (SensorBus bus =
                SensorBus.start(
                        "test",
                        new SensorBus.Load(List.of(sensor)),
                        full,
                        InstantSource.fixed(NOW))) {
            await(() -> bus.health().getFirst().dropped() >= 3);
            assertEquals(2, bus.health().getFirst().readings());
        }
    }

    @Test
    void closesItsSensorsOnItsOwnThread() {
        var first = new Scripted("first", Duration.ofMillis(5), _ -> 1.0);
        var second = new Scripted("second", Duration.ofHours(1), _ -> 1.0);
        SensorBus bus = start(first, second);
        await(() -> bus.health().getLast().readings() > 0);
        bus.close();
        assertFalse(bus.isRunning());
        assertEquals("bus-test", first.closedBy.get());
        assertEquals("bus-test", second.closedBy.get());
    }

    @Test
    void closesItsPortsOnItsOwnThreadAfterItsSensors() {
        var sensor = new Scripted("sensor", Duration.ofMillis(5), _ -> 1.0);
        AtomicReference<String> closed = new AtomicReference<>("");
        Runnable port =
                () -> closed.set(sensor.closedBy + ", port by " + Thread.currentThread().getName());
        SensorBus bus =
                SensorBus.start(
                        "test",
                        new SensorBus.Load(List.of(sensor), List.of(port)),
                        inbox,
                        InstantSource.fixed(NOW));
        await(() -> bus.health().getFirst().readings() > 0);
        bus.close();
        assertEquals("bus-test, port by bus-test", closed.get());
    }

    @Test
    void stopsAtOnceWhileItWaitsForAnHour() throws InterruptedException {
        var slow = new Scripted("slow", Duration.ofHours(1), _ -> 1.0);
        SensorBus bus = start(slow);
        await(() -> bus.health().getFirst().readings() > 0);
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    bus.close();
                                    closed.countDown();
                                });
        assertTrue(closed.await(900, TimeUnit.MILLISECONDS), "waited for its next look");
        closer.join();
    }

    private SensorBus start(Sensor... sensors) {
        return SensorBus.start(
                "test", new SensorBus.Load(List.of(sensors)), inbox, InstantSource.fixed(NOW));
    }

    private List<Reading> drained() {
        List<Arrival> arrivals = new ArrayList<>();
        inbox.drain(arrivals, Integer.MAX_VALUE);
        List<Reading> readings = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            if (arrival instanceof Arrival.Readings(var some, _, _)) {
                readings.addAll(some);
            }
        }
        return readings;
    }

    /** Bounded by the test's timeout. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** What a scripted sensor measures the n-th time. */
    private interface Script {
        double value(int count) throws SensorFault;
    }

    private static final class Scripted implements Sensor {
        final AtomicReference<String> closedBy = new AtomicReference<>("nobody");
        private final SensorChannel channel;
        private final Duration interval;
        private final Script script;
        private int count;

        Scripted(String name, Duration interval, Script script) {
            this.channel = new SensorChannel(new SensorId(name), Quantity.TEMPERATURE, "z");
            this.interval = interval;
            this.script = script;
        }

        @Override
        public List<SensorChannel> channels() {
            return List.of(channel);
        }

        @Override
        public Duration interval() {
            return interval;
        }

        @Override
        public List<Reading> sample(Instant now) throws SensorFault {
            return List.of(new Reading(channel, script.value(count++), Quality.GOOD, now));
        }

        @Override
        public void close() {
            closedBy.set(Thread.currentThread().getName());
        }
    }
}
