package dev.vigil.sensor.sht3x;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.AnsweringI2cBus;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Simulated: the bus, which follows a script of transactions. */
class Sht3xTest implements SensorContract {
    /** 25 degrees and 37 percent, with the checksums of the SCD4x's example. */
    private static final String ANSWER = "66 67 A2 5E B9 3C";

    private static final Script BEGIN = Script.empty().i2c(0x44, "24 00", "");
    private static final Script FETCH = Script.empty().i2c(0x44, "", ANSWER).then(BEGIN);

    @Override
    public Sensor sensor(Path directory) {
        return driver(new AnsweringI2cBus(_ -> HexFormat.ofDelimiter(" ").parseHex(ANSWER)));
    }

    @Test
    void yieldsWhatTheLastSampleBegan() throws SensorFault {
        List<Reading> readings = trial(BEGIN.then(FETCH)).readings(2);
        assertEquals(25, readings.get(0).value(), 0.005);
        assertEquals(37, readings.get(1).value(), 0.01);
        assertEquals(START, readings.getFirst().at(), "when it was begun, not when fetched");
    }

    @Test
    void beginsAnewAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(BEGIN.then(FETCH).then(FETCH), 3, Sht3xTest::trial);
    }

    @Test
    void aWrongChecksumIsAFaultAndNoValue() throws SensorFault {
        SensorFault fault =
                trial(BEGIN.then(Script.empty().i2c(0x44, "", "66 67 A3 5E B9 3C"))).fault(2);
        assertEquals(
                "sht3x at 0x44 on i2c-script: word 0 of its answer is 6667 with checksum A3, right would be A2",
                fault.getMessage());
    }

    @Test
    void fetchesNothingBeforeTheMeasurementIsOver() throws SensorFault {
        DriverTrial trial = trial(BEGIN.then(FETCH));
        assertEquals(List.of(), trial.sensor().sample(START));
        assertEquals(List.of(), trial.sensor().sample(START.plusMillis(19)));
        assertEquals(2, trial.sensor().sample(START.plusMillis(20)).size());
        trial.done().run();
    }

    @Test
    void isNotStoppedByAClockThatGoesBack() throws SensorFault {
        DriverTrial trial = trial(BEGIN.then(FETCH));
        assertEquals(List.of(), trial.sensor().sample(START));
        assertTrue(!trial.sensor().sample(START.minusSeconds(3600)).isEmpty());
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.i2c(script, Sht3xTest::driver);
    }

    private static Sensor driver(I2cBus bus) {
        return new Sht3x(bus, 0x44, DriverTrial.channels(Sht3x.MEASURANDS), Duration.ofSeconds(1));
    }
}
