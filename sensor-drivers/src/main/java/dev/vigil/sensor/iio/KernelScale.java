package dev.vigil.sensor.iio;

import dev.vigil.sensor.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's numbers mean: the units of Documentation/ABI/testing/sysfs-bus-iio and
 * sysfs-class-hwmon. Immutable.
 *
 * @param value the file with the number
 * @param scale the file with its factor; empty when the number is in the kernel's unit already
 * @param offset the file with what is added before; empty for none
 * @param times from the kernel's unit to the quantity's
 */
record KernelScale(
        Quantity quantity,
        String value,
        Optional<String> scale,
        Optional<String> offset,
        double times) {
    private record Unit(Quantity quantity, double times) {}

    /** IIO: milli degrees, milli percent, kilopascal, m/s2, millivolt, milliampere, percent. */
    private static final Map<String, Unit> IIO =
            Map.of(
                    "temp", new Unit(Quantity.TEMPERATURE, 1e-3),
                    "humidityrelative", new Unit(Quantity.HUMIDITY, 1e-3),
                    "pressure", new Unit(Quantity.PRESSURE, 1e3),
                    "accel", new Unit(Quantity.ACCELERATION, 1),
                    "voltage", new Unit(Quantity.VOLTAGE, 1e-3),
                    "current", new Unit(Quantity.CURRENT, 1e-3),
                    "concentration", new Unit(Quantity.CARBON_DIOXIDE, 1e-2));

    /** Hwmon: milli degrees, milli percent, millivolt, milliampere. */
    private static final Map<String, Unit> HWMON =
            Map.of(
                    "temp", new Unit(Quantity.TEMPERATURE, 1e-3),
                    "humidity", new Unit(Quantity.HUMIDITY, 1e-3),
                    "in", new Unit(Quantity.VOLTAGE, 1e-3),
                    "curr", new Unit(Quantity.CURRENT, 1e-3));

    private static final Pattern IIO_FILE =
            Pattern.compile("in_([a-z]+)(\\d*)((?:_[a-z0-9]+)?)_(raw|input)");
    private static final Pattern HWMON_FILE = Pattern.compile("([a-z]+)\\d+_input");

    /**
     * What a file is, among the others of its device: {@code in_temp_raw} needs {@code
     * in_temp_scale}. Empty when it is none that is known here.
     */
    static Optional<KernelScale> of(String file, List<String> files) {
        Matcher hwmon = HWMON_FILE.matcher(file);
        if (hwmon.matches() && HWMON.containsKey(hwmon.group(1))) {
            Unit unit = HWMON.get(hwmon.group(1));
            return Optional.of(
                    new KernelScale(
                            unit.quantity, file, Optional.empty(), Optional.empty(), unit.times));
        }
        Matcher iio = IIO_FILE.matcher(file);
        if (!iio.matches() || !IIO.containsKey(iio.group(1)) || !isKnown(iio)) {
            return Optional.empty();
        }
        Unit unit = IIO.get(iio.group(1));
        if (iio.group(4).equals("input")) {
            return Optional.of(
                    new KernelScale(
                            unit.quantity, file, Optional.empty(), Optional.empty(), unit.times));
        }
        return Optional.of(
                new KernelScale(
                        unit.quantity,
                        file,
                        companion(iio, "scale", files),
                        companion(iio, "offset", files),
                        unit.times));
    }

    /** Of the concentrations only carbon dioxide is a quantity here. */
    private static boolean isKnown(Matcher iio) {
        return !iio.group(1).equals("concentration") || iio.group(3).equals("_co2");
    }

    /** The file of this channel, or the one that all channels of its type share. */
    private static Optional<String> companion(Matcher iio, String what, List<String> files) {
        String type = "in_" + iio.group(1);
        for (String name :
                List.of(
                        type + iio.group(2) + iio.group(3) + "_" + what,
                        type + iio.group(2) + "_" + what,
                        type + "_" + what)) {
            if (files.contains(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** (number + offset) x scale, as the kernel has it, in the quantity's unit. */
    double apply(double number, double scaleFactor, double offsetTerm) {
        return (number + offsetTerm) * scaleFactor * times;
    }
}
