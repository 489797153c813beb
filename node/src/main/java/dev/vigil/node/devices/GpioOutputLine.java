package dev.vigil.node.devices;

import dev.vigil.node.watch.Output;
import dev.vigil.node.watch.OutputFault;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioOutput;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A siren, strobe or relay on a GPIO line. Owned by the pipeline's thread.
 *
 * <p>What it is, and when: off from the moment the node takes the line (a start sounds nothing), on
 * and off as told. While nobody has the line - before a start, after a stop, after a crash - it is
 * what the board makes of it, or the pull that the site asks its chip for; {@link #prepare}
 * compares that with what the site declares, because a pull resistor that is missing would else
 * show in a crash.
 */
public final class GpioOutputLine implements Output {
    private final String id;
    private final String label;
    private final GpioChip.OutputLine line;
    private final boolean whenReleased;
    private final GpioChips chips;
    private @Nullable GpioChip chip;
    private @Nullable GpioOutput output;
    private boolean foundReleased;
    private boolean keepsReleased;

    /**
     * Opens nothing yet.
     *
     * @param label of the chip
     * @param whenReleased what the site says the board makes of the line when nobody drives it
     */
    public GpioOutputLine(
            String id,
            String label,
            GpioChip.OutputLine line,
            boolean whenReleased,
            GpioChips chips) {
        this.id = id;
        this.label = label;
        this.line = line;
        this.whenReleased = whenReleased;
        this.chips = chips;
        this.foundReleased = whenReleased;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void prepare() throws OutputFault {
        try {
            open();
        } catch (BusFault e) {
            throw fault("can't be readied", e);
        }
        if (foundReleased != whenReleased) {
            throw new OutputFault(
                    "output %s: its line is %s when nobody drives it, the site says when-released: %s; mend the pull resistor or the site"
                            .formatted(id, word(foundReleased), word(whenReleased)));
        }
        if (keepsReleased) {
            throw new OutputFault(
                    "output %s: the kernel would leave its line as it is in a crash (persist_gpio_outputs), the site says when-released: %s; on a Raspberry Pi put dtparam=strict_gpiod into config.txt"
                            .formatted(id, word(whenReleased)));
        }
    }

    @Override
    public void set(boolean on, Instant now, String why) throws OutputFault {
        try {
            open().set(on);
        } catch (BusFault e) {
            close();
            throw fault("could not be switched " + word(on), e);
        }
    }

    @Override
    public void close() {
        GpioOutput line = output;
        output = null;
        if (line != null) {
            line.close();
        }
        GpioChip open = chip;
        chip = null;
        if (open != null) {
            open.close();
        }
    }

    private GpioOutput open() throws BusFault {
        GpioOutput there = output;
        if (there != null) {
            return there;
        }
        GpioChip open = chips.open(label);
        boolean ready = false;
        try {
            foundReleased = open.released(line);
            keepsReleased = open.keepsReleased();
            GpioOutput opened = open.output(line);
            chip = open;
            output = opened;
            ready = true;
            return opened;
        } finally {
            if (!ready) {
                open.close();
            }
        }
    }

    private OutputFault fault(String what, BusFault cause) {
        return new OutputFault("output %s %s: %s".formatted(id, what, cause.getMessage()), cause);
    }

    private static String word(boolean on) {
        return on ? "on" : "off";
    }
}
