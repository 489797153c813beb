package dev.vigil.node;

import dev.vigil.forward.ClockQuality;
import dev.vigil.forward.ClockReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The machine's clocks, as Linux tells of them: which boot this is, how long it has run, and
 * whether the time of day came from anywhere. Owned by one thread.
 *
 * <p>{@link ClockQuality#NTP} while the time service's file is there, {@link ClockQuality#RTC} when
 * the kernel set the clock from a battery-backed one at the boot, else {@link ClockQuality#NONE}.
 */
final class MachineClock implements Supplier<ClockReading> {
    /** Nobody runs this software before it was written: a clock that says so was never set. */
    private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");

    private static final long LOOK_AGAIN_NANOS = 5_000_000_000L;

    /**
     * Between the two looks at the steady clock the wall clock was read. When more than this lies
     * between them (this thread had no processor), they do not belong together.
     */
    private static final long TOGETHER_NANOS = 10_000_000;

    private static final int ATTEMPTS = 5;

    private final Path root;
    private final Path timeSyncFile;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final UUID boot;
    private final Duration upAtStart;
    private final long startNanos;
    private ClockQuality quality;
    private long lookedNanos;

    /**
     * Reads what stays the same during a boot.
     *
     * @param root {@code /}, of which {@code proc} and {@code sys} are read
     * @param timeSyncFile exists while a time service keeps the clock
     * @param wall the time of day, which may step
     * @param nanoTime steady within this process
     */
    MachineClock(Path root, Path timeSyncFile, InstantSource wall, LongSupplier nanoTime) {
        this.root = root;
        this.timeSyncFile = timeSyncFile;
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.boot =
                text("proc/sys/kernel/random/boot_id")
                        .filter(id -> id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                        .map(UUID::fromString)
                        .orElseGet(UUID::randomUUID);
        this.upAtStart = text("proc/uptime").flatMap(MachineClock::uptime).orElse(Duration.ZERO);
        this.startNanos = nanoTime.getAsLong();
        this.lookedNanos = startNanos;
        this.quality = look();
    }

    /** Both clocks at one moment. */
    @Override
    public ClockReading get() {
        long nanos = nanoTime.getAsLong();
        Instant now = wall.instant();
        long after = nanoTime.getAsLong();
        for (int i = 1; i < ATTEMPTS && after - nanos > TOGETHER_NANOS; i++) {
            nanos = after;
            now = wall.instant();
            after = nanoTime.getAsLong();
        }
        if (nanos - lookedNanos >= LOOK_AGAIN_NANOS) {
            lookedNanos = nanos;
            quality = look();
        }
        return new ClockReading(
                boot,
                upAtStart.plusNanos(nanos - startNanos),
                now,
                now.isBefore(WRITTEN) ? ClockQuality.NONE : quality);
    }

    private ClockQuality look() {
        if (Files.exists(timeSyncFile)) {
            return ClockQuality.NTP;
        }
        return text("sys/class/rtc/rtc0/hctosys").filter("1"::equals).isPresent()
                ? ClockQuality.RTC
                : ClockQuality.NONE;
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(
                    Files.readString(root.resolve(file), StandardCharsets.US_ASCII).strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** {@code 28172.99 19857.19}: seconds since the boot, and idle ones (proc(5)). */
    private static Optional<Duration> uptime(String text) {
        String seconds = text.split(" ", 2)[0];
        return seconds.matches("\\d{1,12}\\.\\d{2}")
                ? Optional.of(Duration.ofMillis(Long.parseLong(seconds.replace(".", "")) * 10))
                : Optional.empty();
    }
}
