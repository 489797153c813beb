package dev.vigil.node.devices;

import dev.vigil.forward.Backoff;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.watch.Turn;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The contacts on one GPIO chip: each edge becomes a reading with the kernel's time, and each
 * contact is told again every {@link #REPEAT}, so that one that is silent can be told from one that
 * is gone. Owned by the chip's thread.
 *
 * <ul>
 *   <li>A chip that isn't there, or disappears, and a line that somebody else has are troubles,
 *       told while they last and tried again with backoff; the other lines go on.
 *   <li>Edges that the kernel had no room for are a trouble, too; the line is asked anew, and what
 *       it says is an uncertain reading.
 *   <li>When the inbox is full, a line's readings are offered again until they are taken; its edges
 *       wait in the kernel meanwhile.
 * </ul>
 */
public final class ContactWatch implements Turn, AutoCloseable {
    static final Duration REPEAT = Duration.ofSeconds(30);
    static final Duration RETRY_MIN = Duration.ofSeconds(1);
    static final Duration RETRY_MAX = Duration.ofSeconds(30);
    private static final long FULL_NANOS = 1_000_000;

    /** A contact and the line it is on. */
    public record Contact(SensorChannel channel, GpioChip.InputLine line) {}

    private final String label;
    private final List<Line> lines;
    private final GpioChips chips;
    private final Inbox inbox;
    private final LongSupplier nanoTime;
    private @Nullable GpioChip chip;
    private Instant openAt = Instant.MIN;
    private Duration retry = RETRY_MIN;

    /**
     * Opens nothing yet: that is the first turn's.
     *
     * @param label of the chip
     * @param nanoTime the clock of the kernel's edges, {@link System#nanoTime}
     */
    public ContactWatch(
            String label,
            List<Contact> contacts,
            GpioChips chips,
            Inbox inbox,
            LongSupplier nanoTime) {
        this.label = label;
        this.lines = contacts.stream().map(Line::new).toList();
        this.chips = chips;
        this.inbox = inbox;
        this.nanoTime = nanoTime;
    }

    @Override
    public int turn(Instant now) {
        int readings = 0;
        try {
            GpioChip open = chip;
            if (open == null) {
                if (Backoff.isWaiting(now, openAt, RETRY_MAX)) {
                    return 0;
                }
                open = chips.open(label);
                chip = open;
            }
            for (Line line : lines) {
                readings += look(open, line, now);
            }
            retry = RETRY_MIN;
        } catch (BusFault e) {
            lost(now, e);
        }
        return readings;
    }

    /** Waits for an edge, at most so long. */
    public void await(long nanos) {
        GpioChip open = chip;
        boolean full = lines.stream().anyMatch(line -> line.unsent != null);
        if (open == null || full) {
            LockSupport.parkNanos(this, full ? Math.min(nanos, FULL_NANOS) : nanos);
            return;
        }
        try {
            open.await(Duration.ofNanos(nanos));
        } catch (BusFault _) {
            // The next turn meets the same fault, and tells of it.
        }
    }

    @Override
    public void close() {
        GpioChip open = chip;
        chip = null;
        if (open != null) {
            open.close();
        }
    }

    private int look(GpioChip open, Line line, Instant now) throws BusFault {
        Arrival unsent = line.unsent;
        if (unsent != null && !inbox.offer(unsent)) {
            return 0;
        }
        line.unsent = null;
        GpioInput input = request(open, line, now);
        if (input == null) {
            return 0;
        }
        GpioInput.Edges edges = input.edges();
        List<Reading> readings = new ArrayList<>();
        Instant earliest = now;
        for (GpioInput.Edge edge : edges.list()) {
            Instant at = now.minusNanos(Math.max(0, nanoTime.getAsLong() - edge.kernelNanos()));
            earliest = at.isBefore(earliest) ? at : earliest;
            readings.add(line.reading(edge.active(), Quality.GOOD, at));
        }
        if (edges.lost() > 0) {
            readings.add(line.reading(edges.active(), Quality.UNCERTAIN, now));
            line.lost += edges.lost();
            trouble(
                    line,
                    now,
                    "%d edges were lost, %d since the start: the line changes faster than it is read"
                            .formatted(edges.lost(), line.lost));
        }
        if (readings.isEmpty() && !Backoff.isWaiting(now, line.repeatAt, REPEAT)) {
            readings.add(line.reading(input.active(), Quality.GOOD, now));
        }
        if (!readings.isEmpty()) {
            Arrival arrival = new Arrival.Readings(readings, earliest, Acknowledgement.NONE);
            line.unsent = inbox.offer(arrival) ? null : arrival;
            line.repeatAt = now.plus(REPEAT);
        }
        return readings.size();
    }

    /** The line's input, requested when it isn't yet; null while it can't be had. */
    private @Nullable GpioInput request(GpioChip open, Line line, Instant now) {
        if (line.input == null && !Backoff.isWaiting(now, line.requestAt, RETRY_MAX)) {
            try {
                line.input = open.input(line.contact.line());
                line.repeatAt = now; // what it is at the start is news
            } catch (BusFault e) {
                line.requestAt = now.plus(RETRY_MAX);
                trouble(line, now, String.valueOf(e.getMessage()));
            }
        }
        return line.input;
    }

    /** The chip can't be had, or no longer. */
    private void lost(Instant now, BusFault fault) {
        close();
        openAt = now.plus(retry);
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : doubled;
        for (Line line : lines) {
            line.input = null;
            line.requestAt = Instant.MIN;
            trouble(line, now, String.valueOf(fault.getMessage()));
        }
    }

    /** A full inbox is told by others; the trouble is told again while it lasts. */
    private void trouble(Line line, Instant now, String detail) {
        inbox.offer(new Arrival.Trouble("sensor/" + line.contact.channel().id(), detail, now));
    }

    /** A contact's state. Owned by the chip's thread. */
    private static final class Line {
        final Contact contact;
        @Nullable GpioInput input;
        @Nullable Arrival unsent;
        long lost;
        Instant requestAt = Instant.MIN;
        Instant repeatAt = Instant.MIN;

        Line(Contact contact) {
            this.contact = contact;
        }

        Reading reading(boolean closed, Quality quality, Instant at) {
            return new Reading(contact.channel(), closed ? 1 : 0, quality, at);
        }
    }
}
