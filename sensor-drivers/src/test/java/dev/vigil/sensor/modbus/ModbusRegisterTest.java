package dev.vigil.sensor.modbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.DriverTrial;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorContract;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests and answers by the Modbus application protocol V1.1b3, 6.3 and 6.4.
 *
 * <p>Simulated: the port, which follows a script.
 */
class ModbusRegisterTest implements SensorContract {
    private static final RegisterFormat TENTHS =
            new RegisterFormat(RegisterFormat.Type.S16, false, 0.1, 0);
    private static final RegisterFormat FLOAT =
            new RegisterFormat(RegisterFormat.Type.F32, false, 1, 0);

    /** 27.4 degrees in tenths from input register 8, function 4. */
    private static final Script TEMPERATURE =
            asked("01 04 00 08 00 01 B0 08").serialRead("01 04 02 01 12 38 AD");

    /** Says the same whatever it is asked. */
    private record Answering(String hex) implements ModbusLink {
        @Override
        public String name() {
            return "answering";
        }

        @Override
        public byte[] ask(int unit, byte[] pdu) {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public void close() {}
    }

    @Override
    public Sensor sensor(Path directory) {
        ModbusLink link = new Answering("04020112");
        return new ModbusRegister(
                link,
                new ModbusRegister.Place(1, true, 8),
                TENTHS,
                DriverTrial.channel("m", Quantity.TEMPERATURE),
                Duration.ofSeconds(1));
    }

    @Test
    void readsARegisterOverASerialLine() throws SensorFault {
        assertEquals(27.4, trial(TEMPERATURE).readings(1).getFirst().value(), 1e-9);
    }

    @Test
    void anAnswerMayComeInPieces() throws SensorFault {
        Script pieces =
                asked("01 04 00 08 00 01 B0 08")
                        .serialRead("01")
                        .serialRead("04 02 01")
                        .serialRead("12 38")
                        .serialRead("AD");
        assertEquals(27.4, trial(pieces).readings(1).getFirst().value(), 1e-9);
    }

    @Test
    void readsANumberOfTwoHoldingRegisters() throws SensorFault {
        Script script = asked("01 03 00 00 00 02 C4 0B").serialRead("01 03 04 41 CC 00 00 2E 30");
        DriverTrial trial =
                DriverTrial.serial(
                        script,
                        port ->
                                new ModbusRegister(
                                        new RtuLink(port, Duration.ofMillis(500)),
                                        new ModbusRegister.Place(1, false, 0),
                                        FLOAT,
                                        DriverTrial.channel("m", Quantity.TEMPERATURE),
                                        Duration.ofSeconds(1)));
        assertEquals(25.5, trial.readings(1).getFirst().value());
    }

    @Test
    void goesOnAfterAFaultAtAnyTransaction() throws SensorFault {
        DriverTrial.faultAtEachTransaction(
                TEMPERATURE.then(TEMPERATURE), 2, ModbusRegisterTest::trial);
    }

    @ParameterizedTest
    @CsvSource({
        "'', NO_ANSWER, no answer in 500 ms",
        "01 04 02 01 13 38 AD, BROKEN, checksum AD38",
        "01 84 02 C2 C1, , 'exception 2, ILLEGAL_DATA_ADDRESS'"
    })
    void whatIsNoAnswerIsAFault(String answer, BusFault.Kind kind, String why) throws SensorFault {
        SensorFault fault = trial(asked("01 04 00 08 00 01 B0 08").serialRead(answer)).fault(1);
        assertTrue(String.valueOf(fault.getMessage()).contains(why), fault::getMessage);
        assertEquals(kind, fault instanceof BusFault bus ? bus.kind() : null);
    }

    @Test
    void everyFlippedBitIsAFaultAndNoValue() throws SensorFault {
        byte[] good = HexFormat.ofDelimiter(" ").parseHex("01 04 02 01 12 38 AD");
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Script script =
                    asked("01 04 00 08 00 01 B0 08")
                            .serialRead(
                                    HexFormat.ofDelimiter(" ").withUpperCase().formatHex(flipped))
                            .serialRead(""); // asked for more where the length is wrong
            DriverTrial trial = trial(script);
            assertThrows(SensorFault.class, () -> trial.sensor().sample(START), "bit " + bit);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "U16, false, FFFE, 65534",
        "S16, false, FFFE, -2",
        "U32, false, FFFFFFFE, 4294967294",
        "S32, false, FFFFFFFE, -2",
        "U32, true, FFFE0001, 131070",
        "F32, false, C2480000, -50",
        "F32, true, 0000C248, -50"
    })
    void knowsTheUsualNumbers(
            RegisterFormat.Type type, boolean lowWordFirst, String registers, double value) {
        assertEquals(
                value,
                new RegisterFormat(type, lowWordFirst, 1, 0)
                        .value(HexFormat.of().parseHex(registers)));
    }

    @Test
    void scalesAndRefusesWhatCannotBe() {
        RegisterFormat format = new RegisterFormat(RegisterFormat.Type.U16, false, 0.5, -40);
        assertEquals(10, format.value(new byte[] {0, 100}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new RegisterFormat(RegisterFormat.Type.U16, false, 0, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new ModbusRegister.Place(1, true, 65_536));
    }

    @Test
    void aFloatThatIsNoNumberIsAFault() throws SensorFault {
        ModbusLink link = new Answering("03047FC00000");
        Sensor sensor =
                new ModbusRegister(
                        link,
                        new ModbusRegister.Place(1, false, 0),
                        FLOAT,
                        DriverTrial.channel("m", Quantity.TEMPERATURE),
                        Duration.ofSeconds(1));
        assertThrows(SensorFault.class, () -> sensor.sample(START));
    }

    private static Script asked(String request) {
        return Script.empty().serialDiscard().serialWrite(request);
    }

    private static DriverTrial trial(Script script) {
        return DriverTrial.serial(
                script,
                port ->
                        new ModbusRegister(
                                new RtuLink(port, Duration.ofMillis(500)),
                                new ModbusRegister.Place(1, true, 8),
                                TENTHS,
                                DriverTrial.channel("m", Quantity.TEMPERATURE),
                                Duration.ofSeconds(1)));
    }
}
