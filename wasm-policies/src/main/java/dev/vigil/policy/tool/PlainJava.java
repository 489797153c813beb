package dev.vigil.policy.tool;

import dev.vigil.policy.Hazard;

/** A sample policy written in Java, to compare modules with. Owned by the thread that calls it. */
interface PlainJava {
    /** Judges one reading of a channel, numbered from 0. */
    void judge(int slot, long ts, double value, Findings findings);

    /** Takes what a policy finds, as the ABI's hazard record has it. */
    interface Findings {
        void found(
                int slot, Hazard.Change change, int code, double score, double value, double limit);
    }
}
