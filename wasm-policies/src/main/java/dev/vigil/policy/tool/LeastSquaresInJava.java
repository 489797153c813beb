package dev.vigil.policy.tool;

import dev.vigil.policy.Hazard;
import java.util.ArrayList;
import java.util.List;

/** The sample policy of wasm-policies/sdk/samples/least-squares, with its default settings. */
final class LeastSquaresInJava implements PlainJava {
    private static final int RISE = 1;
    private static final double RISE_LIMIT = 8;
    private static final double CALM_LIMIT = 2;

    private final List<JavaRing> rings = new ArrayList<>();
    private final boolean[] raised;

    LeastSquaresInJava(int slots) {
        raised = new boolean[slots];
        for (int slot = 0; slot < slots; slot++) {
            rings.add(new JavaRing());
        }
    }

    @Override
    public void judge(int slot, long ts, double value, Findings findings) {
        JavaRing ring = rings.get(slot);
        ring.push(ts, value);
        double slope = slope(ring);
        if (!raised[slot] && ring.isFull() && slope >= RISE_LIMIT) {
            raised[slot] = true;
            findings.found(slot, Hazard.Change.RAISE, RISE, slope, value, RISE_LIMIT);
        } else if (raised[slot] && slope < CALM_LIMIT) {
            raised[slot] = false;
            findings.found(slot, Hazard.Change.CLEAR, RISE, slope, value, CALM_LIMIT);
        }
    }

    private static double slope(JavaRing ring) {
        long firstTs = ring.ts(0);
        double firstValue = ring.value(0);
        double n = ring.length();
        double st = 0;
        double sv = 0;
        double stt = 0;
        double stv = 0;
        for (int k = 0; k < ring.length(); k++) {
            double t = ring.ts(k) - firstTs;
            double v = ring.value(k) - firstValue;
            st += t;
            sv += v;
            stt += t * t;
            stv += t * v;
        }
        double spread = n * stt - st * st;
        return spread > 0 ? (n * stv - st * sv) / spread * 60_000.0 : 0;
    }
}
