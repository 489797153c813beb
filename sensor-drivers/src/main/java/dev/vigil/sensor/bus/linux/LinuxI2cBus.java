package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.I2cBus;
import java.time.Duration;

/**
 * An I2C adapter through its device node. Owned by the bus' thread.
 *
 * <p>Where the adapter only speaks SMBus (i2c-stub, many PC adapters), a transaction is made as the
 * SMBus command that puts the same bytes on the wire.
 */
public final class LinuxI2cBus implements I2cBus {
    /** Messages of i2c-dev are at most so long. */
    private static final int LENGTH_MAX = 8192;

    private final SystemCalls calls;
    private final DeviceFile file;
    private final Memory request;
    private final Memory data;
    private boolean plainI2c;
    private boolean closed;

    /**
     * Opens nothing yet: that is the first transaction's.
     *
     * @param path {@code /dev/i2c-1}
     * @param timeout after which the adapter gives a transaction up, in steps of 10 ms
     */
    public LinuxI2cBus(SystemCalls calls, String path, Duration timeout) {
        this.calls = calls;
        this.file =
                new DeviceFile(
                        calls, path, DeviceFile.READ_WRITE, opened -> setUp(opened, timeout));
        this.request = calls.allocate(Math.max(I2cStructs.TRANSFER_BYTES, I2cStructs.SMBUS_BYTES));
        this.data = calls.allocate(2 * LENGTH_MAX);
    }

    private void setUp(DeviceFile opened, Duration timeout) throws BusFault {
        request.bytes().putLong(0, 0);
        opened.ioctl(I2cStructs.FUNCTIONS, request.address(), "asking what the adapter can do");
        plainI2c = (request.bytes().getLong(0) & I2cStructs.FUNCTION_I2C) != 0;
        opened.ioctl(
                I2cStructs.TIMEOUT, Math.max(1, timeout.toMillis() / 10), "setting the timeout");
    }

    @Override
    public String name() {
        return file.path();
    }

    @Override
    public byte[] transfer(int address, byte[] write, int readLength) throws BusFault {
        if (address < ADDRESS_MIN || address > ADDRESS_MAX) {
            throw new IllegalArgumentException(
                    "i2c address 0x%02x: must be 0x%02x to 0x%02x"
                            .formatted(address, ADDRESS_MIN, ADDRESS_MAX));
        }
        if (write.length > LENGTH_MAX
                || readLength > LENGTH_MAX
                || readLength < 0
                || write.length + readLength == 0) {
            throw new IllegalArgumentException(
                    "i2c transaction of %d bytes out, %d in: must be 1 to %d"
                            .formatted(write.length, readLength, LENGTH_MAX));
        }
        file.descriptor(); // knows what the adapter can do
        return plainI2c ? plain(address, write, readLength) : smbus(address, write, readLength);
    }

    private byte[] plain(int address, byte[] write, int readLength) throws BusFault {
        int messages = 0;
        if (write.length > 0) {
            data.bytes().put(0, write);
            I2cStructs.message(
                    request.bytes(), messages++, address, false, write.length, data.address());
        }
        if (readLength > 0) {
            I2cStructs.message(
                    request.bytes(),
                    messages++,
                    address,
                    true,
                    readLength,
                    data.address() + LENGTH_MAX);
        }
        I2cStructs.transfer(request, messages);
        make(I2cStructs.TRANSFER, address);
        byte[] answer = new byte[readLength];
        data.bytes().get(LENGTH_MAX, answer);
        return answer;
    }

    private byte[] smbus(int address, byte[] write, int readLength) throws BusFault {
        if (!I2cStructs.smbus(request, write, readLength)) {
            throw new BusFault(
                    BusFault.Kind.BROKEN,
                    "%s: the adapter only speaks SMBus, which can't write %d bytes and read %d"
                            .formatted(file.path(), write.length, readLength));
        }
        file.ioctl(I2cStructs.SLAVE, address, "choosing chip 0x%02x".formatted(address));
        make(I2cStructs.SMBUS, address);
        int length = I2cStructs.smbusLength(request.bytes(), readLength);
        if (readLength > 0 && length != readLength) {
            throw new BusFault(
                    BusFault.Kind.BROKEN,
                    "%s: chip 0x%02x: %d bytes instead of %d"
                            .formatted(file.path(), address, length, readLength));
        }
        return I2cStructs.smbusAnswer(request.bytes(), readLength);
    }

    private void make(long kind, int address) throws BusFault {
        int result = calls.ioctl(file.descriptor(), kind, request.address());
        if (result >= 0) {
            return;
        }
        // Adapters without an own way to say it (i2c-stub) answer ENODEV for a chip that isn't
        // there; an adapter that isn't there any more shows when the node is opened anew.
        boolean silent = result == -Errno.ENODEV;
        if (silent) {
            file.close();
        }
        throw file.failed("chip 0x%02x".formatted(address), silent ? Errno.ENXIO : -result);
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
