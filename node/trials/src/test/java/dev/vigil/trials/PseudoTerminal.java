package dev.vigil.trials;

import dev.vigil.sensor.bus.linux.Machine;
import dev.vigil.sensor.bus.linux.Memory;
import dev.vigil.sensor.bus.linux.SystemCalls;

/**
 * A serial port of this machine's kernel whose other end the trial holds (pty(7)). Owned by the
 * trial's thread. Speed and parity are set there but mean nothing.
 */
final class PseudoTerminal implements AutoCloseable {
    private static final SystemCalls CALLS = Machine.calls();

    /** {@code O_RDWR | O_NOCTTY | O_NONBLOCK} (asm-generic/fcntl.h). */
    private static final int OPEN = 2 | 0x100 | 0x800;

    private static final long UNLOCK = 0x40045431L; // TIOCSPTLCK
    private static final long NUMBER = 0x80045430L; // TIOCGPTN
    private static final int BYTES = 256;

    private final int file;
    private final Memory memory = CALLS.allocate(BYTES);
    private final String path;

    PseudoTerminal() {
        file = CALLS.open("/dev/ptmx", OPEN);
        if (file < 0
                || CALLS.ioctl(file, UNLOCK, memory.address()) < 0
                || CALLS.ioctl(file, NUMBER, memory.address()) < 0) {
            throw new TrialFailure("no pseudo terminal from /dev/ptmx: " + file);
        }
        path = "/dev/pts/" + memory.bytes().getInt(0);
    }

    /** What is opened as a serial port. */
    String path() {
        return path;
    }

    /** At most 256 bytes; they are lost when nobody has read what was sent before. */
    void send(byte[] bytes) {
        memory.bytes().put(0, bytes);
        CALLS.write(file, memory.address(), bytes.length);
    }

    @Override
    public void close() {
        CALLS.close(file);
        CALLS.free(memory);
    }
}
