package dev.vigil.node.site;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.WaveformSensor;
import dev.vigil.sensor.ads1115.Ads1115;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.SerialPort;
import dev.vigil.sensor.bus.SpiBus;
import dev.vigil.sensor.bus.linux.LinuxGpioLine;
import dev.vigil.sensor.bus.linux.LinuxI2cBus;
import dev.vigil.sensor.bus.linux.LinuxSampledDevice;
import dev.vigil.sensor.bus.linux.LinuxSerialPort;
import dev.vigil.sensor.bus.linux.LinuxSpiBus;
import dev.vigil.sensor.bus.linux.Machine;
import dev.vigil.sensor.bus.linux.Sysfs;
import dev.vigil.sensor.bus.linux.SystemCalls;
import dev.vigil.sensor.ds18b20.Ds18b20;
import dev.vigil.sensor.iio.KernelChannel;
import dev.vigil.sensor.iio.KernelMotion;
import dev.vigil.sensor.ina219.Ina219;
import dev.vigil.sensor.max31865.Max31865;
import dev.vigil.sensor.modbus.ModbusLink;
import dev.vigil.sensor.modbus.ModbusRegister;
import dev.vigil.sensor.modbus.RtuLink;
import dev.vigil.sensor.modbus.TcpLink;
import dev.vigil.sensor.pms5003.Pms5003;
import dev.vigil.sensor.pulse.PulseCounter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The sensors a site.yaml asks for, constructed on this machine's buses. Used once, by the thread
 * that starts the node.
 */
public final class LocalSensors {
    /** The bus of those that need none. */
    static final String NO_BUS = "local";

    /**
     * A machine: this one, or a test's.
     *
     * @param kernelNanos the clock of its edges
     */
    record Hardware(SystemCalls calls, Sysfs sysfs, LongSupplier kernelNanos) {}

    private static final Hardware THIS_MACHINE =
            new Hardware(Machine.calls(), new Sysfs(Path.of("/sys")), System::nanoTime);

    /** An adapter gives a transaction up after so long. */
    private static final Duration I2C_TIMEOUT = Duration.ofMillis(200);

    /** The MAX31865 takes modes 1 and 3, and 5 MHz at most. */
    private static final int SPI_MODE = 1;

    private static final int SPI_HERTZ = 1_000_000;

    /** PMS5003 (appendix I): 9600 baud, no parity, one stop bit. */
    private static final LinuxSerialPort.Frame SERIAL =
            new LinuxSerialPort.Frame(9600, LinuxSerialPort.Parity.NONE, 1);

    private final Hardware hardware;
    private final SystemCalls calls;
    private final Sysfs sysfs;
    private final Map<String, I2cBus> i2c = new HashMap<>();
    private final Map<String, ModbusLink> links = new HashMap<>();
    private final List<Runnable> ports = new ArrayList<>();

    private LocalSensors(Hardware hardware) {
        this.hardware = hardware;
        this.calls = hardware.calls;
        this.sysfs = hardware.sysfs;
    }

    /**
     * Bus by bus, each to be made, on this machine, as often as it has to be and owned by a {@link
     * SensorBus}. Opens nothing: that is the first sample's.
     */
    public static List<BusKeeper.Bus> buses(List<SiteConfig.LocalSensor> local) {
        return buses(local, THIS_MACHINE);
    }

    static List<BusKeeper.Bus> buses(List<SiteConfig.LocalSensor> local, Hardware hardware) {
        Map<String, List<SiteConfig.LocalSensor>> byBus = new LinkedHashMap<>();
        local.forEach(one -> byBus.computeIfAbsent(bus(one), _ -> new ArrayList<>()).add(one));
        return byBus.entrySet().stream()
                .map(
                        bus ->
                                new BusKeeper.Bus(
                                        bus.getKey(),
                                        () -> new LocalSensors(hardware).load(bus.getValue())))
                .toList();
    }

    private SensorBus.Load load(List<SiteConfig.LocalSensor> local) {
        return new SensorBus.Load(local.stream().map(this::sensor).toList(), ports);
    }

    private static String bus(SiteConfig.LocalSensor local) {
        return local instanceof SiteConfig.LocalSensor.OfChip(var chip, _, _) ? chip.bus() : NO_BUS;
    }

