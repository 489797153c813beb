package dev.vigil.node.watch;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The node's test of itself: a reading too hot to be true comes from a bus of its own through the
 * inbox, is asked whether it can be believed, is judged by the bundled heat policy on the engine of
 * the others, and the outputs are gone through in the same turn. No incident comes of it and no
 * record, and an output moves only if the site says so. Owned by the pipeline's thread; {@link
 * #state} is anybody's.
 */
final class ChainTest {
    /** Where its readings come from; no site can have a sensor in this zone by accident. */
    static final SensorChannel CHANNEL =
            new SensorChannel(
                    new SensorId("vigil:self-test/temperature"),
                    Quantity.TEMPERATURE,
                    "vigil:self-test");

    private final PolicySet policy;
    private final Duration outputsEvery;
    private long sequence;
    private @Nullable Instant outputsAt;
    private @Nullable Instant begunAt;
    private @Nullable String failure;
    private volatile Watch.SelfTests state = new Watch.SelfTests(null, 0, 0, null);

    /**
     * @param outputsEvery so often the outputs that may move are switched on for a moment
     */
    ChainTest(Duration outputsEvery) {
        this.policy =
                PolicySet.loadOrStandIn(
                        List.of(
                                new PolicySpec(
                                        "self-test",
                                        "heat",
                                        List.of(CHANNEL),
                                        Map.of("clear_hold", 0.0))));
        this.outputsEvery = outputsEvery;
    }

    Watch.SelfTests state() {
        return state;
    }

    /** The first half, where readings are judged. Nothing when there are none of its own. */
    void judge(Instant now, List<Reading> readings) {
        if (readings.isEmpty()) {
            return;
        }
        begunAt = readings.getLast().at();
        Batch batch = new Batch(now, sequence, readings);
        sequence += readings.size();
        failure = "the policy did not find the reading hazardous";
        for (Judgement judgement : policy.evaluate(batch)) {
            switch (judgement.verdict()) {
                case Verdict.Normal _ -> {}
                case Verdict.Hazardous(var hazards) -> {
                    if (hazards.stream().anyMatch(h -> h.change() == Hazard.Change.RAISE)) {
                        failure = null;
                    }
                }
                case Verdict.Undecided(var why, _, _) -> failure = why.kind() + ": " + why.detail();
            }
        }
    }

    /** Whether the outputs that may move are to be switched on with this one. */
    boolean movesOutputs(Instant now) {
        if (begunAt == null) {
            return false;
        }
        Instant last = outputsAt;
        // The first waits for its time, too: a node that is started again and again is no siren.
        if (last == null || last.isAfter(now)) {
            outputsAt = now;
            return false;
        }
        if (now.isBefore(last.plus(outputsEvery))) {
            return false;
        }
        outputsAt = now;
        return true;
    }

    /**
     * The second half, when the outputs have been gone through.
     *
     * @return how long it took; null when there was none or it failed
     */
    @Nullable Duration finish(Instant now) {
        Instant begun = begunAt;
        begunAt = null;
        if (begun == null) {
            return null;
        }
        Watch.SelfTests before = state;
        if (failure != null) {
            state =
                    new Watch.SelfTests(
                            before.passedAt(), before.passed(), before.failed() + 1, failure);
            return null;
        }
        state = new Watch.SelfTests(now, before.passed() + 1, before.failed(), null);
        return Duration.between(begun, now);
    }

    void close() {
        policy.close();
    }
}
