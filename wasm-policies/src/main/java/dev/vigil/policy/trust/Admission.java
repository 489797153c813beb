package dev.vigil.policy.trust;

import java.util.Locale;

/**
 * Whether a node can afford a policy: {@code instructions a reading x nanoseconds an instruction x
 * readings a second} against what the node gives all policies together. Stateless.
 */
public final class Admission {
    private Admission() {}

    /**
     * What a policy costs here.
     *
     * @param fuelPerReading instructions: what it used of late when it runs, else what its golden
     *     readings take in a scratch instance
     * @param nanosPerFuel of the engine that will run it on this node, the least that was measured
     * @param readingsPerSecond of the channels it judges
     */
    public record Cost(double fuelPerReading, double nanosPerFuel, double readingsPerSecond) {
        public Cost {
            notNegative("fuelPerReading", fuelPerReading);
            notNegative("nanosPerFuel", nanosPerFuel);
            notNegative("readingsPerSecond", readingsPerSecond);
        }

        /** Of one processor core: 1 keeps it busy all the time. */
        public double share() {
            return fuelPerReading * nanosPerFuel * readingsPerSecond / 1e9;
        }
    }

    /**
     * @param share of one processor core that all policies of the node may take together
     * @param taken by the other policies that are armed
     */
    public record NodeBudget(double share, double taken) {
        public NodeBudget {
            notNegative("share", share);
            notNegative("taken", taken);
        }
    }

    /** What came of it; {@code message} has all the figures. */
    public sealed interface Answer {
        String message();
    }

    public record Admitted(double share, String message) implements Answer {}

    public record TooCostly(double share, String message) implements Answer {}

    public static Answer judge(String policy, Cost cost, NodeBudget budget) {
        double share = cost.share();
        String figures =
                String.format(
                        Locale.ROOT,
                        "%s: %.0f instructions a reading x %.2f ns x %.0f readings/s = %.2f %% of a core;"
                                + " other policies take %.2f %% of the node's %.2f %%",
                        policy,
                        cost.fuelPerReading(),
                        cost.nanosPerFuel(),
                        cost.readingsPerSecond(),
                        share * 100,
                        budget.taken() * 100,
                        budget.share() * 100);
        return share + budget.taken() <= budget.share()
                ? new Admitted(share, figures)
                : new TooCostly(share, figures);
    }

    private static void notNegative(String what, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a number from 0 on".formatted(what, value));
        }
    }
}
