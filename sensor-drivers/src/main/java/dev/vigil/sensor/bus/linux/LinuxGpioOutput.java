package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioOutput;

/** An output line. Owned by one thread. */
final class LinuxGpioOutput implements GpioOutput {
    private final SystemCalls calls;
    private final String name;
    private final int descriptor;
    private final Memory values;
    private boolean closed;

    LinuxGpioOutput(SystemCalls calls, String name, int descriptor) {
        this.calls = calls;
        this.name = name;
        this.descriptor = descriptor;
        this.values = calls.allocate(GpioStructs.VALUES_BYTES);
    }

    @Override
    public void set(boolean active) throws BusFault {
        GpioStructs.value(values.bytes(), active);
        int result = calls.ioctl(descriptor, GpioStructs.SET_VALUES, values.address());
        if (result < 0) {
            throw LinuxGpioChip.fault(name, "driving it " + (active ? "on" : "off"), -result);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(descriptor);
            calls.free(values);
        }
    }
}
