package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.time.Duration;

/**
 * A GPIO chip, found by its label: numbers change between kernels. Owned by one thread, with the
 * inputs that were requested from it; outputs may be another thread's.
 */
public interface GpioChip extends AutoCloseable {
    /** {@code pinctrl-bcm2711}, {@code gpio-sim.0-node0}. */
    String label();

    /**
     * Requests a line as an input whose edges are reported.
     *
     * @throws BusFault REFUSED when somebody else has the line
     */
    GpioInput input(InputLine line) throws BusFault;

    /** Requests a line as an output. From now on it has the level {@code line} says. */
    GpioOutput output(OutputLine line) throws BusFault;

    /**
     * What a line is while nobody drives it: asked as a mere input with its bias, and given back at
     * once. That is what its board makes of it after the node ended and when it crashed, and, but
     * for the bias, before it starts.
     *
     * @throws BusFault REFUSED when somebody has the line
     */
    boolean released(OutputLine line) throws BusFault;

    /**
     * True when the kernel leaves an output driven as it was when whoever had it is gone, so that
     * {@link #released} does not tell what a crash makes of it.
     */
    boolean keepsReleased();

    /**
     * Waits until an input of this chip has edges, or {@code wait} is over, or for no reason.
     *
     * @throws BusFault GONE when the chip has disappeared
     */
    void await(Duration wait) throws BusFault;

    /** Gives back all its lines. What an output does then is the board's matter. */
    @Override
    void close();

    /** What the board does to a line nobody drives. */
    enum Bias {
        /** As the kernel or the board's description has set it. */
        AS_IS,
        PULL_UP,
        PULL_DOWN,
        NONE
    }

    /**
     * An input.
     *
     * @param line its number on the chip, or the name the board gave it ({@code GPIO17})
     * @param activeLow active when the electrical level is low: a contact to ground
     * @param debounce the kernel reports a change only when it has lasted so long; zero for none
     */
    record InputLine(String line, boolean activeLow, Bias bias, Duration debounce) {
        public InputLine {
            if (debounce.isNegative() || debounce.compareTo(DEBOUNCE_MAX) > 0) {
                throw new IllegalArgumentException(
                        "debounce %s of line %s: must be 0 to %s"
                                .formatted(debounce, line, DEBOUNCE_MAX));
            }
        }

        /** The kernel's counter is 32 bits of microseconds. */
        public static final Duration DEBOUNCE_MAX = Duration.ofMinutes(1);
    }

    /**
     * An output.
     *
     * @param line as of {@link InputLine}
     * @param activeLow active is the low level
     * @param bias what pulls it while nobody drives it. Chips keep it when the line is given back;
     *     one that can't pull ignores it, without a word
     * @param active what it is from the moment it is requested
     */
    record OutputLine(String line, boolean activeLow, Bias bias, boolean active) {}
}
