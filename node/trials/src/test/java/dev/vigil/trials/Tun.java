package dev.vigil.trials;

import dev.vigil.sensor.bus.linux.Machine;
import dev.vigil.sensor.bus.linux.Memory;
import dev.vigil.sensor.bus.linux.SystemCalls;
import java.nio.charset.StandardCharsets;

/**
 * A network interface that hands its packets to whoever opened it (tun(4)). One thread reads, one
 * writes; closed when both have ended, and gone then.
 */
final class Tun implements AutoCloseable {
    private static final SystemCalls CALLS = Machine.calls();

    /** {@code O_RDWR | O_CLOEXEC} (asm-generic/fcntl.h). */
    private static final int READ_WRITE = 2 | 0x80000;

    /** {@code TUNSETIFF} (linux/if_tun.h), with a struct ifreq of 40 bytes. */
    private static final long SET_INTERFACE = 0x400454caL;

    private static final short TUN_WITHOUT_HEADER = 0x1 | 0x1000;
    private static final int FLAGS_AT = 16;
    private static final int REQUEST_BYTES = 40;
    private static final int PACKET_BYTES = 2_048;
    private static final short READABLE = 1;
    private static final int LOOK_MILLIS = 100;

    private final int file;
    private final Memory poll = CALLS.allocate(8);
    private final Memory in = CALLS.allocate(PACKET_BYTES);
    private final Memory out = CALLS.allocate(PACKET_BYTES);

    private Tun(int file) {
        this.file = file;
        poll.bytes().putInt(0, file).putShort(4, READABLE);
    }

    static Tun open(String name) {
        int file = CALLS.open("/dev/net/tun", READ_WRITE);
        Memory request = CALLS.allocate(REQUEST_BYTES);
        request.bytes()
                .put(0, name.getBytes(StandardCharsets.US_ASCII))
                .putShort(FLAGS_AT, TUN_WITHOUT_HEADER);
        int result = file < 0 ? file : CALLS.ioctl(file, SET_INTERFACE, request.address());
        CALLS.free(request);
        if (result < 0) {
            throw new AssertionError(
                    "no network interface %s from /dev/net/tun (error number %d) - this test makes a link and has to run as root"
                            .formatted(name, -result));
        }
        return new Tun(file);
    }

    /** One packet; empty when none came in a while. */
    byte[] read() {
        if (CALLS.poll(poll.address(), 1, LOOK_MILLIS) <= 0) {
            return new byte[0];
        }
        var packet = new byte[Math.max(0, CALLS.read(file, in.address(), PACKET_BYTES))];
        in.bytes().get(0, packet);
        return packet;
    }

    void write(byte[] packet) {
        out.bytes().put(0, packet);
        CALLS.write(file, out.address(), packet.length);
    }

    @Override
    public void close() {
        CALLS.close(file);
        CALLS.free(poll);
        CALLS.free(in);
        CALLS.free(out);
    }
}
