package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import org.jspecify.annotations.Nullable;

/**
 * One input line, requested when it is first needed, and anew after a fault: its chip may have been
 * pulled and plugged in again. Owned by its bus' thread.
 */
public final class LinuxGpioLine implements GpioInput, AutoCloseable {
    private final SystemCalls calls;
    private final String label;
    private final GpioChip.InputLine line;
    private @Nullable GpioChip chip;
    private @Nullable GpioInput input;

    /**
     * Opens nothing yet.
     *
     * @param label of the chip
     */
    public LinuxGpioLine(SystemCalls calls, String label, GpioChip.InputLine line) {
        this.calls = calls;
        this.label = label;
        this.line = line;
    }

    @Override
    public boolean active() throws BusFault {
        try {
            return requested().active();
        } catch (BusFault fault) {
            close();
            throw fault;
        }
    }

    @Override
    public Edges edges() throws BusFault {
        try {
            return requested().edges();
        } catch (BusFault fault) {
            close();
            throw fault;
        }
    }

    private GpioInput requested() throws BusFault {
        GpioInput known = input;
        if (known == null) {
            GpioChip opened = LinuxGpioChip.open(calls, label);
            chip = opened;
            known = opened.input(line);
            input = known;
        }
        return known;
    }

    @Override
    public void close() {
        GpioChip open = chip;
        chip = null;
        input = null;
        if (open != null) {
            open.close();
        }
    }
}
