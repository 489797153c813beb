package dev.vigil.policy;

/**
 * The light policy (src/test/fixtures/light.rs) in plain Java: what {@link MachineBench} compares
 * machines with. Owned by one thread.
 */
final class PlainLight {
    private static final int RING = 64;
    private static final int QUARTER = 16;
    private static final double LIMIT = 57;
    private static final double RELEASE = 52;
    private static final double RATE = 0.14;
    private static final double SIGMAS = 4;

    private static final class Sensor {
        private final long[] ts = new long[RING];
        private final double[] values = new double[RING];
        private double sum;
        private double squares;
        private int filled;
        private int next;
        private boolean hot;
    }

    private final Sensor[] sensors;

    PlainLight(int slots) {
        sensors = new Sensor[slots];
        for (int i = 0; i < slots; i++) {
            sensors[i] = new Sensor();
        }
    }

    /** How many hazards the readings raise or clear. */
    int process(int n, long[] ts, double[] values, int[] slots) {
        int hazards = 0;
        for (int i = 0; i < n; i++) {
            hazards += judge(sensors[slots[i]], ts[i], values[i]) ? 1 : 0;
        }
        return hazards;
    }

    private static double rate(Sensor s, int then, long ts, double value) {
        return (value - s.values[then]) * 1000.0 / (ts - s.ts[then]);
    }

    private static boolean judge(Sensor s, long ts, double value) {
        double n = Math.max(s.filled, 1);
        double mean = s.sum / n;
        double variance = s.squares / n - mean * mean;
        double off = value - mean;
        double whole = 0;
        double quarter = 0;
        int then = (s.next - QUARTER) & (RING - 1);
        if (s.filled == RING && ts > s.ts[then]) {
            whole = rate(s, s.next, ts, value);
            quarter = rate(s, then, ts, value);
        }
        int at = s.next;
        double old = s.values[at];
        s.sum += value - old;
        s.squares += value * value - old * old;
        s.ts[at] = ts;
        s.values[at] = value;
        s.next = (at + 1) & (RING - 1);
        if (s.filled < RING) {
            s.filled++;
        }
        boolean unusual = off > 0 && variance > 0 && off * off > SIGMAS * SIGMAS * variance;
        boolean rising = quarter >= RATE && whole >= RATE / 2;
        if (!s.hot && (value >= LIMIT || (rising && unusual))) {
            s.hot = true;
            return true;
        }
        if (s.hot && value < RELEASE && !rising) {
            s.hot = false;
            return true;
        }
        return false;
    }
}