    private Sensor sensor(SiteConfig.LocalSensor local) {
        return switch (local) {
            case SiteConfig.LocalSensor.Waveform(var channel, var wave, var interval) ->
                    new WaveformSensor(channel, wave, interval);
            case SiteConfig.LocalSensor.Recorded(var file, var time, var columns, var replay) ->
                    new RecordedSensor(file, time, columns, replay);
            case SiteConfig.LocalSensor.OfChip(
                            Chip.Ads1115(var bus, int address, var every),
                            _,
                            var inputs) ->
                    new Ads1115(i2c(bus), address, inputs, every.dividedBy(inputs.size()));
            case SiteConfig.LocalSensor.OfChip(
                            Chip.KernelFile(var bus, var name, var at, var file, var every),
                            var channels,
                            _) ->
                    new KernelChannel(
                            bus.equals("hwmon") ? sysfs.hwmon(name, at) : sysfs.iio(name, at),
                            file,
                            channels.values().iterator().next(),
                            every);
            case SiteConfig.LocalSensor.OfChip(Chip.Modbus chip, var channels, _) ->
                    new ModbusRegister(
                            links.computeIfAbsent(chip.bus(), _ -> link(chip)),
                            chip.where(),
                            chip.format(),
                            channels.values().iterator().next(),
                            chip.every());
            case SiteConfig.LocalSensor.OfChip(var chip, var channels, _) ->
                    measuring(chip, channels);
        };
    }

    private Sensor measuring(Chip described, Map<String, SensorChannel> byMeasurand) {
        Channels channels = Channels.of(ChipsReader.measurands(described), byMeasurand);
        return switch (described) {
            case Chip.OnI2c(var bus, int address, var driver, var every) ->
                    driver.factory().sensor(i2c(bus), address, channels, every);
            case Chip.Ina219(var bus, int address, var scale, var every) ->
                    new Ina219(i2c(bus), address, scale, channels, every);
            case Chip.Platinum(var bus, var wiring, var every) ->
                    new Max31865(spi(bus, SPI_MODE), wiring, channels, every);
            case Chip.Pms5003(var bus, var every) ->
                    new Pms5003(serial(bus, SERIAL), channels, every);
            case Chip.Ds18b20(var id, var every) -> new Ds18b20(sysfs.oneWire(id), channels, every);
            case Chip.KernelMotion(var name, var at, var trigger, var every) ->
                    new KernelMotion(sampled(name, at, trigger), channels, every);
            case Chip.Pulses(var chip, var line, var meaning) ->
                    new PulseCounter(gpio(chip, line), hardware.kernelNanos, meaning, channels);
            case Chip.Ads1115 _, Chip.KernelFile _, Chip.Modbus _ ->
                    throw new IllegalStateException(described + " has no measurands");
        };
    }

    private ModbusLink link(Chip.Modbus chip) {
        int colon = chip.bus().lastIndexOf(':');
        ModbusLink link =
                chip.line().isPresent()
                        ? new RtuLink(
                                new LinuxSerialPort(calls, chip.bus(), chip.line().get()),
                                chip.timeout())
                        : new TcpLink(
                                chip.bus().substring(0, colon),
                                Integer.parseInt(chip.bus().substring(colon + 1)),
                                chip.timeout());
        ports.add(link::close);
        return link;
    }

    /** One for all on the same bus. */
    private I2cBus i2c(String path) {
        return i2c.computeIfAbsent(
                path,
                _ -> {
                    I2cBus bus = new LinuxI2cBus(calls, path, I2C_TIMEOUT);
                    ports.add(bus::close);
                    return bus;
                });
    }

    private SpiBus spi(String path, int mode) {
        SpiBus bus = new LinuxSpiBus(calls, path, mode, SPI_HERTZ);
        ports.add(bus::close);
        return bus;
    }

    private SerialPort serial(String path, LinuxSerialPort.Frame frame) {
        SerialPort port = new LinuxSerialPort(calls, path, frame);
        ports.add(port::close);
        return port;
    }

    private SampledDevice sampled(String name, String at, String trigger) {
        SampledDevice device = new LinuxSampledDevice(calls, sysfs, name, at, trigger);
        ports.add(device::close);
        return device;
    }

    private GpioInput gpio(String chip, GpioChip.InputLine line) {
        LinuxGpioLine input = new LinuxGpioLine(calls, chip, line);
        ports.add(input::close);
        return input;
    }
}
