package dev.vigil.policy.tool;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Engine;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Reading;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a policy says of readings, one line each, and the hash of those lines. A line holds every
 * number in full, so that two machines that print the same hash agree bit for bit. Owned by one
 * thread.
 */
final class VerdictLog {
    /** Readings in a batch, and a tick before a batch that is more than a second after the last. */
    static final int BATCH = 64;

    private static final long TICK_MILLIS = 1000;

    private final Consumer<String> lines;
    private final MessageDigest digest;
    private long readings;
    private long hazards;
    private long undecided;

    VerdictLog(Consumer<String> lines) {
        this.lines = lines;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "this Java runtime lacks an algorithm every one has", e);
        }
    }

    /**
     * Has the policy judge the readings, and notes what it says.
     *
     * @param err is told of its last failure, if it had one
     */
    void judge(PolicySpec spec, Optional<Engine> engine, List<Reading> inOrder, PrintStream err) {
        try (PolicySet set = Engines.load(spec, engine)) {
            judge(set, inOrder);
            set.states()
                    .getFirst()
                    .lastFailure()
                    .ifPresent(failure -> err.println(failure.detail()));
        }
    }

    /** Has the set judge the readings, in batches, and notes what it says. */
    private void judge(PolicySet set, List<Reading> inOrder) {
        Instant last = inOrder.isEmpty() ? Instant.EPOCH : inOrder.getFirst().at();
        for (int from = 0; from < inOrder.size(); from += BATCH) {
            List<Reading> batch = inOrder.subList(from, Math.min(from + BATCH, inOrder.size()));
            Instant begins = batch.getFirst().at();
            if (last.until(begins, ChronoUnit.MILLIS) > TICK_MILLIS) {
                note(set.tick(begins));
            }
            last = batch.getLast().at();
            note(set.evaluate(new Batch(last, readings, batch)));
            readings += batch.size();
        }
    }

    private void note(List<Judgement> judgements) {
        for (Judgement judgement : judgements) {
            switch (judgement.verdict()) {
                case Verdict.Normal() -> {}
                case Verdict.Hazardous(List<Hazard> found) -> {
                    for (Hazard hazard : found) {
                        hazards++;
                        line(text(hazard));
                    }
                }
                case Verdict.Undecided failed -> {
                    undecided++;
                    // Not its detail: that names files, and each engine has its own words.
                    line("UNDECIDED " + failed.failure().kind());
                }
            }
        }
    }

    private static String text(Hazard hazard) {
        return "%s %-6s %-20s %s severity %d score %s value %s limit %s"
                .formatted(
                        hazard.at(),
                        hazard.change(),
                        hazard.code(),
                        hazard.channel().id(),
                        hazard.severity(),
                        hazard.score(),
                        hazard.value(),
                        hazard.limit());
    }

    /** Another line that belongs to what is said. */
    void line(String line) {
        digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
        lines.accept(line);
    }

    /** What was judged, as a line for people. */
    String summary() {
        return "%d readings, %d hazards, %d batches undecided"
                .formatted(readings, hazards, undecided);
    }

    /** Exit code of a command that printed it. */
    int code() {
        return undecided == 0 ? 0 : ToolFailure.BROKEN;
    }

    /** SHA-256 of all lines, in hex; to be asked once, at the end. */
    String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
