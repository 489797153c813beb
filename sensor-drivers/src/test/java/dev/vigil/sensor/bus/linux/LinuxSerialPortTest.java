package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.linux.LinuxSerialPort.Frame;
import dev.vigil.sensor.bus.linux.LinuxSerialPort.Parity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real port of this machine's kernel: a pseudo terminal, whose other end the test holds. Speed
 * and parity are set there but mean nothing.
 */
class LinuxSerialPortTest {
    private static final long UNLOCK = 0x40045431L; // TIOCSPTLCK
    private static final long NUMBER = 0x80045430L; // TIOCGPTN
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SystemCalls calls = Machine.calls();
    private final Memory memory = calls.allocate(256);
    private int otherEnd;
    private String path = "";

    @BeforeEach
    void opensAPseudoTerminal() {
        otherEnd = calls.open("/dev/ptmx", DeviceFile.READ_WRITE | DeviceFile.TERMINAL);
        assertEquals(0, calls.ioctl(otherEnd, UNLOCK, memory.address()));
        assertEquals(0, calls.ioctl(otherEnd, NUMBER, memory.address()));
        path = "/dev/pts/" + memory.bytes().getInt(0);
    }

    @AfterEach
    void closesIt() {
        calls.close(otherEnd);
        calls.free(memory);
    }

    private LinuxSerialPort port() {
        return new LinuxSerialPort(calls, path, new Frame(9600, Parity.NONE, 1));
    }

    private void otherEndSends(byte... bytes) {
        memory.bytes().put(0, bytes);
        assertEquals(bytes.length, calls.write(otherEnd, memory.address(), bytes.length));
    }

    @Test
    void bringsBytesAsTheyAreBothWays() throws BusFault {
        byte[] all = {
            0, 3, 4, 10, 13, 17, 19, 26, 127, (byte) 0xFF
        }; // a terminal would act on them
        try (LinuxSerialPort port = port()) {
            assertEquals(0, port.read(16, Duration.ZERO).length);
            otherEndSends(all);
            assertArrayEquals(all, port.read(16, LONG));
            port.write(all);
            int length = calls.read(otherEnd, memory.address(), 256);
            byte[] arrived = new byte[length];
            memory.bytes().get(0, arrived);
            assertArrayEquals(all, arrived);
        }
    }

    @Test
    void givesWhatWasAskedForAndKeepsTheRest() throws BusFault {
        try (LinuxSerialPort port = port()) {
            port.read(1, Duration.ZERO);
            otherEndSends((byte) 1, (byte) 2, (byte) 3);
            assertArrayEquals(new byte[] {1}, port.read(1, LONG));
            assertArrayEquals(new byte[] {2, 3}, port.read(16, LONG));
        }
    }

    @Test
    void forgetsWhatHadArrivedWhenToldTo() throws BusFault {
        try (LinuxSerialPort port = port()) {
            port.read(1, Duration.ZERO);
            otherEndSends((byte) 1);
            assertArrayEquals(new byte[] {1}, port.read(1, LONG));
            otherEndSends((byte) 2, (byte) 3);
            port.discardInput();
            otherEndSends((byte) 4);
            assertArrayEquals(new byte[] {4}, port.read(1, LONG));
        }
    }

    @Test
    void aPortThatIsUnpluggedIsGoneUntilItIsBack() throws BusFault {
        try (LinuxSerialPort port = port()) {
            port.read(1, Duration.ZERO);
            calls.close(otherEnd);
            BusFault fault = assertThrows(BusFault.class, () -> port.read(1, LONG));
            assertEquals(BusFault.Kind.GONE, fault.kind(), fault.getMessage());
            opensAPseudoTerminal();
            try (LinuxSerialPort again = port()) {
                again.read(1, Duration.ZERO);
                otherEndSends((byte) 9);
                assertArrayEquals(new byte[] {9}, again.read(1, LONG));
            }
        }
    }

    @Test
    void speedAndFrameAreWhereTheKernelLooksForThem() {
        ByteBuffer termios = ByteBuffer.allocate(44).order(ByteOrder.nativeOrder());
        LinuxSerialPort.termios(termios, new Frame(19_200, Parity.EVEN, 2));
        assertEquals(0, termios.getInt(0) | termios.getInt(4) | termios.getInt(12));
        assertEquals(0x1000 | 0x800 | 0x100 | 0x80 | 0x40 | 0x30, termios.getInt(8));
        assertEquals(19_200, termios.getInt(36));
        assertEquals(19_200, termios.getInt(40));
    }

    @Test
    void aFileThatIsNotThereHasItsErrorNumber() {
        assertEquals(-Errno.ENOENT, calls.open("/dev/no-such-port", DeviceFile.READ_WRITE));
    }
}
