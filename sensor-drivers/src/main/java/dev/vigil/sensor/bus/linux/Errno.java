package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;

/** Linux' error numbers (asm-generic/errno.h), the ones buses meet. Stateless. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOTTY = 25;
    static final int EPROTO = 71;
    static final int EOPNOTSUPP = 95;
    static final int ETIMEDOUT = 110;
    static final int EREMOTEIO = 121;

    private Errno() {}

    /** What a driver can make of it (Documentation/i2c/fault-codes.rst for I2C). */
    static BusFault.Kind kind(int errno) {
        return switch (errno) {
            case ENXIO, EREMOTEIO -> BusFault.Kind.NO_ANSWER;
            case ETIMEDOUT -> BusFault.Kind.TIMEOUT;
            case ENOENT, ENODEV -> BusFault.Kind.GONE;
            case EPERM, EACCES, EBUSY -> BusFault.Kind.REFUSED;
            default -> BusFault.Kind.BROKEN;
        };
    }

    /** For people: {@code "no such device (ENODEV)"}. */
    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "this process may not (EPERM)";
            case EACCES -> "this process may not (EACCES)";
            case ENOENT -> "no such file (ENOENT)";
            case EIO -> "input/output error (EIO)";
            case ENXIO -> "nothing answered (ENXIO)";
            case EAGAIN -> "not now (EAGAIN)";
            case EBUSY -> "in use by somebody else (EBUSY)";
            case ENODEV -> "no such device (ENODEV)";
            case EINVAL -> "not possible there (EINVAL)";
            case ENOTTY -> "it is no such device (ENOTTY)";
            case EPROTO -> "protocol error (EPROTO)";
            case EOPNOTSUPP -> "the adapter can't do that (EOPNOTSUPP)";
            case ETIMEDOUT -> "timed out (ETIMEDOUT)";
            case EREMOTEIO -> "nothing answered (EREMOTEIO)";
            default -> "error number " + errno;
        };
    }
}
