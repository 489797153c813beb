package dev.vigil.policy.tool;

import dev.vigil.policy.Hazard;
import java.util.ArrayList;
import java.util.List;

/** The sample policy of wasm-policies/sdk/samples/light, with its default settings. */
final class LightInJava implements PlainJava {
    private static final int HIGH = 1;
    private static final int RISE = 2;
    private static final int UNUSUAL = 3;
    private static final double SIGMA_MIN = 0.1;

    private static final double HIGH_LIMIT = 60;
    private static final double LOW_LIMIT = 50;
    private static final double RISE_LIMIT = 8;
    private static final double SIGMAS_LIMIT = 6;

    private final List<JavaRing> rings = new ArrayList<>();
    private final int[] raised;

    LightInJava(int slots) {
        raised = new int[slots];
        for (int slot = 0; slot < slots; slot++) {
            rings.add(new JavaRing());
        }
    }

    @Override
    public void judge(int slot, long ts, double value, Findings findings) {
        JavaRing ring = rings.get(slot);
        double noise = ring.sigma();
        double sigma = noise > SIGMA_MIN ? noise : SIGMA_MIN;
        double away = (value - ring.mean()) / sigma;
        boolean unusual = ring.isFull() && away >= SIGMAS_LIMIT;
        ring.push(ts, value);
        double rate = ring.isFull() ? ring.ratePerMinute() : 0;
        if (raised[slot] == 0) {
            if (value >= HIGH_LIMIT) {
                raised[slot] = HIGH;
                findings.found(slot, Hazard.Change.RAISE, HIGH, value, value, HIGH_LIMIT);
            } else if (rate >= RISE_LIMIT) {
                raised[slot] = RISE;
                findings.found(slot, Hazard.Change.RAISE, RISE, rate, value, RISE_LIMIT);
            } else if (unusual) {
                raised[slot] = UNUSUAL;
                findings.found(slot, Hazard.Change.RAISE, UNUSUAL, away, value, SIGMAS_LIMIT);
            }
        } else if (value <= LOW_LIMIT && rate < RISE_LIMIT && !unusual) {
            findings.found(slot, Hazard.Change.CLEAR, raised[slot], ring.mean(), value, LOW_LIMIT);
            raised[slot] = 0;
        }
    }
}
