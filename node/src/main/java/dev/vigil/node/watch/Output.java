package dev.vigil.node.watch;

import java.time.Instant;

/**
 * Something that makes people notice: a siren, a strobe, a relay.
 *
 * <ol>
 *   <li>Thread: the pipeline's, for every method. {@link #set} takes effect before it returns and
 *       must not block on anything slower than a register write.
 *   <li>{@link #prepare} comes first, and again about once a second: an output that isn't there is
 *       told before it is needed. {@link #set} is tried whether it succeeded or not.
 *   <li>An output is off until it is told otherwise. {@link #set} is called on changes only; it is
 *       never called with the state the output already has.
 *   <li>A failure to act is an {@link OutputFault}; the pipeline reports it and tries again on its
 *       next turn.
 * </ol>
 */
public interface Output extends AutoCloseable {
    String id();

    /** Readies it without switching anything, or says why it isn't ready, or no longer. */
    void prepare() throws OutputFault;

    /** Switches it; {@code why} names the incident, for the record. */
    void set(boolean on, Instant now, String why) throws OutputFault;

    /**
     * Called until it succeeds, once it is known after a start that nothing is to be on: for what
     * may still be on from a run before this one, which nobody could switch off.
     */
    default void rest(Instant now) throws OutputFault {}

    /** Lets go of it, in the state it is in. */
    @Override
    void close();
}
