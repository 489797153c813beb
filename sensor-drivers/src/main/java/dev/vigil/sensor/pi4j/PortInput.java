package dev.vigil.sensor.pi4j;

import com.pi4j.context.Context;
import com.pi4j.exception.InitializeException;
import com.pi4j.exception.ShutdownException;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalInputBase;
import com.pi4j.io.gpio.digital.DigitalInputConfig;
import com.pi4j.io.gpio.digital.DigitalInputProvider;
import com.pi4j.io.gpio.digital.DigitalInputProviderBase;
import com.pi4j.io.gpio.digital.DigitalState;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import dev.vigil.sensor.bus.linux.LinuxGpioChip;
import dev.vigil.sensor.bus.linux.SystemCalls;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A digital input on a line. It has a thread of its own, which owns the line and tells listeners;
 * the state is anybody's. A chip that disappears makes the state UNKNOWN for good.
 */
final class PortInput extends DigitalInputBase {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

    static final class Provider extends DigitalInputProviderBase {
        private final SystemCalls calls;
        private final String label;

        Provider(SystemCalls calls, String label) {
            super("vigil-digital-input", "digital inputs of " + label);
            this.calls = calls;
            this.label = label;
        }

        @Override
        public DigitalInput create(DigitalInputConfig config) {
            PortInput input = new PortInput(this, config, calls, label);
            context().registry().add(input);
            return input;
        }
    }

    private final SystemCalls calls;
    private final String label;
    private volatile DigitalState state = DigitalState.UNKNOWN;
    private volatile boolean stopping;
    private Thread thread = Thread.ofPlatform().unstarted(() -> {});

    private PortInput(
            DigitalInputProvider provider,
            DigitalInputConfig config,
            SystemCalls calls,
            String label) {
        super(provider, config);
        this.calls = calls;
        this.label = label;
    }

    @Override
    public DigitalInput initialize(Context context) throws InitializeException {
        super.initialize(context);
        try {
            begin(LinuxGpioChip.open(calls, label));
        } catch (BusFault fault) {
            throw new InitializeException(fault);
        }
        return this;
    }

    /**
     * From then on the thread has the chip, and gives it back; if it does not come to that, this.
     */
    private void begin(GpioChip chip) throws BusFault {
        boolean watched = false;
        try {
            GpioInput input =
                    chip.input(
                            new GpioChip.InputLine(
                                    Integer.toString(config.bcm()),
                                    false,
                                    bias(),
                                    Duration.of(config.debounce(), ChronoUnit.MICROS)));
            state = state(input.active());
            thread =
                    Thread.ofPlatform()
                            .daemon(true)
                            .name("pi4j-" + label + "-" + config.bcm())
                            .start(() -> watch(chip, input));
            watched = true;
        } finally {
            if (!watched) {
                chip.close();
            }
        }
    }

    private GpioChip.Bias bias() {
        return switch (config.pull()) {
            case OFF -> GpioChip.Bias.AS_IS;
            case PULL_DOWN -> GpioChip.Bias.PULL_DOWN;
            case PULL_UP -> GpioChip.Bias.PULL_UP;
        };
    }

    private void watch(GpioChip chip, GpioInput input) {
        try (chip) {
            while (!stopping) {
                chip.await(LOOK);
                GpioInput.Edges edges = input.edges();
                long lost = edges.lost();
                for (GpioInput.Edge edge : edges.list()) {
                    tell(state(edge.active()), edge.kernelNanos(), lost);
                    lost = 0;
                }
                if (edges.lost() > 0 && state != state(edges.active())) {
                    tell(state(edges.active()), System.nanoTime(), lost);
                }
                if (edges.list().isEmpty()) {
                    LockSupport.parkNanos(this, REST_NANOS);
                }
            }
        } catch (BusFault _) {
            tell(DigitalState.UNKNOWN, System.nanoTime(), 0);
        }
    }

    private void tell(DigitalState newState, long kernelNanos, long lost) {
        state = newState;
        dispatch(new EdgeEvent(this, newState, kernelNanos, lost));
    }

    private static DigitalState state(boolean active) {
        return active ? DigitalState.HIGH : DigitalState.LOW;
    }

    @Override
    public DigitalState state() {
        return state;
    }

    @Override
    public DigitalInput shutdownInternal(Context context) throws ShutdownException {
        stopping = true;
        try {
            thread.join(CLOSE_WAIT_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return super.shutdownInternal(context);
    }
}
