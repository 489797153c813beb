package dev.vigil.trials;

import dev.vigil.forward.SenmlRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A recorded fire over and over, its moments 100 ms apart, a head's readings in packs; and which of
 * its readings have arrived. Owned by the test's thread.
 */
final class RecordedBacklog {
    static final String TOPIC = "site/backlog";
    private static final int READINGS_PER_MESSAGE = 300;
    private static final int UNACKNOWLEDGED_MAX = 50;
    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final Duration APART = Duration.ofMillis(100);
    private static final Instant START = Instant.parse("2026-11-23T00:00:00Z");

    private final List<FireRecording.Moment> moments;

    /** By channel, by moment. */
    private final Map<String, BitSet> arrived = new HashMap<>();

    private int next;
    private long sent;
    private long twice;

    RecordedBacklog(Workplace place) {
        moments = FireRecording.read(place.recording("nist-smoke-alarms/SDC02.csv.gz")).moments();
    }

    /** Sends at least so many more; all of them are acknowledged when it returns. */
    void send(PahoSender sender, long readings) {
        var packs = new StringBuilder[FireRecording.POSITIONS.size()];
        Arrays.setAll(packs, _ -> new StringBuilder());
        var sizes = new int[packs.length];
        long enough = sent + readings;
        for (; sent < enough; next++) {
            FireRecording.Moment moment = moments.get(next % moments.size());
            for (int head = 0; head < packs.length; head++) {
                int count = append(packs[head], moment.samples().get(head));
                sizes[head] += count;
                sent += count;
                if (sizes[head] >= READINGS_PER_MESSAGE) {
                    publish(sender, packs[head]);
                    sizes[head] = 0;
                }
            }
        }
        for (StringBuilder rest : packs) {
            if (!rest.isEmpty()) {
                publish(sender, rest);
            }
        }
        if (!sender.awaitAcknowledgements(BOUND)) {
            throw new TrialFailure("not all of the backlog is acknowledged");
        }
    }

    long sent() {
        return sent;
    }

    /** A record of a sequence that did not come before. */
    void arrived(SenmlRecord record) {
        if (!record.name().startsWith("position-")) {
            return;
        }
        BitSet seen = arrived.computeIfAbsent(record.name(), _ -> new BitSet());
        int moment = (int) Math.round(Duration.between(START, record.at()).toMillis() / 100.0);
        if (seen.get(moment)) {
            twice++;
        }
        seen.set(moment);
    }

    long missing() {
        return sent - arrived.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    long twice() {
        return twice;
    }

    private int append(StringBuilder pack, FireRecording.Sample sample) {
        add(pack, sample.channel("temperature"), "Cel", sample.temperature());
        add(pack, sample.channel("obsc_per_m"), "/", sample.obscuration());
        Double monoxide = sample.carbonMonoxide();
        if (monoxide == null) {
            return 2;
        }
        add(pack, sample.channel("co"), "/", monoxide);
        return 3;
    }

    private void add(StringBuilder pack, String name, String unit, double value) {
        Instant at = START.plus(APART.multipliedBy(next));
        pack.append(pack.isEmpty() ? '[' : ',')
                .append(
                        String.format(
                                Locale.ROOT,
                                "{\"n\":\"%s\",\"u\":\"%s\",\"t\":%d.%d,\"v\":",
                                name,
                                unit,
                                at.getEpochSecond(),
                                at.getNano() / APART.toNanos()))
                .append(value)
                .append('}');
    }

    private static void publish(PahoSender sender, StringBuilder pack) {
        Waiting.require(
                BOUND,
                () -> sender.sentTotal() - sender.acknowledgedTotal() < UNACKNOWLEDGED_MAX,
                () -> "the node acknowledges nothing");
        sender.publish(TOPIC, pack.append(']').toString(), () -> {});
        pack.setLength(0);
    }
}
