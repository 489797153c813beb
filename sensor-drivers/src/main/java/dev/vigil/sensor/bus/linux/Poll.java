package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;

/** {@code struct pollfd} (poll(2)), one after the other. Stateless. */
final class Poll {
    static final int BYTES = 8;
    private static final short IN = 1;
    private static final int FAILED = 0x8 | 0x10 | 0x20; // POLLERR, POLLHUP, POLLNVAL

    private Poll() {}

    /** Entry {@code index}: wait until {@code descriptor} can be read. */
    static void readable(ByteBuffer files, int index, int descriptor) {
        files.putInt(BYTES * index, descriptor);
        files.putShort(BYTES * index + 4, IN);
        files.putShort(BYTES * index + 6, (short) 0);
    }

    static boolean isReadable(ByteBuffer files, int index) {
        return (files.getShort(BYTES * index + 6) & IN) != 0;
    }

    /** The device is gone, or the other end has hung up. */
    static boolean hasFailed(ByteBuffer files, int index) {
        return (files.getShort(BYTES * index + 6) & FAILED) != 0;
    }
}
