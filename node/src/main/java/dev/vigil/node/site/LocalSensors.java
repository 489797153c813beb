package dev.vigil.node.site;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.WaveformSensor;
import dev.vigil.sensor.ads1115.Ads1115;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.linux.LinuxI2cBus;
import dev.vigil.sensor.bus.linux.LinuxSerialPort;
import dev.vigil.sensor.bus.linux.LinuxSpiBus;
import dev.vigil.sensor.bus.linux.Machine;
import dev.vigil.sensor.bus.linux.Sysfs;
import dev.vigil.sensor.ds18b20.Ds18b20;
import dev.vigil.sensor.iio.KernelChannel;
import dev.vigil.sensor.ina219.Ina219;
import dev.vigil.sensor.max31865.Max31865;
import dev.vigil.sensor.modbus.ModbusLink;
import dev.vigil.sensor.modbus.ModbusRegister;
import dev.vigil.sensor.modbus.RtuLink;
import dev.vigil.sensor.modbus.TcpLink;
import dev.vigil.sensor.pms5003.Pms5003;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sensors a site.yaml asks for, constructed on this machine's buses. Used once, by the thread
 * that starts the node.
 */
public final class LocalSensors {
    /** The bus of those that need none. */
    static final String NO_BUS = "local";

    /** An adapter gives a transaction up after so long. */
    private static final Duration I2C_TIMEOUT = Duration.ofMillis(200);

    /** The MAX31865 takes modes 1 and 3, and 5 MHz at most. */
    private static final int SPI_MODE = 1;

    private static final int SPI_HERTZ = 1_000_000;

    /** PMS5003 (appendix I): 9600 baud, no parity, one stop bit. */
    private static final LinuxSerialPort.Frame SERIAL =
            new LinuxSerialPort.Frame(9600, LinuxSerialPort.Parity.NONE, 1);

    private final Sysfs sysfs = new Sysfs(Path.of("/sys"));
    private final Map<String, I2cBus> i2c = new HashMap<>();
    private final Map<String, ModbusLink> links = new HashMap<>();

    private LocalSensors() {}

    /**
     * By bus, each ready to be owned by a {@link SensorBus}. Opens nothing: that is the first
     * sample's.
     */
    public static Map<String, List<Sensor>> byBus(List<SiteConfig.LocalSensor> local) {
        LocalSensors sensors = new LocalSensors();
        Map<String, List<Sensor>> byBus = new LinkedHashMap<>();
        for (SiteConfig.LocalSensor one : local) {
            byBus.computeIfAbsent(bus(one), _ -> new ArrayList<>()).add(sensors.sensor(one));
        }
        return byBus;
    }

    /** Bus by bus, to be made anew as often as one has to be. */
    public static List<BusKeeper.Bus> buses(List<SiteConfig.LocalSensor> local) {
        Map<String, List<SiteConfig.LocalSensor>> byBus = new LinkedHashMap<>();
        local.forEach(one -> byBus.computeIfAbsent(bus(one), _ -> new ArrayList<>()).add(one));
        return byBus.entrySet().stream()
                .map(
                        bus ->
                                new BusKeeper.Bus(
                                        bus.getKey(),
                                        () -> byBus(bus.getValue()).values().iterator().next()))
                .toList();
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
                            Chip.KernelFile(var bus, var name, var file, var every),
                            var channels,
                            _) ->
                    new KernelChannel(
                            bus.equals("hwmon") ? sysfs.hwmon(name) : sysfs.iio(name),
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

    private Sensor measuring(Chip chip, Map<String, SensorChannel> byMeasurand) {
        Channels channels = Channels.of(ChipsReader.measurands(chip), byMeasurand);
        return switch (chip) {
            case Chip.OnI2c(var bus, int address, var driver, var every) ->
                    driver.factory().sensor(i2c(bus), address, channels, every);
            case Chip.Ina219(var bus, int address, double shunt, double most, var every) ->
                    new Ina219(i2c(bus), address, shunt, most, channels, every);
            case Chip.Platinum(var bus, var wiring, var every) ->
                    new Max31865(
                            new LinuxSpiBus(Machine.calls(), bus, SPI_MODE, SPI_HERTZ),
                            wiring,
                            channels,
                            every);
            case Chip.Pms5003(var bus, var every) ->
                    new Pms5003(new LinuxSerialPort(Machine.calls(), bus, SERIAL), channels, every);
            case Chip.Ds18b20(var id, var every) -> new Ds18b20(sysfs.oneWire(id), channels, every);
            case Chip.Ads1115 _, Chip.KernelFile _, Chip.Modbus _ ->
                    throw new IllegalStateException(chip + " has no measurands");
        };
    }

    private static ModbusLink link(Chip.Modbus chip) {
        int colon = chip.bus().lastIndexOf(':');
        return chip.line().isPresent()
                ? new RtuLink(
                        new LinuxSerialPort(Machine.calls(), chip.bus(), chip.line().get()),
                        chip.timeout())
                : new TcpLink(
                        chip.bus().substring(0, colon),
                        Integer.parseInt(chip.bus().substring(colon + 1)),
                        chip.timeout());
    }

    /** One for all on the same bus. */
    private I2cBus i2c(String path) {
        return i2c.computeIfAbsent(path, _ -> new LinuxI2cBus(Machine.calls(), path, I2C_TIMEOUT));
    }
}
