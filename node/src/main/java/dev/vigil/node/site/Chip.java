package dev.vigil.node.site;

import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.linux.LinuxSerialPort;
import dev.vigil.sensor.driver.I2cDriver;
import dev.vigil.sensor.ina219.Ina219Scale;
import dev.vigil.sensor.max31865.Max31865;
import dev.vigil.sensor.modbus.ModbusRegister;
import dev.vigil.sensor.modbus.RegisterFormat;
import dev.vigil.sensor.pulse.PulseCounter;
import java.time.Duration;
import java.util.Optional;

/**
 * A chip, or another device with a driver, as a site.yaml describes it: where it is and how it is
 * wired. Immutable.
 */
public sealed interface Chip {
    /** The bus it is on: all on it share a thread. */
    String bus();

    /** Its place, for people; two chips can't have the same. */
    String place();

    /** How often it is sampled. */
    Duration every();

    /** A driver that needs nothing but the address; {@code bus} is a path, {@code /dev/i2c-1}. */
    record OnI2c(String bus, int address, I2cDriver driver, Duration every) implements Chip {
        @Override
        public String place() {
            return i2cPlace(bus, address);
        }
    }

    /** Four voltages. */
    record Ads1115(String bus, int address, Duration every) implements Chip {
        @Override
        public String place() {
            return i2cPlace(bus, address);
        }
    }

    /** The supply. */
    record Ina219(String bus, int address, Ina219Scale scale, Duration every) implements Chip {
        @Override
        public String place() {
            return i2cPlace(bus, address);
        }
    }

    /** A platinum thermometer; {@code bus} is a path, {@code /dev/spidev0.0}. */
    record Platinum(String bus, Max31865.Wiring wiring, Duration every) implements Chip {
        @Override
        public String place() {
            return bus;
        }
    }

    /** Particles; {@code bus} is a path, {@code /dev/serial0}. */
    record Pms5003(String bus, Duration every) implements Chip {
        @Override
        public String place() {
            return bus;
        }
    }

    /** A 1-Wire thermometer, by its id. */
    record Ds18b20(String id, Duration every) implements Chip {
        @Override
        public String bus() {
            return "w1";
        }

        @Override
        public String place() {
            return "w1 " + id;
        }
    }

    /**
     * A file of an IIO device or hwmon chip.
     *
     * @param bus {@code iio} or {@code hwmon}
     * @param name the kernel's driver gives it
     * @param at which of several of this name; empty when there is one
     */
    record KernelFile(String bus, String name, String at, String file, Duration every)
            implements Chip {
        @Override
        public String place() {
            return "%s %s%s %s".formatted(bus, name, at.isEmpty() ? "" : " at " + at, file);
        }
    }

    /**
     * An accelerometer that the kernel samples by itself.
     *
     * @param name as of {@link KernelFile}
     * @param at as of {@link KernelFile}
     * @param trigger what has it measure; empty for what it has
     */
    record KernelMotion(String name, String at, String trigger, Duration every) implements Chip {
        @Override
        public String bus() {
            return "iio";
        }

        @Override
        public String place() {
            return "iio %s%s buffer".formatted(name, at.isEmpty() ? "" : " at " + at);
        }
    }

    /**
     * A value of a Modbus device.
     *
     * @param bus a serial line's path, or {@code host:port}
     * @param line how the serial line is set; empty over TCP
     * @param timeout in which it answers
     */
    record Modbus(
            String bus,
            Optional<LinuxSerialPort.Frame> line,
            Duration timeout,
            ModbusRegister.Place where,
            RegisterFormat format,
            Duration every)
            implements Chip {
        @Override
        public String place() {
            return "%s unit %d %s register %d"
                    .formatted(
                            bus,
                            where.unit(),
                            where.input() ? "input" : "holding",
                            where.address());
        }
    }

    /**
     * Pulses on a GPIO line.
     *
     * @param chip the label of its chip
     */
    record Pulses(String chip, GpioChip.InputLine line, PulseCounter.Meaning meaning)
            implements Chip {
        @Override
        public String bus() {
            return "gpio " + chip;
        }

        @Override
        public String place() {
            return "gpio %s line %s".formatted(chip, line.line());
        }

        @Override
        public Duration every() {
            return meaning.every();
        }
    }

    private static String i2cPlace(String bus, int address) {
        return "%s 0x%02X".formatted(bus, address);
    }
}
