package dev.vigil.sensor.pulse;

/** The pulses of the last so many windows. Owned by its counter's thread. */
final class PulseSum {
    private final long[] pulses;
    private final boolean[] whole;
    private int next;
    private int filled;
    private int broken;
    private long sum;

    PulseSum(int windows) {
        pulses = new long[windows];
        whole = new boolean[windows];
    }

    void add(long count, boolean isWhole) {
        if (filled == pulses.length) {
            sum -= pulses[next];
            broken -= whole[next] ? 0 : 1;
        } else {
            filled++;
        }
        pulses[next] = count;
        whole[next] = isWhole;
        sum += count;
        broken += isWhole ? 0 : 1;
        next = (next + 1) % pulses.length;
    }

    /** Nobody counted for so many windows. */
    void skip(long windows) {
        for (long i = 0; i < Math.min(windows, pulses.length); i++) {
            add(0, false);
        }
    }

    long pulses() {
        return sum;
    }

    /** It reaches back for its whole time, and no edge of it was lost. */
    boolean isWhole() {
        return filled == pulses.length && broken == 0;
    }
}
