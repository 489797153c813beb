package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusKeeperTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final long BOUND_SECONDS = 30;

    private final Inbox inbox = new Inbox(1024, 65_536);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicLong nanoTime = new AtomicLong();
    private volatile boolean hangs = true;
    private final BusKeeper keeper =
            new BusKeeper(
                    List.of(
                            new BusKeeper.Bus("/dev/i2c-1", () -> load(new Stuck())),
                            new BusKeeper.Bus("local", () -> load(new Well("a")))),
                    inbox,
                    () -> T0,
                    nanoTime::get);

    @AfterEach
    void endsItsThreads() {
        letGo.countDown();
        keeper.close();
    }

    private static SensorBus.Load load(Sensor sensor) {
        return new SensorBus.Load(List.of(sensor));
    }

    private void awaitStart(int n) {
        awaitThat(() -> started.get() == n);
    }

    private static void awaitThat(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "it did not come true");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<Arrival.Trouble> troubles() {
        List<Arrival> arrivals = new ArrayList<>();
        inbox.drain(arrivals, 65_536);
        return arrivals.stream()
                .filter(arrival -> arrival instanceof Arrival.Trouble)
                .map(arrival -> (Arrival.Trouble) arrival)
                .toList();
    }

    /** The keeper looks, all buses that do not hang go on, and the deadline is over. */
    private void deadlinePasses(Instant now) {
        keeper.turn(now);
        long before = keeper.health().getLast().readings();
        awaitThat(() -> keeper.health().getLast().readings() >= before + 2);
        nanoTime.addAndGet(BusKeeper.DEADLINE.toNanos() + 1);
    }

    @Test
    void aBusThatHangsIsGivenUpAndToldWhileTheOthersGoOn() {
        awaitStart(1);
        deadlinePasses(T0);
        assertEquals(List.of(), troubles());
        keeper.turn(T0.plusSeconds(11));
        Arrival.Trouble trouble = troubles().getFirst();
        assertEquals("bus//dev/i2c-1", trouble.subject());
        assertTrue(trouble.detail().startsWith("hangs: stuck "), trouble.detail());
        assertNotNull(keeper.health().getFirst().fault());
        assertNull(keeper.health().getLast().fault());
        long before = keeper.health().getLast().readings();
        awaitThat(() -> keeper.health().getLast().readings() > before);
    }

    @Test
    void aBusThatWasGivenUpIsTriedAnewAndIsWellWhenItAnswers() {
        awaitStart(1);
        deadlinePasses(T0);
        keeper.turn(T0);
        hangs = false;
        keeper.turn(T0.plus(BusKeeper.RETRY_MIN).minusMillis(1));
        assertEquals(1, started.get());
        keeper.turn(T0.plus(BusKeeper.RETRY_MIN));
        awaitThat(() -> keeper.health().getFirst().readings() > 0);
        assertNull(keeper.health().getFirst().fault());
    }

    @Test
    void aBusThatHangsAgainIsTriedLessAndLessOften() {
        Instant now = T0;
        Duration pause = BusKeeper.RETRY_MIN;
        for (int tries = 1; tries < BusKeeper.HANGING_MAX; tries++) {
            awaitStart(tries);
            deadlinePasses(now);
            keeper.turn(now);
            keeper.turn(now.plus(pause).minusMillis(1));
            assertEquals(tries, started.get(), "too early after " + pause);
            now = now.plus(pause);
            keeper.turn(now);
            awaitStart(tries + 1);
            pause = pause.multipliedBy(2);
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotDelayTheNextTry() {
        awaitStart(1);
        deadlinePasses(T0);
        keeper.turn(T0);
        keeper.turn(T0.minusSeconds(3600));
        awaitStart(2);
    }

    @Test
    void onlySoManyThreadsMayHang() {
        Instant now = T0;
        for (int i = 1; i <= BusKeeper.HANGING_MAX; i++) {
            awaitStart(i);
            deadlinePasses(now);
            keeper.turn(now);
            now = now.plus(BusKeeper.RETRY_MAX);
            keeper.turn(now);
        }
        assertEquals(BusKeeper.HANGING_MAX, started.get());
        assertNotNull(keeper.parts().getFirst().trouble());
        troubles();
        keeper.turn(now);
        assertEquals(0, troubles().size(), "told just now");
        keeper.turn(now.minusSeconds(3600));
        assertEquals(1, troubles().size(), "a clock that is set back silences no trouble");
    }

    @Test
    void whatAHungThreadBringsAfterAllIsDropped() {
        awaitStart(1);
        deadlinePasses(T0);
        keeper.turn(T0);
        troubles();
        letGo.countDown();
        awaitThat(() -> !keeper.parts().getFirst().running());
        List<Arrival> arrivals = new ArrayList<>();
        inbox.drain(arrivals, 65_536);
        assertTrue(
                arrivals.stream()
                        .noneMatch(
                                arrival ->
                                        arrival instanceof Arrival.Readings(var readings, _, _)
                                                && readings.getFirst()
                                                        .channel()
                                                        .id()
                                                        .name()
                                                        .equals("stuck")),
                arrivals::toString);
    }

    /** Answers at once. */
    private static class Well implements Sensor {
        private final SensorChannel channel;

        Well(String name) {
            channel = new SensorChannel(new SensorId(name), Quantity.TEMPERATURE, "zone");
        }

        @Override
        public List<SensorChannel> channels() {
            return List.of(channel);
        }

        @Override
        public Duration interval() {
            return Duration.ofMillis(20);
        }

        @Override
        public List<Reading> sample(Instant now) {
            return List.of(new Reading(channel, 20, Quality.GOOD, now));
        }

        @Override
        public void close() {}
    }

    /** As a driver in a system call that doesn't come back, while {@code hangs}. */
    private final class Stuck extends Well {
        Stuck() {
            super("stuck");
        }

        @Override
        public List<Reading> sample(Instant now) {
            started.incrementAndGet();
            if (hangs) {
                boolean interrupted = false;
                while (letGo.getCount() > 0) {
                    try {
                        letGo.await();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.sample(now);
        }
    }
}
