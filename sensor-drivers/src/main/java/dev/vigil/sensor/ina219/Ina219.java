package dev.vigil.sensor.ina219;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.I2cChip;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An INA219 (TI SBOS448G) that measures the supply all the time. Owned by its bus' thread. The chip
 * has no id, and after a brown-out tells 0 A because its calibration is gone: each sample reads the
 * calibration too.
 */
public final class Ina219 extends ChipSensor {
    public static final List<Measurand> MEASURANDS =
            List.of(Measurand.of(Quantity.VOLTAGE), Measurand.of(Quantity.CURRENT));

    private static final int CONFIGURATION = 0x00;
    private static final int BUS_VOLTAGE = 0x02;
    private static final int CURRENT = 0x04;
    private static final int CALIBRATION = 0x05;

    /** 32 V, 320 mV over the shunt, 128 samples averaged, shunt and bus, continuously (8.6.2.1). */
    private static final int CONTINUOUS = 0x3FFF;

    private final I2cChip chip;
    private final Ina219Scale scale;

    public Ina219(
            I2cBus bus, int address, Ina219Scale scale, Channels channels, Duration interval) {
        super(channels, interval);
        this.chip = new I2cChip(bus, address, "ina219");
        this.scale = scale;
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        int busVoltage = chip.readWord(BUS_VOLTAGE);
        int current = chip.readWord(CURRENT);
        chip.requireUnchanged("calibration", chip.readWord(CALIBRATION), scale.calibration());
        double ampere = Ina219Scale.overflowed(busVoltage) ? Double.NaN : scale.ampere(current);
        return readings(now, Quality.GOOD, Ina219Scale.volt(busVoltage), ampere);
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        chip.writeWord(CONFIGURATION, CONTINUOUS);
        chip.writeWord(CALIBRATION, scale.calibration());
        int told = chip.readWord(CONFIGURATION);
        if (told != CONTINUOUS) {
            throw chip.fault(
                    "its configuration reads 0x%04X after 0x%04X was written: is it an INA219?"
                            .formatted(told, CONTINUOUS));
        }
    }
}
