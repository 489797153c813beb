package dev.vigil.sensor.pi4j;

import com.pi4j.context.Context;
import com.pi4j.exception.InitializeException;
import com.pi4j.exception.ShutdownException;
import com.pi4j.io.exception.IOException;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputBase;
import com.pi4j.io.gpio.digital.DigitalOutputConfig;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalOutputProviderBase;
import com.pi4j.io.gpio.digital.DigitalState;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioOutput;
import dev.vigil.sensor.bus.linux.LinuxGpioChip;
import dev.vigil.sensor.bus.linux.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * A digital output on a line, which has its initial state from the moment it is requested. Any
 * thread may set it: Pi4J's own blink on threads of theirs.
 */
final class PortOutput extends DigitalOutputBase {
    static final class Provider extends DigitalOutputProviderBase {
        private final SystemCalls calls;
        private final String label;

        Provider(SystemCalls calls, String label) {
            super("vigil-digital-output", "digital outputs of " + label);
            this.calls = calls;
            this.label = label;
        }

        @Override
        public DigitalOutput create(DigitalOutputConfig config) {
            PortOutput output = new PortOutput(this, config, calls, label);
            context().registry().add(output);
            return output;
        }
    }

    private final SystemCalls calls;
    private final String label;
    private @Nullable GpioChip chip;
    private @Nullable GpioOutput output;

    private PortOutput(
            DigitalOutputProvider provider,
            DigitalOutputConfig config,
            SystemCalls calls,
            String label) {
        super(provider, config);
        this.calls = calls;
        this.label = label;
    }

    @Override
    public synchronized DigitalOutput initialize(Context context) throws InitializeException {
        try {
            GpioChip opened = LinuxGpioChip.open(calls, label);
            chip = opened;
            output =
                    opened.output(
                            new GpioChip.OutputLine(
                                    Integer.toString(config.bcm()),
                                    false,
                                    GpioChip.Bias.AS_IS,
                                    config.initialState() == DigitalState.HIGH));
        } catch (BusFault fault) {
            giveBack();
            throw new InitializeException(fault);
        }
        return super.initialize(context);
    }

    @Override
    public synchronized DigitalOutput state(DigitalState newState) throws IOException {
        GpioOutput line = output;
        if (line == null) {
            throw new IOException("line %d of %s is given back".formatted(config.bcm(), label));
        }
        try {
            line.set(newState == DigitalState.HIGH);
        } catch (BusFault fault) {
            throw new IOException(fault);
        }
        return super.state(newState);
    }

    @Override
    public synchronized DigitalOutput shutdownInternal(Context context) throws ShutdownException {
        try {
            return super.shutdownInternal(context);
        } finally {
            giveBack();
        }
    }

    private void giveBack() {
        GpioOutput line = output;
        GpioChip opened = chip;
        output = null;
        chip = null;
        if (line != null) {
            line.close();
        }
        if (opened != null) {
            opened.close();
        }
    }
}
