package dev.vigil.policy;

import java.io.Serial;

/**
 * A policy can't be used: the message names the policy, its module, what was found and the rule it
 * breaks.
 */
public final class PolicyUnloadable extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final String policy;

    public PolicyUnloadable(String policy, String message) {
        super(message);
        this.policy = policy;
    }

    /** Id of the {@link PolicySpec}. */
    public String policy() {
        return policy;
    }
}
