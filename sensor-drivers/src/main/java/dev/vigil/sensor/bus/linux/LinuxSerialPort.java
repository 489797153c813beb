package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.SerialPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A serial port through termios2 (include/uapi/asm-generic/termbits.h), raw, with its speed as a
 * number. Owned by the bus' thread.
 */
public final class LinuxSerialPort implements SerialPort {
    private static final long SET_TERMIOS = 0x402C542BL; // TCSETS2
    private static final long EXCLUSIVE = 0x540CL; // TIOCEXCL
    private static final long FLUSH = 0x540BL; // TCFLSH
    private static final long FLUSH_INPUT = 0;
    private static final int TERMIOS_BYTES = 44;
    private static final int BUFFER_BYTES = 4096;
    private static final long WRITE_WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final int SPEED_AS_NUMBER = 0x1000; // BOTHER
    private static final int EIGHT_BITS = 0x30;
    private static final int TWO_STOP_BITS = 0x40;
    private static final int RECEIVE = 0x80;
    private static final int PARITY_ON = 0x100;
    private static final int PARITY_IS_ODD = 0x200;
    private static final int NO_MODEM_LINES = 0x800; // CLOCAL

    /** Parity of a frame of eight data bits. */
    public enum Parity {
        NONE,
        EVEN,
        ODD
    }

    /**
     * How bytes travel.
     *
     * @param baud bits a second
     * @param stopBits 1 or 2
     */
    public record Frame(int baud, Parity parity, int stopBits) {
        public Frame {
            if (baud < 50 || baud > 4_000_000 || stopBits < 1 || stopBits > 2) {
                throw new IllegalArgumentException(
                        "%d baud, %d stop bits: must be 50 to 4000000, and 1 or 2"
                                .formatted(baud, stopBits));
            }
        }

        /** As people write it: {@code 9600 8N1}. */
        @Override
        public String toString() {
            return "%d 8%c%d".formatted(baud, parity.name().charAt(0), stopBits);
        }
    }

    private final SystemCalls calls;
    private final DeviceFile file;
    private final Memory data;
    private final Memory polled;
    private boolean closed;

    /** Opens nothing yet: that is the first call's. */
    public LinuxSerialPort(SystemCalls calls, String path, Frame frame) {
        this.calls = calls;
        this.file =
                new DeviceFile(
                        calls,
                        path,
                        DeviceFile.READ_WRITE | DeviceFile.TERMINAL,
                        opened -> setUp(opened, frame));
        this.data = calls.allocate(BUFFER_BYTES);
        this.polled = calls.allocate(Poll.BYTES);
    }

    private void setUp(DeviceFile opened, Frame frame) throws BusFault {
        termios(data.bytes(), frame);
        opened.ioctl(SET_TERMIOS, data.address(), frame.toString());
        opened.ioctl(EXCLUSIVE, 0, "having it alone");
        opened.ioctl(FLUSH, FLUSH_INPUT, "emptying it");
    }

    /** Raw: no flag of input, output or line discipline is set, and reading never waits. */
    static void termios(ByteBuffer termios, Frame frame) {
        int control = SPEED_AS_NUMBER | EIGHT_BITS | RECEIVE | NO_MODEM_LINES;
        control |=
                switch (frame.parity()) {
                    case NONE -> 0;
                    case EVEN -> PARITY_ON;
                    case ODD -> PARITY_ON | PARITY_IS_ODD;
                };
        control |= frame.stopBits() == 2 ? TWO_STOP_BITS : 0;
        termios.put(0, new byte[TERMIOS_BYTES])
                .putInt(8, control)
                .putInt(36, frame.baud())
                .putInt(40, frame.baud());
    }

    @Override
    public String name() {
        return file.path();
    }

    @Override
    public byte[] read(int lengthMax, Duration wait) throws BusFault {
        int open = file.descriptor();
        await(open, wait); // also when it is zero: only so does a port that is gone show
        int length = calls.read(open, data.address(), Math.min(lengthMax, BUFFER_BYTES));
        if (length < 0 && length != -Errno.EAGAIN && length != -Errno.EINTR) {
            throw file.failed("reading", -length);
        }
        byte[] arrived = new byte[Math.max(0, length)];
        data.bytes().get(0, arrived);
        return arrived;
    }

    private void await(int open, Duration wait) throws BusFault {
        Poll.readable(polled.bytes(), 0, open);
        int ready =
                calls.poll(polled.address(), 1, (int) Math.min(Integer.MAX_VALUE, wait.toMillis()));
        if (ready > 0 && Poll.hasFailed(polled.bytes(), 0)) {
            throw file.failed("waiting for bytes", Errno.ENODEV);
        }
    }

    @Override
    public void write(byte[] bytes) throws BusFault {
        int open = file.descriptor();
        long deadline = System.nanoTime() + WRITE_WAIT_NANOS_MAX;
        int written = 0;
        while (written < bytes.length) {
            int part = Math.min(bytes.length - written, BUFFER_BYTES);
            data.bytes().put(0, bytes, written, part);
            int result = calls.write(open, data.address(), part);
            if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR) {
                throw file.failed("writing", -result);
            }
            if (result <= 0 && System.nanoTime() - deadline > 0) {
                throw file.failed(
                        "writing byte %d of %d".formatted(written, bytes.length), Errno.ETIMEDOUT);
            }
            if (result <= 0) {
                calls.poll(polled.address(), 0, 1); // a millisecond, for the port to empty
            }
            written += Math.max(0, result);
        }
    }

    @Override
    public void discardInput() throws BusFault {
        file.ioctl(FLUSH, FLUSH_INPUT, "emptying it");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.close();
            calls.free(data);
            calls.free(polled);
        }
    }
}
