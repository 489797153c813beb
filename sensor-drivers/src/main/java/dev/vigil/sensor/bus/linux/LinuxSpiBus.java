package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.SpiBus;

/**
 * One chip select of an SPI controller through spidev (include/uapi/linux/spi/spidev.h). Owned by
 * the bus' thread.
 */
public final class LinuxSpiBus implements SpiBus {
    private static final long SET_MODE = 0x40016B01L;
    private static final long SET_BITS_PER_WORD = 0x40016B03L;
    private static final long SET_SPEED = 0x40046B04L;
    private static final long TRANSFER = 0x40206B00L; // SPI_IOC_MESSAGE(1)
    private static final int TRANSFER_BYTES = 32;

    /** spidev's default buffer. */
    private static final int LENGTH_MAX = 4096;

    private final SystemCalls calls;
    private final DeviceFile file;
    private final Memory request;
    private final Memory data;
    private boolean closed;

    /**
     * Opens nothing yet: that is the first transaction's.
     *
     * @param path {@code /dev/spidev0.0}
     * @param mode 0 to 3: clock phase in bit 0, clock polarity in bit 1
     * @param speedHertz at most this clock
     */
    public LinuxSpiBus(SystemCalls calls, String path, int mode, int speedHertz) {
        if (mode < 0 || mode > 3 || speedHertz <= 0) {
            throw new IllegalArgumentException(
                    "%s with mode %d at %d Hz: the mode is 0 to 3, the speed more than 0"
                            .formatted(path, mode, speedHertz));
        }
        this.calls = calls;
        this.file =
                new DeviceFile(
                        calls,
                        path,
                        DeviceFile.READ_WRITE,
                        opened -> setUp(opened, mode, speedHertz));
        this.request = calls.allocate(TRANSFER_BYTES);
        this.data = calls.allocate(2 * LENGTH_MAX);
    }

    private void setUp(DeviceFile opened, int mode, int speedHertz) throws BusFault {
        data.bytes().put(0, (byte) mode);
        opened.ioctl(SET_MODE, data.address(), "mode %d".formatted(mode));
        data.bytes().put(0, (byte) 8);
        opened.ioctl(SET_BITS_PER_WORD, data.address(), "8 bits per word");
        data.bytes().putInt(0, speedHertz);
        opened.ioctl(SET_SPEED, data.address(), "%d Hz".formatted(speedHertz));
    }

    @Override
    public String name() {
        return file.path();
    }

    @Override
    public byte[] transfer(byte[] write) throws BusFault {
        if (write.length == 0 || write.length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "%s: transaction of %d bytes: must be 1 to %d"
                            .formatted(file.path(), write.length, LENGTH_MAX));
        }
        int open = file.descriptor(); // its set-up uses the same memory
        data.bytes().put(0, write);
        request.bytes()
                .putLong(0, data.address())
                .putLong(8, data.address() + LENGTH_MAX)
                .putInt(16, write.length);
        int result = calls.ioctl(open, TRANSFER, request.address());
        if (result < 0) {
            throw file.failed("transaction of %d bytes".formatted(write.length), -result);
        }
        byte[] answer = new byte[write.length];
        data.bytes().get(LENGTH_MAX, answer);
        return answer;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.close();
            calls.free(request);
            calls.free(data);
        }
    }
}
