package dev.vigil.node.policies;

import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two versions of a policy raised on the same readings, and how that differs. Two raises of
 * the same code at the same sensor within {@link #SAME} are the same alarm. Owned by one thread.
 */
final class ShadowDifference {
    static final Duration SAME = Duration.ofMinutes(5);

    /** Alarms kept for matching and for showing; more are only counted. */
    private static final int KEPT_MAX = 1_000;

    private static final int SHOWN_MAX = 20;

    private record Raised(SensorId sensor, String code, Instant at) {
        boolean matches(Raised other) {
            return sensor.equals(other.sensor)
                    && code.equals(other.code)
                    && Duration.between(at, other.at).abs().compareTo(SAME) <= 0;
        }
    }

    /** The alarms of both, and by how much the new version's came later. */
    private record Pair(Raised before, Raised after) {
        Duration later() {
            return Duration.between(before.at, after.at);
        }
    }

    private final List<Raised> onlyBefore = new ArrayList<>();
    private final List<Raised> onlyAfter = new ArrayList<>();
    private final List<Pair> both = new ArrayList<>();
    private long matched;
    private long uncounted;
    private long undecided;

    /** What the armed version says of a batch. */
    void armed(Judgement judgement) {
        for (Hazard hazard : raises(judgement)) {
            Raised raised = raised(hazard);
            Raised same = take(onlyAfter, raised);
            if (same == null) {
                keep(onlyBefore, raised);
            } else {
                pair(new Pair(raised, same));
            }
        }
    }

    /** What the candidate says of the same batch. */
    void candidate(Judgement judgement) {
        if (judgement.verdict() instanceof Verdict.Undecided) {
            undecided++;
        }
        for (Hazard hazard : raises(judgement)) {
            Raised raised = raised(hazard);
            Raised same = take(onlyBefore, raised);
            if (same == null) {
                keep(onlyAfter, raised);
            } else {
                pair(new Pair(same, raised));
            }
        }
    }

    private static List<Hazard> raises(Judgement judgement) {
        if (!(judgement.verdict() instanceof Verdict.Hazardous(var hazards))) {
            return List.of();
        }
        return hazards.stream().filter(h -> h.change() == Hazard.Change.RAISE).toList();
    }

    private static Raised raised(Hazard hazard) {
        return new Raised(hazard.channel().id(), hazard.code(), hazard.at());
    }

    private static @Nullable Raised take(List<Raised> from, Raised wanted) {
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i).matches(wanted)) {
                return from.remove(i);
            }
        }
        return null;
    }

    private void keep(List<Raised> list, Raised raised) {
        if (list.size() < KEPT_MAX) {
            list.add(raised);
        } else {
            uncounted++;
        }
    }

    private void pair(Pair pair) {
        matched++;
        if (both.size() < KEPT_MAX) {
            both.add(pair);
        }
    }

    /**
     * The difference as people read it.
     *
     * @param onlyNew alarms that only the candidate raised
     * @param onlyOld alarms that only the armed version raised
     * @param both alarms of both
     * @param undecided batches on which the candidate failed
     * @param uncounted alarms beyond what can be compared; 0, or the figures are too low
     * @param lines one for each alarm that differs, up to twenty
     */
    record Summary(
            long onlyNew,
            long onlyOld,
            long both,
            long undecided,
            long uncounted,
            List<String> lines) {
        Summary {
            lines = List.copyOf(lines);
        }

        String text() {
            return "raised only by the new version %d, only by the armed one %d, by both %d%s%s"
                    .formatted(
                            onlyNew,
                            onlyOld,
                            both,
                            undecided == 0
                                    ? ""
                                    : "; the new version FAILED on %d batches".formatted(undecided),
                            uncounted == 0
                                    ? ""
                                    : "; %d more alarms were not compared".formatted(uncounted));
        }
    }

    Summary summary() {
        List<String> lines = new ArrayList<>();
        onlyAfter.forEach(r -> line(lines, "only new", r, ""));
        onlyBefore.forEach(r -> line(lines, "only armed", r, ""));
        for (Pair pair : both) {
            Duration later = pair.later();
            if (!later.isZero()) {
                line(
                        lines,
                        "both",
                        pair.after,
                        ", new %.1f s %s"
                                .formatted(
                                        Math.abs(later.toMillis()) / 1000.0,
                                        later.isNegative() ? "earlier" : "later"));
            }
        }
        return new Summary(
                onlyAfter.size(), onlyBefore.size(), matched, undecided, uncounted, lines);
    }

    private static void line(List<String> lines, String who, Raised raised, String rest) {
        if (lines.size() < SHOWN_MAX) {
            lines.add(
                    "%-10s %s %s %s%s"
                            .formatted(who, raised.at, raised.sensor.name(), raised.code, rest));
        }
    }
}
