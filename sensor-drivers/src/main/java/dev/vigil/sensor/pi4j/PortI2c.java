package dev.vigil.sensor.pi4j;

import com.pi4j.io.exception.IOException;
import com.pi4j.io.i2c.I2C;
import com.pi4j.io.i2c.I2CBase;
import com.pi4j.io.i2c.I2CBus;
import com.pi4j.io.i2c.I2CConfig;
import com.pi4j.io.i2c.I2CProvider;
import com.pi4j.io.i2c.I2CProviderBase;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.linux.LinuxI2cBus;
import dev.vigil.sensor.bus.linux.SystemCalls;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;

/** A device on an I2C bus. Any thread may use it: a transaction has the bus for itself. */
final class PortI2c extends I2CBase<PortI2c.Bus> {
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    /** A device has the bus to itself, with a port of its own: the kernel puts them in order. */
    static final class Bus implements I2CBus {
        private final I2cBus port;

        Bus(I2cBus port) {
            this.port = port;
        }

        @Override
        public synchronized <R> R execute(I2C device, Callable<R> action) {
            // CHECKSTYLE OFF: what Pi4J's contract lets an action throw
            try {
                return action.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
            // CHECKSTYLE ON
        }

        synchronized byte[] transfer(int address, byte[] write, int readLength) {
            try {
                return port.transfer(address, write, readLength);
            } catch (BusFault fault) {
                throw new IOException(fault);
            }
        }

        synchronized void close() {
            port.close();
        }
    }

    static final class Provider extends I2CProviderBase {
        private final SystemCalls calls;

        Provider(SystemCalls calls) {
            super("vigil-i2c", "I2C devices of this machine");
            this.calls = calls;
        }

        @Override
        public I2C create(I2CConfig config) {
            PortI2c device =
                    new PortI2c(
                            this,
                            config,
                            new Bus(new LinuxI2cBus(calls, "/dev/i2c-" + config.bus(), TIMEOUT)));
            context().registry().add(device);
            return device;
        }
    }

    private PortI2c(I2CProvider provider, I2CConfig config, Bus bus) {
        super(provider, config, bus);
    }

    private byte[] transfer(byte[] write, int readLength) {
        return i2CBus.transfer(config.device(), write, readLength);
    }

    private static int into(byte[] buffer, int offset, byte[] answer) {
        System.arraycopy(answer, 0, buffer, offset, answer.length);
        return answer.length;
    }

    private static byte[] joined(byte[] first, byte[] buffer, int offset, int length) {
        byte[] all = Arrays.copyOf(first, first.length + length);
        System.arraycopy(buffer, offset, all, first.length, length);
        return all;
    }

    private static byte[] one(int value) {
        return new byte[] {(byte) value};
    }

    @Override
    public int read() {
        return transfer(new byte[0], 1)[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return into(buffer, offset, transfer(new byte[0], length));
    }

    @Override
    public int write(byte value) {
        transfer(one(value), 0);
        return 1;
    }

    @Override
    public int write(byte[] buffer, int offset, int length) {
        transfer(Arrays.copyOfRange(buffer, offset, offset + length), 0);
        return length;
    }

    @Override
    public int readRegister(int register) {
        return transfer(one(register), 1)[0] & 0xFF;
    }

    @Override
    public int readRegister(int register, byte[] buffer, int offset, int length) {
        return into(buffer, offset, transfer(one(register), length));
    }

    @Override
    public int readRegister(byte[] register, byte[] buffer, int offset, int length) {
        return into(buffer, offset, transfer(register, length));
    }

    @Override
    public int writeRegister(int register, byte value) {
        transfer(new byte[] {(byte) register, value}, 0);
        return 1;
    }

    @Override
    public int writeRegister(int register, byte[] buffer, int offset, int length) {
        transfer(joined(one(register), buffer, offset, length), 0);
        return length;
    }

    @Override
    public int writeRegister(byte[] register, byte[] buffer, int offset, int length) {
        transfer(joined(register, buffer, offset, length), 0);
        return length;
    }

    @Override
    public void close() {
        i2CBus.close();
        super.close();
    }
}
