package dev.vigil.sensor.iio;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.ScanLayout;
import dev.vigil.sensor.motion.Motion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An accelerometer that a kernel driver measures by itself, of one axis or three; a sample takes
 * all that has come since the last one. Owned by its bus' thread. A reading's time is the kernel's
 * of the last scan.
 */
public final class KernelMotion extends ChipSensor {
    public static final List<Measurand> MEASURANDS = Motion.MEASURANDS;

    /** A device that gives nothing for so long does not measure. */
    public static final Duration SILENT_MAX = Duration.ofSeconds(5);

    private static final List<String> AXES = List.of("in_accel_x", "in_accel_y", "in_accel_z");

    /** In {@link Motion#values}: both tilts need all axes. */
    private static final int TILT_X = 3;

    private static final int TILT_Y = 4;

    /** The kernel's time is told when it is this machine's, not that of a clock it set itself. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);

    private record Axis(
            int number,
            ScanLayout.Element element,
            KernelScale scale,
            double factor,
            double offset) {
        double value(ByteBuffer scans, int scan) {
            long number = element.type().value(scans, scan + element.offset());
            return scale.apply((double) number, factor, offset);
        }
    }

    private final SampledDevice device;
    private final double[] window = new double[AXES.size() * SampledDevice.CAPACITY];
    private List<Axis> axes = List.of();
    private ScanLayout layout = ScanLayout.of(List.of());
    private ScanLayout.@Nullable Element time;
    private Instant heardAt = Instant.EPOCH;

    public KernelMotion(SampledDevice device, Channels channels, Duration interval) {
        super(channels, interval);
        this.device = device;
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        layout = device.start(AXES);
        List<String> files = device.attributes();
        List<Axis> found = new ArrayList<>();
        for (int number = 0; number < AXES.size(); number++) {
            Optional<ScanLayout.Element> element = layout.element(AXES.get(number));
            if (element.isPresent()) {
                found.add(axis(number, element.get(), files));
            }
        }
        axes = found;
        time = layout.element(SampledDevice.TIME).orElse(null);
        heardAt = now;
    }

    private Axis axis(int number, ScanLayout.Element element, List<String> files)
            throws SensorFault {
        KernelScale scale =
                KernelScale.of(element.name() + "_raw", files)
                        .orElseThrow(() -> new IllegalStateException(element + " has no scale"));
        Optional<String> factor = scale.scale();
        Optional<String> offset = scale.offset();
        return new Axis(
                number,
                element,
                scale,
                factor.isEmpty() ? 1 : KernelChannel.number(device, factor.get()),
                offset.isEmpty() ? 0 : KernelChannel.number(device, offset.get()));
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        ByteBuffer scans = device.scans();
        int count = scans.remaining() / layout.bytes();
        if (count == 0) {
            if (now.isAfter(heardAt.plus(SILENT_MAX))) {
                throw fault(
                        "has measured nothing for more than %d s: its trigger does not run"
                                .formatted(SILENT_MAX.toSeconds()));
            }
            return List.of();
        }
        heardAt = now;
        if (count >= SampledDevice.CAPACITY) {
            throw fault(
                    "has measured %d times or more since it was read, more than the kernel keeps: some are lost; shorten 'every'"
                            .formatted(count));
        }
        for (int scan = 0; scan < count; scan++) {
            for (Axis axis : axes) {
                window[AXES.size() * scan + axis.number] = axis.value(scans, scan * layout.bytes());
            }
        }
        double[] values = Motion.of(window, count, 1).values();
        if (axes.size() < AXES.size()) {
            withoutMissingAxes(values);
        }
        return readings(takenAt(scans, count, now), Quality.GOOD, values);
    }

    private void withoutMissingAxes(double[] values) {
        for (int number = 0; number < AXES.size(); number++) {
            int missing = number;
            if (axes.stream().noneMatch(axis -> axis.number == missing)) {
                values[number] = Double.NaN;
            }
        }
        values[TILT_X] = Double.NaN;
        values[TILT_Y] = Double.NaN;
    }

    private Instant takenAt(ByteBuffer scans, int count, Instant now) {
        ScanLayout.Element element = time;
        if (element == null) {
            return now;
        }
        long nanos = element.type().value(scans, (count - 1) * layout.bytes() + element.offset());
        Instant at = Instant.EPOCH.plusNanos(nanos);
        return Duration.between(at, now).abs().compareTo(CLOCKS_APART_MAX) > 0 ? now : at;
    }

    private SensorFault fault(String what) {
        return new SensorFault("IIO device '%s' %s".formatted(device.name(), what));
    }
}
