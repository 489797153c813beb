package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Simulated: i2c-dev and its adapter; node/trials has a real kernel's i2c-stub. */
class LinuxI2cBusTest {
    private static final String NODE = "/dev/i2c-1";
    private static final byte[] NONE = {};

    private final FakeKernel kernel = new FakeKernel();

    private LinuxI2cBus bus(FakeI2c adapter) {
        kernel.device(NODE, adapter);
        return new LinuxI2cBus(kernel, NODE, Duration.ofMillis(100));
    }

    @ParameterizedTest(name = "plain I2C: {0}")
    @ValueSource(booleans = {true, false})
    void writesAndReadsRegistersOnEitherKindOfAdapter(boolean plain) throws BusFault {
        FakeI2c adapter = new FakeI2c(kernel, plain);
        adapter.chip(0x76)[0xD0] = 0x60;
        try (LinuxI2cBus bus = bus(adapter)) {
            assertArrayEquals(new byte[] {0x60}, bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1));
            bus.transfer(0x76, new byte[] {(byte) 0xF4, 0x27}, 0);
            assertEquals(0x27, adapter.chip(0x76)[0xF4]);
            bus.transfer(0x76, new byte[] {0x10, 1, 2, 3}, 0);
            assertArrayEquals(new byte[] {1, 2, 3}, bus.transfer(0x76, new byte[] {0x10}, 3));
            bus.transfer(0x76, new byte[] {0x20, (byte) 0x85, (byte) 0x83}, 0);
            assertArrayEquals(
                    new byte[] {(byte) 0x85, (byte) 0x83},
                    bus.transfer(0x76, new byte[] {0x20}, 2));
            bus.transfer(0x76, new byte[] {0x11}, 0);
        }
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    @ParameterizedTest(name = "plain I2C: {0}")
    @ValueSource(booleans = {true, false})
    void aChipThatIsNotThereIsNoAnswerAndHarmsNoOther(boolean plain) throws BusFault {
        FakeI2c adapter = new FakeI2c(kernel, plain);
        adapter.chip(0x76)[0xD0] = 0x60;
        try (LinuxI2cBus bus = bus(adapter)) {
            BusFault fault =
                    assertThrows(
                            BusFault.class, () -> bus.transfer(0x77, new byte[] {(byte) 0xD0}, 1));
            assertEquals(BusFault.Kind.NO_ANSWER, fault.kind());
            assertTrue(
                    String.valueOf(fault.getMessage()).contains("/dev/i2c-1: chip 0x77"),
                    fault.getMessage());
            assertEquals(0x60, bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1)[0]);
        }
    }

    @Test
    void whatSmbusCanNotSayIsRefusedAndNotGuessed() {
        FakeI2c adapter = new FakeI2c(kernel, false);
        adapter.chip(0x44);
        try (LinuxI2cBus bus = bus(adapter)) {
            BusFault fault = assertThrows(BusFault.class, () -> bus.transfer(0x44, NONE, 6));
            assertEquals(BusFault.Kind.BROKEN, fault.kind());
        }
    }

    @Test
    void anAdapterThatIsPulledAndPluggedInAgainIsFoundAgain() throws BusFault {
        FakeI2c adapter = new FakeI2c(kernel, true);
        adapter.chip(0x76)[0xD0] = 0x60;
        try (LinuxI2cBus bus = bus(adapter)) {
            bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1);
            adapter.failsOnce = Errno.EIO;
            assertEquals(
                    BusFault.Kind.BROKEN,
                    assertThrows(BusFault.class, () -> bus.transfer(0x76, NONE, 1)).kind());
            kernel.remove(NODE);
            assertEquals(
                    BusFault.Kind.GONE,
                    assertThrows(BusFault.class, () -> bus.transfer(0x76, NONE, 1)).kind());
            kernel.device(NODE, adapter);
            assertEquals(0x60, bus.transfer(0x76, new byte[] {(byte) 0xD0}, 1)[0]);
        }
        assertEquals(0, kernel.openFiles());
    }

    @Test
    void aBusThatHangsIsATimeout() {
        FakeI2c adapter = new FakeI2c(kernel, true);
        adapter.chip(0x76);
        adapter.failsOnce = Errno.ETIMEDOUT;
        try (LinuxI2cBus bus = bus(adapter)) {
            assertEquals(
                    BusFault.Kind.TIMEOUT,
                    assertThrows(BusFault.class, () -> bus.transfer(0x76, NONE, 1)).kind());
        }
    }

    @Test
    void anAddressThatNoChipCanHaveIsAMistakeOfTheDriver() {
        try (LinuxI2cBus bus = bus(new FakeI2c(kernel, true))) {
            assertThrows(IllegalArgumentException.class, () -> bus.transfer(0x78, NONE, 1));
        }
    }
}
