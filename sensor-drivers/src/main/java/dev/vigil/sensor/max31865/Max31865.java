package dev.vigil.sensor.max31865;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.BigEndian;
import dev.vigil.sensor.bus.SpiBus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A MAX31865 with a platinum thermometer (Maxim 19-6478, rev 3), which converts fifty times a
 * second by itself. Owned by its bus' thread. SPI has no acknowledge: an absent chip reads as zeros
 * or ones, so each sample reads the settings along with the value and compares them.
 */
public final class Max31865 extends ChipSensor {
    public static final List<Measurand> MEASURANDS = List.of(Measurand.of(Quantity.TEMPERATURE));

    private static final int WRITE = 0x80;
    private static final int CONFIGURATION = 0x00;

    /** Bias on, automatic conversion, 50 Hz filter (table 2). */
    private static final int AUTOMATIC_50_HZ = 0xC1;

    private static final int THREE_WIRE = 0x10;
    private static final int CLEAR_FAULTS = 0x02;
    private static final int REGISTERS = 8;
    private static final int FAULT_STATUS = 7;
    private static final int CODE_MAX = 0x7FFF;

    /**
     * How the thermometer is wired.
     *
     * @param ohmAtZero 100 for a PT100, 1000 for a PT1000
     * @param referenceOhm the board's reference resistor: 400 or 430 for a PT100, 4000 or 4300 for
     *     a PT1000
     */
    public record Wiring(double ohmAtZero, double referenceOhm, boolean threeWire) {
        public Wiring {
            if (!(ohmAtZero > 0) || !(referenceOhm > ohmAtZero)) {
                throw new IllegalArgumentException(
                        "max31865 with a thermometer of %s ohm and a reference of %s ohm: the reference must be greater, both more than 0"
                                .formatted(ohmAtZero, referenceOhm));
            }
        }
    }

    private final SpiBus bus;
    private final PlatinumThermometer thermometer;
    private final double referenceOhm;
    private final int configuration;

    public Max31865(SpiBus bus, Wiring wiring, Channels channels, Duration interval) {
        super(channels, interval);
        this.bus = bus;
        this.thermometer = new PlatinumThermometer(wiring.ohmAtZero);
        this.referenceOhm = wiring.referenceOhm;
        this.configuration = AUTOMATIC_50_HZ | (wiring.threeWire ? THREE_WIRE : 0);
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        bus.transfer(
                new byte[] {(byte) (WRITE | CONFIGURATION), (byte) (configuration | CLEAR_FAULTS)});
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        byte[] answer = bus.transfer(new byte[1 + REGISTERS]);
        int told = answer[1] & 0xFF;
        if (told != configuration) {
            throw fault(
                    "its configuration is 0x%02X, was set to 0x%02X: absent or reset"
                            .formatted(told, configuration));
        }
        int status = answer[1 + FAULT_STATUS] & 0xFF;
        int register = BigEndian.word(answer, 2);
        int code = register >> 1;
        if (status != 0 || (register & 1) != 0) {
            throw fault("fault status 0x%02X: %s".formatted(status, meaning(status)));
        }
        if (code == 0 || code == CODE_MAX) {
            throw fault(
                    code == 0
                            ? "the thermometer is shorted"
                            : "the thermometer or its wire is cut");
        }
        return reading(now, code);
    }

    private List<Reading> reading(Instant now, int code) throws SensorFault {
        double ohm = code * referenceOhm / (CODE_MAX + 1);
        double celsius = thermometer.celsius(ohm);
        if (Double.isNaN(celsius)) {
            throw fault(
                    "%.1f ohm is no temperature from %.0f to %.0f degrees Celsius"
                            .formatted(
                                    ohm,
                                    PlatinumThermometer.CELSIUS_MIN,
                                    PlatinumThermometer.CELSIUS_MAX));
        }
        return readings(now, Quality.GOOD, celsius);
    }

    /** Table 7. */
    private static String meaning(int status) {
        if ((status & 0x80) != 0) {
            return "resistance above the high threshold, cut wire";
        }
        if ((status & 0x40) != 0) {
            return "resistance below the low threshold, short circuit";
        }
        if ((status & 0x04) != 0) {
            return "over- or undervoltage at an input";
        }
        return (status & 0x38) != 0 ? "reference or force wire open" : "not told which";
    }

    private SensorFault fault(String what) {
        return new SensorFault("max31865 on %s: %s".formatted(bus.name(), what));
    }
}
