package dev.vigil.sensor.ds18b20;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.KernelDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DS18B20 that the kernel's w1_therm drives. Owned by its bus' thread, which each sample holds up
 * for the conversion: 750 ms. Read are the raw bytes, not the kernel's {@code temperature}: its
 * checksum, and what tells 85 degrees from the value at power-on, are only there.
 */
public final class Ds18b20 implements Sensor {
    public static final List<Measurand> MEASURANDS = List.of(Measurand.of(Quantity.TEMPERATURE));

    /** What it says before it has measured (data sheet, table 1, note). */
    public static final double POWER_ON_CELSIUS = 85;

    /** What the kernel shows of it. */
    public static final String ATTRIBUTE = "w1_slave";

    /** {@code 50 05 4b 46 7f ff 0c 10 1c : crc=1c YES}. */
    private static final Pattern BYTES =
            Pattern.compile("((?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (?:YES|NO)(?s:.*)");

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final KernelDevice device;
    private final Channels channels;
    private final Duration interval;

    public Ds18b20(KernelDevice device, Channels channels, Duration interval) {
        this.device = device;
        this.channels = channels;
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        String text = device.read(ATTRIBUTE);
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw new SensorFault(
                    "ds18b20 %s: '%s' is not nine bytes and their checksum"
                            .formatted(device.name(), text.lines().findFirst().orElse("")));
        }
        byte[] bytes = HEX.parseHex(matcher.group(1).strip());
        String problem = Scratchpad.problem(bytes);
        if (!problem.isEmpty()) {
            throw new SensorFault(
                    "ds18b20 %s: %s in %s"
                            .formatted(device.name(), problem, matcher.group(1).strip()));
        }
        Scratchpad read = Scratchpad.of(bytes);
        Quality quality = read.isPowerOnValue() ? Quality.BAD : Quality.GOOD;
        return channels.readings(now, quality, read.celsius());
    }
}
