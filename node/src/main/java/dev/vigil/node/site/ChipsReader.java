package dev.vigil.node.site;

import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.ads1115.Ads1115;
import dev.vigil.sensor.driver.I2cDriver;
import dev.vigil.sensor.driver.I2cDrivers;
import dev.vigil.sensor.ds18b20.Ds18b20;
import dev.vigil.sensor.iio.KernelMotion;
import dev.vigil.sensor.ina219.Ina219;
import dev.vigil.sensor.ina219.Ina219Scale;
import dev.vigil.sensor.max31865.Max31865;
import dev.vigil.sensor.plausibility.Bounds;
import dev.vigil.sensor.pms5003.Pms5003;
import dev.vigil.sensor.pulse.PulseCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The sensors of a site.yaml that have a driver: several may take what the same chip measures. Used
 * once, by the thread that reads the file: {@link #use} for each sensor, then {@link #sensors}.
 */
final class ChipsReader {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> OTHERS =
            List.of(
                    "ads1115",
                    "ina219",
                    "max31865",
                    "pms5003",
                    "ds18b20",
                    "iio",
                    "iio-motion",
                    "hwmon",
                    "modbus");

    /** A chip and what is taken from it so far. */
    private record Taken(
            Chip chip, int line, Map<String, SensorChannel> channels, List<Ads1115.Input> inputs) {
        Taken(Chip chip, int line) {
            this(chip, line, new LinkedHashMap<>(), new ArrayList<>());
        }
    }

    private final Map<String, Taken> byPlace = new LinkedHashMap<>();
    private final ModbusReader modbus = new ModbusReader();
    private final PulsesReader pulses = new PulsesReader();

    /**
     * One sensor's {@code from: {chip: ...}}, or {@code from: {gpio: ...}} of pulses.
     *
     * @return how often it is sampled
     */
    Duration use(YamlMap from, SensorChannel channel) {
        Optional<Chip> chip =
                from.has("gpio") ? pulses.read(from, channel) : chip(from.text("chip", ""), from);
        if (chip.isEmpty()) {
            return SECOND;
        }
        Taken taken =
                byPlace.computeIfAbsent(
                        chip.get().place(), _ -> new Taken(chip.get(), from.line()));
        if (!taken.chip.equals(chip.get())) {
            from.mistake(
                    from.has("gpio") ? "gpio" : "chip",
                    "%s is described otherwise in line %d: all its sensors must say the same of it"
                            .formatted(taken.chip.place(), taken.line));
        } else if (chip.get() instanceof Chip.Ads1115) {
            input(from, channel, taken);
        } else if (chip.get() instanceof Chip.KernelFile || chip.get() instanceof Chip.Modbus) {
            put(from, "value", channel, taken);
        } else {
            measurand(from, channel, taken);
        }
        return chip.get().every();
    }

    /** A sensor for each chip, in the order of the file. */
    List<SiteConfig.LocalSensor> sensors() {
        return byPlace.values().stream()
                .map(
                        taken ->
                                (SiteConfig.LocalSensor)
                                        new SiteConfig.LocalSensor.OfChip(
                                                taken.chip, taken.channels, taken.inputs))
                .toList();
    }

    /** What is known of a chip's readings beyond their quantity. */
    static Bounds bounds(String word, Bounds usual) {
        // Copies of the chip don't tell in their bytes that the value is the one at power-on.
        return word.equals("ds18b20") ? usual.powerOn(Ds18b20.POWER_ON_CELSIUS) : usual;
    }

    /** What a chip measures, for sensors to name; empty where they name something else. */
    static List<Measurand> measurands(Chip chip) {
        return switch (chip) {
            case Chip.OnI2c(_, _, var driver, _) -> driver.measurands();
            case Chip.Ina219 _ -> Ina219.MEASURANDS;
            case Chip.Platinum _ -> Max31865.MEASURANDS;
            case Chip.Pms5003 _ -> Pms5003.MEASURANDS;
            case Chip.Ds18b20 _ -> Ds18b20.MEASURANDS;
            case Chip.KernelMotion _ -> KernelMotion.MEASURANDS;
            case Chip.Pulses _ -> PulseCounter.MEASURANDS;
            case Chip.Ads1115 _, Chip.KernelFile _, Chip.Modbus _ -> List.of();
        };
    }

    private Optional<Chip> chip(String word, YamlMap from) {
        Optional<I2cDriver> driver = I2cDrivers.named(word);
        if (driver.isPresent()) {
            I2cDriver.Every every = driver.get().every();
            return Optional.of(
                    new Chip.OnI2c(
                            path(from, "i2c", "/dev/i2c-1"),
                            address(from, driver.get().addresses()),
                            driver.get(),
                            from.duration("every", every.usual(), every.least(), every.most())));
        }
        if (!OTHERS.contains(word)) {
            TreeSet<String> known = new TreeSet<>(OTHERS);
            I2cDrivers.ALL.forEach(each -> known.add(each.word()));
            from.notOneOf("chip", word, known);
            from.keys();
            return Optional.empty();
        }
        return word.equals("modbus") ? modbus.read(from) : other(word, from);
    }

    private static Optional<Chip> other(String word, YamlMap from) {
        return switch (word) {
            case "ads1115" ->
                    Optional.of(
                            new Chip.Ads1115(
                                    path(from, "i2c", "/dev/i2c-1"),
                                    address(from, List.of(0x48, 0x49, 0x4A, 0x4B)),
                                    from.duration("every", SECOND, Duration.ofMillis(100), DAY)));
            case "ina219" -> supply(from);
            case "max31865" -> platinum(from);
            case "pms5003" ->
                    Optional.of(
                            new Chip.Pms5003(
                                    path(from, "serial", "/dev/serial0"), every(from, SECOND)));
            case "ds18b20" ->
                    Optional.of(
                            new Chip.Ds18b20(
                                    path(from, "w1", "28-0316a2794bff"),
                                    every(from, Duration.ofSeconds(5))));
            case "iio-motion" ->
                    Optional.of(
                            new Chip.KernelMotion(
                                    path(from, "name", "adxl345"),
                                    from.text("at", ""),
                                    from.text("trigger", ""),
                                    from.duration(
                                            "every",
                                            Duration.ofMillis(250),
                                            Duration.ofMillis(50),
                                            Duration.ofSeconds(10))));
            default ->
                    Optional.of(
                            new Chip.KernelFile(
                                    word,
                                    path(from, "name", "bmp280"),
                                    from.text("at", ""),
                                    path(from, "file", "in_temp_input"),
                                    every(from, SECOND)));
        };
    }

    private static Optional<Chip> supply(YamlMap from) {
        String bus = path(from, "i2c", "/dev/i2c-1");
        int address = address(from, List.of(0x40, 0x41, 0x44, 0x45));
        double shunt = from.number("shunt", 0.1, 1e-4, 10);
        double most = from.number("current-max", 3.2, 1e-3, 1000);
        Duration every = from.duration("every", SECOND, Duration.ofMillis(200), DAY);
        return TransducerReader.checked(from, "shunt", () -> new Ina219Scale(shunt, most))
                .map(scale -> new Chip.Ina219(bus, address, scale, every));
    }

    private static Optional<Chip> platinum(YamlMap from) {
        String bus = path(from, "spi", "/dev/spidev0.0");
        double zero = from.number("zero", 100, 1, 1e5);
        double reference = from.number("reference", 4.3 * zero, 1, 1e6);
        boolean threeWire = from.integer("wires", 2, 2, 4) == 3;
        Duration every = every(from, SECOND);
        return TransducerReader.checked(
                        from, "reference", () -> new Max31865.Wiring(zero, reference, threeWire))
                .map(wiring -> new Chip.Platinum(bus, wiring, every));
    }

    private static void input(YamlMap from, SensorChannel channel, Taken taken) {
        Optional<Ads1115.Input> input = TransducerReader.input(from, channel);
        if (input.isEmpty()) {
            return;
        }
        int pin = input.get().pin();
        if (taken.inputs.stream().anyMatch(other -> other.pin() == pin)) {
            from.wrong("input", Integer.toString(pin), "is another sensor's already");
        } else {
            taken.inputs.add(input.get());
        }
    }

    private static void measurand(YamlMap from, SensorChannel channel, Taken taken) {
        List<Measurand> measurands = measurands(taken.chip);
        String word = from.text("measures", channel.quantity().senmlName());
        Optional<Measurand> measurand =
                measurands.stream().filter(m -> m.name().equals(word)).findFirst();
        if (measurand.isEmpty()) {
            from.notOneOf("measures", word, measurands.stream().map(Measurand::name).toList());
        } else if (measurand.get().quantity() != channel.quantity()) {
            from.wrong("measures", word, "is a " + measurand.get().quantity().senmlName());
        } else {
            put(from, word, channel, taken);
        }
    }

    private static void put(YamlMap from, String word, SensorChannel channel, Taken taken) {
        SensorChannel first = taken.channels.putIfAbsent(word, channel);
        if (first != null) {
            from.mistake(
                    from.has("gpio") ? "gpio" : "chip",
                    "'%s' of it is taken by %s already".formatted(word, first.id()));
        }
    }

    private static Duration every(YamlMap from, Duration usual) {
        return from.duration("every", usual, Duration.ofMillis(100), DAY);
    }

    private static String path(YamlMap from, String key, String example) {
        return from.required(key, "such as " + example).map(YamlMap.Text::value).orElse("");
    }

    /** As data sheets write it, {@code 0x76}. */
    private static int address(YamlMap from, List<Integer> possible) {
        Optional<YamlMap.Text> text = from.text("address");
        if (text.isEmpty()) {
            return possible.getFirst();
        }
        for (int address : possible) {
            if (text.get().value().equalsIgnoreCase("0x%02x".formatted(address))) {
                return address;
            }
        }
        from.wrong(
                "address",
                text.get().value(),
                "must be "
                        + String.join(" or ", possible.stream().map("0x%02x"::formatted).toList()));
        return possible.getFirst();
    }
}
