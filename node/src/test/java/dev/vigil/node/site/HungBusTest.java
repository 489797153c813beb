package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.bus.linux.FakeKernel;
import dev.vigil.sensor.bus.linux.Sysfs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bus whose read(2) doesn't come back. Simulated: the machine's sysfs, in which the thermometer's
 * file is a named pipe that nobody writes to; the thread of its bus really is in the kernel.
 */
class HungBusTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final long BOUND_SECONDS = 30;
    private static final String COOL = "72 01 4b 46 7f ff 0e 10 57";
    private static final String POWER_ON = "50 05 4b 46 7f ff 0c 10 1c";

    @TempDir private Path sysfs;

    private final Inbox inbox = new Inbox(1024, 65_536);
    private final List<Arrival> arrived = new ArrayList<>();
    private final AtomicLong nanoTime = new AtomicLong();
    private Path pipe = Path.of("");
    private BusKeeper keeper = new BusKeeper(List.of(), inbox, () -> T0, nanoTime::get);

    @BeforeEach
    void aThermometerThatHangsBesideAHardwareMonitor() throws IOException, InterruptedException {
        Path monitor = Files.createDirectories(sysfs.resolve("class/hwmon/hwmon0"));
        Files.writeString(monitor.resolve("name"), "cpu_thermal\n");
        Files.writeString(monitor.resolve("temp1_input"), "41000\n");
        pipe =
                Files.createDirectories(sysfs.resolve("bus/w1/devices/28-0316a2794bff"))
                        .resolve("w1_slave");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        var site =
                SiteConfigReader.read(
                        "site.yaml",
                        """
                        node: n
                        sensors:
                          - {id: store, quantity: temperature, zone: s, from: {chip: ds18b20, w1: 28-0316a2794bff, every: 100ms}}
                          - {id: cpu, quantity: temperature, zone: s, from: {chip: hwmon, name: cpu_thermal, file: temp1_input, every: 100ms}}
                        """
                                .getBytes(StandardCharsets.UTF_8),
                        sysfs);
        SiteConfig config =
                assertInstanceOf(SiteConfigReader.Valid.class, site, site::toString).config();
        var hardware = new LocalSensors.Hardware(new FakeKernel(), new Sysfs(sysfs), () -> 0);
        keeper =
                new BusKeeper(
                        LocalSensors.buses(config.inputs().local(), hardware),
                        inbox,
                        () -> T0,
                        nanoTime::get);
    }

    @AfterEach
    void endsItsThreads() {
        keeper.close();
    }

    @Test
    void isGivenUpWhileOthersAreReadAndTriedLessAndLessOftenUntilItAnswers() throws IOException {
        try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
            Instant now = T0.plusSeconds(11);
            isGivenUp(1, now);
            keeper.turn(now.plus(BusKeeper.RETRY_MIN).minusMillis(1));
            assertEquals(1, reading());
            keeper.turn(now.plus(BusKeeper.RETRY_MIN));
            now = now.plusSeconds(16);
            isGivenUp(2, now);
            keeper.turn(now.plus(BusKeeper.RETRY_MIN));
            assertEquals(2, reading());

            Files.delete(pipe);
            Files.writeString(pipe, text(COOL));
            keeper.turn(now.plus(BusKeeper.RETRY_MIN.multipliedBy(2)));
            awaitThat(() -> readings("store").contains(23.125));

            writer.write(text(POWER_ON).getBytes(StandardCharsets.US_ASCII));
        }
        awaitThat(() -> threads().size() == 1);
        assertTrue(
                readings("store").stream().allMatch(value -> value == 23.125),
                "what the kernel brought after all");
    }

    /** {@code hanging} threads of the bus hang then. */
    private void isGivenUp(int hanging, Instant now) {
        awaitThat(() -> reading() == hanging);
        arrived.clear();
        keeper.turn(now);
        int before = readings("cpu").size();
        awaitThat(() -> readings("cpu").size() >= before + 2);
        nanoTime.addAndGet(BusKeeper.DEADLINE.plus(Duration.ofMillis(1)).toNanos());
        keeper.turn(now);
        drain();
        assertEquals(
                List.of("bus/w1 hangs: store has not answered for more than 10 s; given up"),
                arrived.stream()
                        .filter(Arrival.Trouble.class::isInstance)
                        .map(Arrival.Trouble.class::cast)
                        .map(trouble -> trouble.subject() + " " + trouble.detail())
                        .toList());
        int then = readings("cpu").size();
        awaitThat(() -> readings("cpu").size() > then);
    }

    private static String text(String scratchpad) {
        return "%s : crc=%s YES\n%1$s t=0\n".formatted(scratchpad, scratchpad.substring(24));
    }

    private void drain() {
        inbox.drain(arrived, 65_536);
    }

    private List<Double> readings(String sensor) {
        drain();
        return arrived.stream()
                .filter(Arrival.Readings.class::isInstance)
                .flatMap(arrival -> ((Arrival.Readings) arrival).readings().stream())
                .filter(reading -> reading.channel().id().name().equals(sensor))
                .map(Reading::value)
                .toList();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("bus-w1"))
                .toList();
    }

    /** How many threads of the bus are in read(2). */
    private static long reading() {
        return threads().stream()
                .filter(
                        thread ->
                                Arrays.stream(thread.getStackTrace())
                                        .anyMatch(frame -> frame.getMethodName().equals("read0")))
                .count();
    }

    private static void awaitThat(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "it did not come true");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
