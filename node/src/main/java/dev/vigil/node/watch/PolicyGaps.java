package dev.vigil.node.watch;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.PolicyGap;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Which readings are missing from the states of policies, as records of the ALARM lane (decision
 * 0105): written by the pipeline with every failure, and found again when the node starts.
 *
 * <p>The ALARM lane is written first: after a kill it may tell of readings that the HISTORY lane
 * does not have, and whose numbers are given anew. Hence a start that finds such a gap says so in
 * the lane ({@link #cut}), before anything gets these numbers. Owned by one thread.
 */
final class PolicyGaps {
    private static final String NAME = "policy-gap/";

    /** A policy that fails more than twice a minute is out: this is more than replays need. */
    private static final int GAPS_MAX = 4096;

    private final String stream;
    private final Deque<PolicyGap> gaps = new ArrayDeque<>();

    /**
     * @param stream the readings are numbered in; gaps in another one are of no use
     */
    PolicyGaps(String stream) {
        this.stream = stream;
    }

    static SenmlRecord gap(PolicyGap gap, String stream, Instant at) {
        return AlarmRecord.text(
                NAME + gap.policy(),
                at,
                json -> {
                    json.writeStringField("policy", gap.policy());
                    json.writeStringField("failure", gap.kind().name());
                    json.writeStringField("stream", stream);
                    json.writeNumberField("first", gap.first());
                    json.writeNumberField("last", gap.last());
                    json.writeStringField("at", at.toString());
                });
    }

    /** Says that what was recorded of readings behind this one is of readings that are lost. */
    SenmlRecord cut(long through, Instant at) {
        return AlarmRecord.text(
                NAME + "cut",
                at,
                json -> {
                    json.writeStringField("stream", stream);
                    json.writeNumberField("through", through);
                    json.writeStringField("at", at.toString());
                });
    }

    /** The next record of the ALARM lane; those that are not about gaps are passed over. */
    void hear(SenmlRecord record) {
        String text = record.text();
        if (text == null || !record.name().startsWith(NAME)) {
            return;
        }
        Map<String, String> fields = AlarmRecord.fields(text);
        if (!stream.equals(fields.get("stream"))) {
            return;
        }
        try {
            if (fields.containsKey("through")) {
                forget(number(fields, "through"));
            } else {
                add(
                        new PolicyGap(
                                fields.getOrDefault("policy", ""),
                                PolicyFailure.Kind.valueOf(fields.getOrDefault("failure", "")),
                                number(fields, "first"),
                                number(fields, "last")));
            }
        } catch (IllegalArgumentException _) {
            // Nothing that this class has written.
        }
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, ""));
    }

    private void add(PolicyGap gap) {
        if (gaps.size() == GAPS_MAX) {
            gaps.removeFirst();
        }
        gaps.addLast(gap);
    }

    /** Forgets what is behind this reading; whether that was anything. */
    boolean forget(long through) {
        List<PolicyGap> all = List.copyOf(gaps);
        gaps.clear();
        for (PolicyGap gap : all) {
            gap.through(through).ifPresent(gaps::addLast);
        }
        return !all.equals(List.copyOf(gaps));
    }

    /** Oldest first. */
    List<PolicyGap> all() {
        return List.copyOf(gaps);
    }
}
