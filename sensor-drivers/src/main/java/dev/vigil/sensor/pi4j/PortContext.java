package dev.vigil.sensor.pi4j;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import dev.vigil.sensor.bus.linux.SystemCalls;

/**
 * Pi4J's context with digital inputs, digital outputs and I2C devices on Vigil's ports; nothing
 * else is detected. Stateless.
 *
 * <p>{@code bcm} of a configuration is the line's number on the chip, {@code bus} the number of the
 * adapter. An input's events are {@link EdgeEvent}s, with the kernel's time.
 */
public final class PortContext {
    private PortContext() {}

    /**
     * @param calls {@code Machine.calls()}; a test's in a test
     * @param gpioChip the label of the chip that digital inputs and outputs are on: {@code
     *     pinctrl-bcm2711}
     */
    public static Context open(SystemCalls calls, String gpioChip) {
        return Pi4J.newContextBuilder()
                .noAutoDetect()
                .disableShutdownHook()
                .add(
                        new PortInput.Provider(calls, gpioChip),
                        new PortOutput.Provider(calls, gpioChip),
                        new PortI2c.Provider(calls))
                .build();
    }
}
