package dev.vigil.policy.machine;

/**
 * The fuel of one instance. Owned by the thread that calls the instance, and not to be touched
 * while a call runs.
 */
public interface Meter {
    /** Sets what the calls from now on may use up together; what was left is forgotten. */
    void refill(long fuel);

    /** What is left; below 0 after a call that was stopped for want of fuel. */
    long left();
}
