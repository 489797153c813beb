package dev.vigil.trials;

import dev.vigil.forward.Block;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The books over all streams: which sequences were seen, and which the node itself has told as
 * lost, and why. Owned by one thread.
 */
final class StreamBooks {
    private static final Pattern LOSS =
            Pattern.compile(
                    "\"stream\":\"([^\"]+)\",\"from\":(\\d+),\"through\":(\\d+),\"reason\":\"(\\w+)");

    private final Map<StreamId, StreamAudit> streams =
            new TreeMap<>(Comparator.comparing(StreamId::toString));
    private final Set<Told> told = new LinkedHashSet<>();

    /**
     * A loss that the node has told of.
     *
     * @param reason its first word: thinned, space, damage, unused...
     */
    record Told(StreamId stream, StreamAudit.Range range, String reason) {}

    /** Notes a block and the losses it tells of; true when its sequences are new. */
    boolean observe(Block block) {
        boolean fresh =
                streams.computeIfAbsent(block.stream(), _ -> new StreamAudit()).observe(block);
        if (fresh && block.stream().lane() == Lane.ALARM) {
            UplinkRecord.records(block).forEach(this::noteLoss);
        }
        return fresh;
    }

    private void noteLoss(SenmlRecord record) {
        String text = record.text();
        if (text == null || !record.name().startsWith("loss/")) {
            return;
        }
        Matcher loss = LOSS.matcher(text);
        if (!loss.find()) {
            throw new TrialFailure(
                    "the loss record '%s' has no stream, from, through and reason".formatted(text));
        }
        String[] stream = loss.group(1).split("/", -1);
        note(
                new Told(
                        new StreamId(stream[0], stream[1], UplinkRecord.lane(stream[2])),
                        new StreamAudit.Range(
                                Long.parseLong(loss.group(2)), Long.parseLong(loss.group(3))),
                        loss.group(4)));
    }

    /** A loss that is known, from a record of these streams or from before. */
    void note(Told loss) {
        if (told.add(loss)) {
            streams.computeIfAbsent(loss.stream(), _ -> new StreamAudit()).reportLoss(loss.range());
        }
    }

    /** What was told, once each: after a crash the same may be told again. */
    Set<Told> told() {
        return Collections.unmodifiableSet(told);
    }

    long reportedLost() {
        return told.stream().mapToLong(loss -> loss.range().count()).sum();
    }

    Map<StreamId, StreamAudit> streams() {
        return Collections.unmodifiableMap(streams);
    }

    /** What is wrong with the streams: conflicts and gaps nobody reported, one sentence each. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        streams.forEach(
                (stream, audit) -> {
                    faults.addAll(audit.conflicts());
                    for (StreamAudit.Range gap : audit.gapsNotReported()) {
                        faults.add(
                                "%s: sequences %d to %d never came"
                                        .formatted(stream, gap.first(), gap.last()));
                    }
                });
        return List.copyOf(faults);
    }
}
