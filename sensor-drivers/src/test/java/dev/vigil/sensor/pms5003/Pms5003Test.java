package dev.vigil.sensor.pms5003;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.Script;
import dev.vigil.sensor.bus.SerialPort;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Messages made by the rules of Plantower's PMS5003 data manual, appendix I.
 *
 * <p>Simulated: the port, which follows a script.
 */
class Pms5003Test implements SensorContract {
    private static final String MESSAGE = message(12, 35, 40, 0);

    @Override
    public Sensor sensor(Path directory) {
        return driver(
                new SerialPort() {
                    @Override
                    public String name() {
                        return "serial-answering";
                    }

                    @Override
                    public byte[] read(int lengthMax, Duration wait) {
                        return HexFormat.ofDelimiter(" ").parseHex(MESSAGE);
                    }

                    @Override
                    public void write(byte[] bytes) {}

                    @Override
                    public void discardInput() {}

                    @Override
                    public void close() {}
                });
    }

    @Test
    void yieldsTheLatestMessage() throws SensorFault {
        List<Reading> readings = trial(arrived(message(1, 2, 3, 0) + " " + MESSAGE)).readings(1);
        assertEquals(12e-9, readings.get(0).value(), 1e-15);
        assertEquals(35e-9, readings.get(1).value(), 1e-15);
        assertEquals(40e-9, readings.get(2).value(), 1e-15);
    }

    @Test
    void putsAMessageTogetherThatComesInPieces() throws SensorFault {
        Script pieces =
                arrived(MESSAGE.substring(60))
                        .then(arrived(MESSAGE.substring(0, 29)))
                        .then(arrived(MESSAGE.substring(30)));
        assertEquals(3, trial(pieces).readings(3).size());
    }

    @Test
    void goesOnAfterAFault() throws SensorFault {
        Script twice = arrived(MESSAGE).then(arrived(MESSAGE));
        DriverTrial.faultAtEachTransaction(twice, 2, Pms5003Test::trial);
    }

    @Test
    void everyFlippedBitIsAFaultOrSilenceButNoValue() throws SensorFault {
        byte[] good = HexFormat.ofDelimiter(" ").parseHex(MESSAGE);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            DriverTrial trial =
                    trial(arrived(HexFormat.ofDelimiter(" ").withUpperCase().formatHex(flipped)));
            if (bit < 16) {
                assertEquals(List.of(), trial.readings(1)); // no beginning: it may still come
            } else {
                trial.fault(1);
            }
        }
    }

    @Test
    void findsTheNextMessageBehindABrokenOne() throws SensorFault {
        String broken = MESSAGE.substring(0, 30) + "FF" + MESSAGE.substring(32);
        DriverTrial trial = trial(arrived(broken).then(arrived(MESSAGE)));
        assertThrows(SensorFault.class, () -> trial.sensor().sample(START));
        assertEquals(3, trial.readings(1).size());
    }

    @Test
    void noiseIsAFault() throws SensorFault {
        SensorFault fault = trial(arrived("FF ".repeat(200).strip())).fault(1);
        assertTrue(String.valueOf(fault.getMessage()).contains("FFFF"), fault::getMessage);
    }

    @Test
    void silenceIsAFaultAfterTenSeconds() throws SensorFault {
        Script silence = arrived(MESSAGE);
        for (int i = 0; i < 10; i++) {
            silence = silence.then(arrived(""));
        }
        DriverTrial trial = trial(silence);
        assertEquals(3, trial.sensor().sample(START).size());
        for (int i = 1; i < 10; i++) {
            assertEquals(List.of(), trial.sensor().sample(START.plusSeconds(i)));
        }
        assertThrows(SensorFault.class, () -> trial.sensor().sample(START.plusSeconds(10)));
    }

    @Test
    void anErrorOfTheModuleIsAFault() throws SensorFault {
        SensorFault fault = trial(arrived(message(1, 2, 3, 0x10))).fault(1);
        assertTrue(String.valueOf(fault.getMessage()).contains("error 0x10"), fault::getMessage);
    }

    private static String message(int pm1, int pm2p5, int pm10, int error) {
        ByteBuffer message = ByteBuffer.allocate(32);
        message.putShort((short) 0x424D).putShort((short) 28);
        message.putShort((short) 9).putShort((short) 25).putShort((short) 33);
        message.putShort((short) pm1).putShort((short) pm2p5).putShort((short) pm10);
        message.position(29).put((byte) error);
        int sum = 0;
        for (int i = 0; i < 30; i++) {
            sum += message.get(i) & 0xFF;
        }
        message.putShort(30, (short) sum);
        return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(message.array());
    }

    private static Script arrived(String bytes) {
        return Script.empty().serialRead(bytes);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.serial(script, Pms5003Test::driver);
    }

    private static Sensor driver(SerialPort port) {
        return new Pms5003(port, DriverTrial.channels(Pms5003.MEASURANDS), Duration.ofSeconds(1));
    }
}
