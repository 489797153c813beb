package dev.vigil.policy;

import java.util.List;
import java.util.Optional;

/** What one policy says of one batch. */
public sealed interface Verdict {
    /** Nothing changed: no hazard was raised, updated or cleared. */
    record Normal() implements Verdict {}

    /** Hazards were raised, updated or cleared; never empty. */
    record Hazardous(List<Hazard> hazards) implements Verdict {
        public Hazardous {
            hazards = List.copyOf(hazards);
            if (hazards.isEmpty()) {
                throw new IllegalArgumentException("Hazardous without a hazard: that is Normal");
            }
        }
    }

    /**
     * The policy failed on this batch: nothing it may have written counts.
     *
     * @param standIn what the built-in rule says of the same batch in its place
     * @param missing what has gone missing from its state with this: to be recorded, so that a
     *     replay ends with the same state
     */
    record Undecided(PolicyFailure failure, List<Hazard> standIn, Optional<PolicyGap> missing)
            implements Verdict {
        public Undecided {
            standIn = List.copyOf(standIn);
        }
    }
}
