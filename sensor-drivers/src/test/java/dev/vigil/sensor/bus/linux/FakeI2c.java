package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * An I2C adapter of a {@link FakeKernel} whose chips are 256 registers of a byte with a pointer,
 * like i2c-stub's, or of two bytes. Owned by the test's thread.
 */
public final class FakeI2c implements FakeKernel.Device {
    private final FakeKernel kernel;
    private final boolean plain;
    private final Map<Integer, byte[]> chips = new HashMap<>();
    private final Set<Integer> ofWords = new HashSet<>();
    private int slave;
    private int register;

    /** The next transaction's error number; 0 for none. */
    int failsOnce;

    /** With {@code plain} false it only speaks SMBus. */
    public FakeI2c(FakeKernel kernel, boolean plain) {
        this.kernel = kernel;
        this.plain = plain;
    }

    /** Its registers; it is there from now on. */
    public byte[] chip(int address) {
        return chips.computeIfAbsent(address, _ -> new byte[256]);
    }

    /** A chip whose registers have two bytes, high byte first; it is there from now on. */
    public void word(int address, int number, int value) {
        ofWords.add(address);
        byte[] registers = chip(address);
        registers[2 * number] = (byte) (value >> 8);
        registers[2 * number + 1] = (byte) value;
    }

    @Override
    public int ioctl(long request, long argument) {
        if (request == I2cStructs.FUNCTIONS) {
            kernel.at(argument).putLong(0, plain ? 0x0eff_0009L : 0x0cff_0008L);
            return 0;
        }
        if (request == I2cStructs.TIMEOUT) {
            return 0;
        }
        if (request == I2cStructs.SLAVE) {
            slave = (int) argument;
            return 0;
        }
        int failure = failsOnce;
        failsOnce = 0;
        if (failure != 0) {
            return -failure;
        }
        if (request == I2cStructs.TRANSFER && plain) {
            return transfer(kernel.at(argument));
        }
        return request == I2cStructs.SMBUS ? smbus(kernel.at(argument)) : -Errno.ENOTTY;
    }

    private int transfer(ByteBuffer data) {
        ByteBuffer messages = kernel.at(data.getLong(0));
        for (int i = 0; i < data.getInt(8); i++) {
            int address = messages.getShort(16 * i);
            byte[] chip = chips.get(address);
            if (chip == null) {
                return -Errno.EREMOTEIO;
            }
            boolean read = messages.getShort(16 * i + 2) == 1;
            int length = messages.getShort(16 * i + 4);
            ByteBuffer bytes = kernel.at(messages.getLong(16 * i + 8));
            if (read) {
                read(chip, length, bytes);
            } else {
                write(chip, ofWords.contains(address) ? 2 : 1, length, bytes);
            }
        }
        return data.getInt(8);
    }

    private int smbus(ByteBuffer request) {
        byte[] chip = chips.get(slave);
        if (chip == null) {
            return -Errno.ENODEV;
        }
        boolean read = request.get(0) == 1;
        ByteBuffer data = kernel.at(request.getLong(8));
        register = Byte.toUnsignedInt(request.get(1));
        switch (request.getInt(4)) {
            case 1 -> {
                if (read) {
                    read(chip, 1, data);
                }
            }
            case 2 -> {
                if (read) {
                    read(chip, 1, data);
                } else {
                    chip[register] = data.get(0);
                }
            }
            case 3 -> {
                for (int i = 0; i < 2; i++) {
                    if (read) {
                        data.put(i, chip[(register + i) & 0xff]);
                    } else {
                        chip[(register + i) & 0xff] = data.get(i);
                    }
                }
            }
            case 8 -> {
                int length = data.get(0);
                for (int i = 0; i < length; i++) {
                    if (read) {
                        data.put(1 + i, chip[(register + i) & 0xff]);
                    } else {
                        chip[(register + i) & 0xff] = data.get(1 + i);
                    }
                }
            }
            default -> {
                return -Errno.EOPNOTSUPP;
            }
        }
        return 0;
    }

    private void read(byte[] chip, int length, ByteBuffer into) {
        for (int i = 0; i < length; i++) {
            into.put(i, chip[register++ & 0xff]);
        }
    }

    /**
     * The register's number first, whose registers have {@code width} bytes, then what is in it.
     */
    private void write(byte[] chip, int width, int length, ByteBuffer bytes) {
        register = Byte.toUnsignedInt(bytes.get(0)) * width;
        for (int i = 1; i < length; i++) {
            chip[register++ & 0xff] = bytes.get(i);
        }
    }
}
