package dev.vigil.node.devices;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;

/** Where GPIO chips come from: this machine, or a test. */
@FunctionalInterface
public interface GpioChips {
    /**
     * Opens the chip with this label; whoever asked closes it.
     *
     * @throws BusFault GONE when there is none
     */
    GpioChip open(String label) throws BusFault;
}
