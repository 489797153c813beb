package dev.vigil.node.watch;

/**
 * One pass of a loop that somebody else drives: a thread of the node, or a test with its own clock.
 */
@FunctionalInterface
public interface Turn {
    /** Does what there is to do now and returns how much it was: 0 means "wait for something". */
    int turn(java.time.Instant now);
}
