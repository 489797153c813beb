package dev.vigil.policy;

/**
 * Why a policy could not decide.
 *
 * @param detail names the policy, what it did and the rule it broke; for an operator's eyes
 */
public record PolicyFailure(Kind kind, String detail) {
    /** Outcomes of POLICY-ABI, 5.6. */
    public enum Kind {
        /** It touched memory outside of its own. */
        TRAP_OOB,
        /** A division by zero, or a result that no integer can hold. */
        TRAP_DIV,
        /** It gave up: {@code unreachable}, or the host's {@code abort}. */
        TRAP_UNREACHABLE,
        /** It nested its calls too deeply. */
        TRAP_STACK,
        /** It called through its table what is not there or of another type. */
        TRAP_INDIRECT,
        /** It used up its instructions. */
        FUEL,
        /** It ran too long by the clock: the only outcome that another run need not share. */
        DEADLINE,
        /** It called the host too often. */
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
