package dev.vigil.policy.tool;

/** The SDK's Ring in Java, operation by operation, so that results are equal bit for bit. */
final class JavaRing {
    static final int SIZE = 64;

    private final long[] ts = new long[SIZE];
    private final double[] values = new double[SIZE];
    private int next;
    private int filled;
    private double sum;
    private double squares;

    void push(long at, double given) {
        double value = given > 1e9 ? 1e9 : given < -1e9 ? -1e9 : given;
        if (filled == SIZE) {
            double old = values[next];
            sum -= old;
            squares -= old * old;
        } else {
            filled++;
        }
        ts[next] = at;
        values[next] = value;
        sum += value;
        squares += value * value;
        next++;
        if (next == SIZE) {
            next = 0;
            sum = 0;
            squares = 0;
            for (double each : values) {
                sum += each;
                squares += each * each;
            }
        }
    }

    int length() {
        return filled;
    }

    boolean isFull() {
        return filled == SIZE;
    }

    private int index(int k) {
        return (next + SIZE - filled + k) % SIZE;
    }

    /** Time of the k-th oldest reading. */
    long ts(int k) {
        return ts[index(k)];
    }

    /** Value of the k-th oldest reading. */
    double value(int k) {
        return values[index(k)];
    }

    double ratePerMinute() {
        if (filled < 2) {
            return 0;
        }
        int newest = index(filled - 1);
        int oldest = index(0);
        long span = ts[newest] - ts[oldest];
        return span <= 0 ? 0 : (values[newest] - values[oldest]) * 60_000.0 / span;
    }

    double mean() {
        return filled == 0 ? 0 : sum / filled;
    }

    double sigma() {
        if (filled == 0) {
            return 0;
        }
        double n = filled;
        double mean = sum / n;
        double variance = squares / n - mean * mean;
        return variance > 0 ? Math.sqrt(variance) : 0;
    }
}
