package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;

/**
 * The structs and requests of an I2C adapter's device node (include/uapi/linux/i2c-dev.h and
 * i2c.h), in the machine's byte order. Stateless.
 */
final class I2cStructs {
    static final long TIMEOUT = 0x0702; // in units of 10 ms
    static final long SLAVE = 0x0703;
    static final long FUNCTIONS = 0x0705;
    static final long TRANSFER = 0x0707; // I2C_RDWR
    static final long SMBUS = 0x0720;

    /** I2C_FUNC_I2C: the adapter does any transaction, not only those of SMBus. */
    static final long FUNCTION_I2C = 1;

    /** {@code struct i2c_rdwr_ioctl_data} and two {@code struct i2c_msg} after it. */
    static final int TRANSFER_BYTES = 16 + 2 * 16;

    /** {@code struct i2c_smbus_ioctl_data}, and {@code union i2c_smbus_data} after it. */
    static final int SMBUS_BYTES = 16 + 34;

    static final int SMBUS_BLOCK_MAX = 32;
    private static final short READ = 1;
    private static final int BYTE = 1;
    private static final int BYTE_DATA = 2;
    private static final int WORD_DATA = 3;
    private static final int I2C_BLOCK_DATA = 8;

    private I2cStructs() {}

    /** A transaction of {@code messages} messages that follow in the same memory. */
    static void transfer(Memory memory, int messages) {
        memory.bytes().putLong(0, memory.address() + 16).putInt(8, messages);
    }

    /** Message {@code index} of a transaction: {@code length} bytes from or to {@code data}. */
    static void message(
            ByteBuffer transfer, int index, int address, boolean read, int length, long data) {
        int at = 16 + 16 * index;
        transfer.putShort(at, (short) address)
                .putShort(at + 2, read ? READ : 0)
                .putShort(at + 4, (short) length)
                .putLong(at + 8, data);
    }

    /**
     * The SMBus command that puts the same bytes on the wire.
     *
     * @return false when SMBus has none
     */
    static boolean smbus(Memory memory, byte[] write, int readLength) {
        ByteBuffer bytes = memory.bytes();
        bytes.putLong(8, memory.address() + 16);
        boolean read = readLength > 0;
        if (readLength > SMBUS_BLOCK_MAX
                || write.length > SMBUS_BLOCK_MAX + 1
                || (read && write.length > 1)
                || (read && write.length == 0 && readLength != 1)
                || (!read && write.length == 0)) {
            return false;
        }
        bytes.put(0, (byte) (read ? 1 : 0));
        bytes.put(1, write.length == 0 ? 0 : write[0]);
        int data = read ? readLength : write.length - 1;
        if (write.length == 0 || (!read && data == 0)) {
            bytes.putInt(4, BYTE);
        } else if (data == 1) {
            bytes.putInt(4, BYTE_DATA);
            if (!read) {
                bytes.put(16, write[1]);
            }
        } else if (data == 2) {
            // A word's low byte is the first on the wire; so it is in memory, on the machines Java
            // knows here.
            bytes.putInt(4, WORD_DATA);
            if (!read) {
                bytes.put(16, write, 1, 2);
            }
        } else {
            bytes.putInt(4, I2C_BLOCK_DATA);
            bytes.put(16, (byte) data);
            if (!read) {
                bytes.put(17, write, 1, data);
            }
        }
        return true;
    }

    /** What an SMBus command read. */
    static byte[] smbusAnswer(ByteBuffer bytes, int readLength) {
        byte[] answer = new byte[readLength];
        bytes.get(bytes.getInt(4) == I2C_BLOCK_DATA ? 17 : 16, answer);
        return answer;
    }

    /** How many bytes the adapter says it read. */
    static int smbusLength(ByteBuffer bytes, int readLength) {
        return bytes.getInt(4) == I2C_BLOCK_DATA ? Byte.toUnsignedInt(bytes.get(16)) : readLength;
    }
}
