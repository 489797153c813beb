package dev.vigil.trials;

import dev.vigil.forward.SenmlRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Messages of eight water tanks, each with one reading, told apart by their sample time: ticket n
 * is n milliseconds after the first. Owned by the test's thread.
 */
final class LevelMessages implements SenderClient.Source {
    static final int TANKS = 8;

    private final Instant first;
    private final long firstMillis;
    private final byte[][] topics = new byte[TANKS][];
    private final BitSet resent = new BitSet();
    private int[] arrivals = new int[1 << 16];
    private int wrong;
    private int arrivedUpTo;

    LevelMessages(Instant first) {
        this.first = first.truncatedTo(ChronoUnit.MILLIS);
        firstMillis = first.toEpochMilli();
        for (int tank = 0; tank < TANKS; tank++) {
            topics[tank] = "site/tank-%d".formatted(tank).getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Override
    public byte[] topic(long ticket) {
        return topics[(int) (ticket % TANKS)];
    }

    @Override
    public int payload(long ticket, byte[] into) {
        long millis = firstMillis + ticket;
        String pack =
                "[{\"n\":\"tank-%d/level\",\"u\":\"m\",\"v\":%s,\"t\":%d.%03d}]"
                        .formatted(ticket % TANKS, value(ticket), millis / 1000, millis % 1000);
        byte[] bytes = pack.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, into, 0, bytes.length);
        return bytes.length;
    }

    private static double value(long ticket) {
        return (ticket % 997) / 100.0;
    }

    /** The ticket of a record that is one of these messages; -1 for another's. */
    int ticket(SenmlRecord record) {
        long micros = Duration.between(first, record.at()).toNanos() / 1_000;
        long ticket = Math.floorDiv(micros + 500, 1_000);
        boolean mine =
                record.text() == null
                        && record.name().endsWith("/level")
                        && ticket >= 0
                        && ticket < Integer.MAX_VALUE;
        return mine ? (int) ticket : -1;
    }

    /** Whether it says what was sent with this ticket. */
    static boolean isRight(SenmlRecord record, int ticket) {
        return record.value() == value(ticket)
                && record.name().equals("tank-%d/level".formatted(ticket % TANKS));
    }

    /** Notes a record that came under a sequence not seen before. */
    void arrived(SenmlRecord record) {
        int ticket = ticket(record);
        if (ticket < 0) {
            return;
        }
        ensure(ticket);
        arrivals[ticket]++;
        arrivedUpTo = Math.max(arrivedUpTo, ticket + 1);
        if (!isRight(record, ticket)) {
            wrong++;
        }
    }

    void ensure(long ticket) {
        if (ticket >= arrivals.length) {
            arrivals = Arrays.copyOf(arrivals, Math.max(arrivals.length * 2, (int) ticket + 1));
        }
    }

    void resent(long[] tickets) {
        for (long ticket : tickets) {
            resent.set((int) ticket);
        }
    }

    int resentCount() {
        return resent.cardinality();
    }

    int missing(long sent) {
        return count(sent, (_, arrivals) -> arrivals == 0);
    }

    int repeated(long sent) {
        return count(sent, (_, arrivals) -> arrivals > 1);
    }

    int repeatedThoughNeverResent(long sent) {
        return count(sent, (ticket, arrivals) -> arrivals > 1 && !resent.get(ticket));
    }

    /** One more than the highest ticket that has come. */
    int arrivedUpTo() {
        return arrivedUpTo;
    }

    int wrong() {
        return wrong;
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds(int ticket, int arrivals);
    }

    private int count(long sent, Condition condition) {
        int count = 0;
        for (int ticket = 0; ticket < sent; ticket++) {
            if (condition.holds(ticket, arrivals[ticket])) {
                count++;
            }
        }
        return count;
    }
}
