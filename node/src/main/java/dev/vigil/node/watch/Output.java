package dev.vigil.node.watch;

import java.time.Instant;

/**
 * Something that makes people notice: a siren, a strobe, a relay.
 *
 * <ol>
 *   <li>Thread: the pipeline's, for every method. {@link #set} takes effect before it returns and
 *       must not block on anything slower than a register write.
 *   <li>{@link #prepare} comes first, and again about once a second while it fails: an output that
 *       isn't there is told before it is needed. {@link #set} is tried whether it succeeded or not.
 *   <li>{@link #set} is called on changes only; it is never called with the state the output
 *       already has.
 *   <li>A failure to act is an {@link OutputFault}; the pipeline reports it and tries again on its
 *       next turn.
 * </ol>
 */
public interface Output extends AutoCloseable {
    String id();

    /** Readies it without switching anything; no harm when it is ready already. */
    void prepare() throws OutputFault;

    /** Switches it; {@code why} names the incident, for the record. */
    void set(boolean on, Instant now, String why) throws OutputFault;

    @Override
    void close();
}
