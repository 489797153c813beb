package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.util.List;

/**
 * A device that the kernel drives and shows as small text files: a 1-Wire slave, an IIO device, a
 * hwmon chip. Owned by the thread of its bus: reading a file may take as long as the conversion
 * (DS18B20: 750 ms).
 */
public interface KernelDevice {
    /** The 1-Wire id ({@code 28-0316a2794bff}), or the name the kernel's driver gives it. */
    String name();

    /**
     * What tells it from another device of its name, the most lasting first: its label, where it is
     * ({@code 1-0048}), its own folder ({@code iio:device1}, whose number may be another after a
     * start). Its name alone where there can be no other.
     */
    default List<String> places() throws BusFault {
        return List.of(name());
    }

    /** Names of its files, sorted: {@code in_temp_raw}, {@code in_temp_scale}. */
    List<String> attributes() throws BusFault;

    /**
     * The text of one file, without the line end at its end.
     *
     * @throws BusFault GONE when the device isn't there, NO_ANSWER when the device doesn't have
     *     that file, TIMEOUT and BROKEN when the kernel's driver reports so
     */
    String read(String attribute) throws BusFault;
}
