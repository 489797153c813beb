package dev.vigil.sensor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Something that yields readings when asked: the contract of every driver.
 *
 * <ol>
 *   <li>Life cycle: constructed ready to use; {@link #sample} any number of times; {@link #close}
 *       once. Both may block on the bus.
 *   <li>Thread: one thread owns a sensor from construction to close (the thread of its bus). It
 *       needs no locks.
 *   <li>Time: {@code now} is the only clock. A sensor never sleeps; what must wait is remembered
 *       and answered by a later call.
 *   <li>Result: zero or more readings, in order of time, each of one of {@link #channels}. An empty
 *       list means "nothing new", not a fault.
 *   <li>Faults: {@link SensorFault} for this sample; the next call tries anew. Nothing else is
 *       thrown for what hardware does. A value that was read but can't be believed is a reading of
 *       {@link Quality#BAD}.
 * </ol>
 */
public interface Sensor extends AutoCloseable {
    /** The channels this sensor yields, fixed for its life. */
    List<SensorChannel> channels();

    /** How often it wants to be asked. */
    Duration interval();

    List<Reading> sample(Instant now) throws SensorFault;

    /** Gives back what it has opened itself; its bus isn't, and stays open for others. */
    @Override
    default void close() {}
}
