package dev.vigil.sensor.iio;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.KernelDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a device that a kernel driver measures: any of IIO's or hwmon's hundreds. Owned by
 * its bus' thread. Scale and offset are read once, and again after a fault: the device may be
 * another then.
 */
public final class KernelChannel implements Sensor {
    /**
     * A file that can be a channel.
     *
     * @param file {@code in_temp_raw}
     */
    public record Offer(String file, Quantity quantity) {}

    private record Known(KernelScale scale, double factor, double offset) {}

    private final KernelDevice device;
    private final String file;
    private final SensorChannel channel;
    private final Duration interval;
    private @Nullable Known known;

    /**
     * @param file {@code in_temp_raw}, {@code in_voltage0_raw}, {@code temp1_input}
     */
    public KernelChannel(
            KernelDevice device, String file, SensorChannel channel, Duration interval) {
        this.device = device;
        this.file = file;
        this.channel = channel;
        this.interval = interval;
    }

    /** The files of a device that can be channels. */
    public static List<Offer> offers(KernelDevice device) throws SensorFault {
        List<String> files = device.attributes();
        List<Offer> offers = new ArrayList<>();
        for (String name : files) {
            KernelScale.of(name, files)
                    .ifPresent(scale -> offers.add(new Offer(name, scale.quantity())));
        }
        return offers;
    }

    @Override
    public List<SensorChannel> channels() {
        return List.of(channel);
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        Known before = known;
        known = null; // until all has gone well
        Known meaning = before == null ? meaning() : before;
        double value = meaning.scale.apply(number(device, file), meaning.factor, meaning.offset);
        if (!Double.isFinite(value)) {
            throw fault("is %s".formatted(value));
        }
        known = meaning;
        return List.of(new Reading(channel, value, Quality.GOOD, now));
    }

    private Known meaning() throws SensorFault {
        List<String> files = device.attributes();
        Optional<KernelScale> scale = KernelScale.of(file, files);
        if (!files.contains(file) || scale.isEmpty()) {
            throw fault("is not there or of no known kind; there are " + files);
        }
        if (scale.get().quantity() != channel.quantity()) {
            throw fault(
                    "is a %s, channel %s a %s"
                            .formatted(
                                    scale.get().quantity().senmlName(),
                                    channel.id(),
                                    channel.quantity().senmlName()));
        }
        Optional<String> factor = scale.get().scale();
        Optional<String> offset = scale.get().offset();
        return new Known(
                scale.get(),
                factor.isEmpty() ? 1 : number(device, factor.get()),
                offset.isEmpty() ? 0 : number(device, offset.get()));
    }

    /** What a file of it says. */
    static double number(KernelDevice device, String name) throws SensorFault {
        String text = device.read(name).strip();
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new SensorFault(
                    "%s of %s: '%s' is no number".formatted(name, device.name(), text), e);
        }
    }

    private SensorFault fault(String what) {
        return new SensorFault("%s of %s: %s".formatted(file, device.name(), what));
    }
}
