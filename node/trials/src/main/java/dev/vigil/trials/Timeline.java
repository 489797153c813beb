package dev.vigil.trials;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A story told as it happens: two clocks, that of the wall and that of the recorded fire, and what
 * happened. Owned by one thread.
 */
final class Timeline {
    private final PrintStream out;
    private final Instant wallZero;
    private long fireZeroMillis = Long.MIN_VALUE;
    private double speed = 1;
    private Duration fireEnd = Duration.ZERO;

    Timeline(PrintStream out, Instant wallZero) {
        this.out = out;
        this.wallZero = wallZero;
    }

    /**
     * From {@code now} on the fire's clock runs, {@code speed} times as fast, until {@code end}.
     */
    void fireStarts(Instant now, double speed, Duration end) {
        fireZeroMillis = now.toEpochMilli();
        this.speed = speed;
        fireEnd = end;
    }

    void heading(String text) {
        out.println();
        out.println(text);
        out.flush();
    }

    void plain(String text) {
        out.println(text);
        out.flush();
    }

    /** {@code 12.3 s 0:38 what}. */
    void event(Instant now, String what) {
        out.println(line(now, what));
        out.flush();
    }

    String line(Instant now, String what) {
        double wall = Duration.between(wallZero, now).toMillis() / 1000.0;
        return String.format(Locale.ROOT, "%6.1f s  %6s   %s", wall, fireClock(now), what);
    }

    private String fireClock(Instant now) {
        if (fireZeroMillis == Long.MIN_VALUE || now.toEpochMilli() < fireZeroMillis) {
            return "-";
        }
        Duration at = fireTime(now);
        return at.compareTo(fireEnd) > 0 ? "over" : clock(at);
    }

    /** Where the recording is at {@code now}. */
    Duration fireTime(Instant now) {
        return Duration.ofMillis((long) ((now.toEpochMilli() - fireZeroMillis) * speed));
    }

    /** {@code 1:06}. */
    static String clock(Duration sinceStart) {
        return String.format(
                Locale.ROOT, "%d:%02d", sinceStart.toMinutes(), sinceStart.toSecondsPart());
    }
}
