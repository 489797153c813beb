package dev.vigil.policy;

/**
 * Why a policy could not decide.
 *
 * @param detail names the policy, what it did and the rule it broke; for an operator's eyes
 */
public record PolicyFailure(Kind kind, String detail) {
    /** Outcomes of POLICY-ABI, 5.6. */
    public enum Kind {
        TRAP,
        STACK,
        FUEL,
        DEADLINE,
        HOST_CALLS,
        /**
         * An answer that breaks the ABI: an unknown slot, an undeclared code, a value that is not
         * finite.
         */
        PROTOCOL,
        /** The policy itself answered with an error code. */
        ERROR_CODE,
        /** It could not be loaded at all. */
        UNLOADABLE
    }
}
