package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.SensorFault;

/**
 * A chip on an I2C bus, with registers that have an address of one byte, or with commands of two
 * bytes. Immutable; used by the bus' thread.
 *
 * @param kind {@code bme280}, for the faults' texts
 */
public record I2cChip(I2cBus bus, int address, String kind) {
    private static final byte[] NOTHING = {};

    public I2cChip {
        if (address < I2cBus.ADDRESS_MIN || address > I2cBus.ADDRESS_MAX) {
            throw new IllegalArgumentException(
                    "%s at address 0x%02X: must be 0x%02X to 0x%02X (UM10204, 3.1.12)"
                            .formatted(kind, address, I2cBus.ADDRESS_MIN, I2cBus.ADDRESS_MAX));
        }
    }

    /** The bytes from a register on. */
    public byte[] read(int register, int length) throws BusFault {
        return bus.transfer(address, new byte[] {(byte) register}, length);
    }

    /** A register of one byte, 0 to 255. */
    public int readByte(int register) throws BusFault {
        return read(register, 1)[0] & 0xFF;
    }

    /** A register of two bytes, high byte first, 0 to 65535. */
    public int readWord(int register) throws BusFault {
        return BigEndian.word(read(register, 2), 0);
    }

    /**
     * For a chip that has commands instead of registers.
     *
     * @param code two bytes, high byte first
     */
    public void command(byte[] code) throws BusFault {
        bus.transfer(address, code, 0);
    }

    /** What such a chip answers to its last command. */
    public byte[] answer(int length) throws BusFault {
        return bus.transfer(address, NOTHING, length);
    }

    public void write(int register, int value) throws BusFault {
        bus.transfer(address, new byte[] {(byte) register, (byte) value}, 0);
    }

    /** A register of two bytes, high byte first. */
    public void writeWord(int register, int value) throws BusFault {
        bus.transfer(address, new byte[] {(byte) register, (byte) (value >> 8), (byte) value}, 0);
    }

    /** Another chip at this address is a fault: its registers mean something else. */
    public void requireId(int register, int expected) throws SensorFault {
        int id = readByte(register);
        if (id != expected) {
            throw fault("its id is 0x%02X, expected 0x%02X".formatted(id, expected));
        }
    }

    /** A chip that was reset does not measure as it was told: its configuration says so. */
    public void requireUnchanged(String what, int told, int expected) throws SensorFault {
        if (told != expected) {
            throw fault(
                    "%s is 0x%X, was set to 0x%X: it was reset, and is set up anew"
                            .formatted(what, told, expected));
        }
    }

    public SensorFault fault(String what) {
        return new SensorFault("%s: %s".formatted(this, what));
    }

    @Override
    public String toString() {
        return "%s at 0x%02X on %s".formatted(kind, address, bus.name());
    }
}
