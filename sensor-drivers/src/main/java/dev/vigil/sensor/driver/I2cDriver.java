package dev.vigil.sensor.driver;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import java.time.Duration;
import java.util.List;

/**
 * A driver of an I2C chip that needs nothing but an address. Immutable.
 *
 * @param word in site.yaml
 * @param addresses that the chip can have, the usual one first
 * @param identity tells it from others at the same address; may block on the bus
 * @param every how often it is sampled where the site says nothing
 */
public record I2cDriver(
        String word,
        List<Integer> addresses,
        Identity identity,
        List<Measurand> measurands,
        Every every,
        Factory factory) {
    public I2cDriver {
        addresses = List.copyOf(addresses);
        measurands = List.copyOf(measurands);
    }

    /** Intervals that make sense. */
    public record Every(Duration least, Duration usual, Duration most) {}

    /** Asks the chip who it is; must do no harm to another that happens to be there. */
    @FunctionalInterface
    public interface Identity {
        boolean isIt(I2cBus bus, int address) throws SensorFault;
    }

    /** Makes a sensor; opens nothing. */
    @FunctionalInterface
    public interface Factory {
        Sensor sensor(I2cBus bus, int address, Channels channels, Duration interval);
    }

    /** By a register of one byte that holds the chip's id. */
    public static Identity register(int register, int id) {
        return (bus, address) ->
                (bus.transfer(address, new byte[] {(byte) register}, 1)[0] & 0xFF) == id;
    }
}
