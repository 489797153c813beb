package dev.vigil.sensor.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.BusFault;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final Script CHIP_ID = Script.empty().i2c(0x76, "D0", "60");

    @Test
    void answersTheTransactionsInTheirOrder() throws BusFault {
        ScriptedI2cBus bus = new ScriptedI2cBus(CHIP_ID.i2c(0x76, "F4 27", ""));
        assertArrayEquals(new byte[] {0x60}, bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1));
        assertEquals(0, bus.transfer(0x76, new byte[] {(byte) 0xF4, 0x27}, 0).length);
        bus.done();
    }

    @Test
    void refusesATransactionThatTheScriptDoesNotHave() {
        ScriptedI2cBus bus = new ScriptedI2cBus(CHIP_ID);
        assertThrows(AssertionError.class, () -> bus.transfer(0x77, new byte[] {(byte) 0xD0}, 1));
    }

    @Test
    void tellsOfTransactionsThatWereNotMade() {
        assertThrows(AssertionError.class, () -> new ScriptedI2cBus(CHIP_ID).done());
    }

    @Test
    void failsWhereItIsToldToAndGoesOnFromThere() throws BusFault {
        Script script = CHIP_ID.faultAt(0, BusFault.Kind.NO_ANSWER).then(CHIP_ID);
        ScriptedI2cBus bus = new ScriptedI2cBus(script);
        BusFault fault =
                assertThrows(BusFault.class, () -> bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1));
        assertEquals(BusFault.Kind.NO_ANSWER, fault.kind());
        assertEquals(1, bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1).length);
        bus.done();
    }

    @Test
    void playsTheOtherPortsTheSameWay() throws BusFault {
        ScriptedSpiBus spi = new ScriptedSpiBus(Script.empty().spi("01 00", "FF 2A"));
        assertArrayEquals(new byte[] {-1, 0x2A}, spi.transfer(new byte[] {1, 0}));
        spi.done();
        ScriptedSerialPort serial =
                new ScriptedSerialPort(
                        Script.empty().serialDiscard().serialWrite("42 4D").serialRead("42"));
        serial.discardInput();
        serial.write(new byte[] {0x42, 0x4D});
        assertArrayEquals(new byte[] {0x42}, serial.read(32, Duration.ZERO));
        serial.done();
        ScriptedKernelDevice device =
                new ScriptedKernelDevice(
                        "28-0316a2794bff", Script.empty().attribute("temperature", "21375"));
        assertEquals("21375", device.read("temperature"));
        device.done();
    }

    @Test
    void anInputTellsItsEdgesOnceAndWhatWasLost() throws BusFault {
        ScriptedGpioInput input = new ScriptedGpioInput();
        input.becomes(true, 1_000);
        input.loses(3, false);
        GpioInput.Edges edges = input.edges();
        assertEquals(1, edges.list().size());
        assertEquals(3, edges.lost());
        assertEquals(false, edges.active());
        assertEquals(0, input.edges().list().size());
    }
}
