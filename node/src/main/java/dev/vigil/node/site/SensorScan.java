package dev.vigil.node.site;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.linux.LinuxGpioListing;
import dev.vigil.sensor.driver.I2cDriver;
import dev.vigil.sensor.driver.I2cDrivers;
import dev.vigil.sensor.iio.KernelChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks the buses who is on them and answers with the {@code sensors} of a site.yaml. Owned by the
 * thread that scans. On an I2C bus it speaks only to addresses where a driver could be, and only
 * reads, or gives commands that only read.
 */
public final class SensorScan {
    private final String zone;
    private final List<String> lines = new ArrayList<>();
    private final List<String> gpio = new ArrayList<>();
    private final Set<String> ids = new TreeSet<>();

    /** What was found is put into this zone. */
    public SensorScan(String zone) {
        this.zone = zone;
    }

    /** Looks for chips that a driver recognises. */
    public void i2c(I2cBus bus) {
        Set<Integer> recognised = new LinkedHashSet<>();
        Set<Integer> others = new TreeSet<>();
        try {
            for (I2cDriver driver : I2cDrivers.ALL) {
                for (int address : driver.addresses()) {
                    if (!recognised.contains(address)) {
                        ask(bus, driver, address, recognised, others);
                    }
                }
            }
        } catch (BusFault fault) {
            comment("%s: %s".formatted(bus.name(), fault.getMessage()));
            return;
        }
        others.removeAll(recognised);
        for (int address : others) {
            comment(
                    "%s 0x%02x: something answers that no driver recognises"
                            .formatted(bus.name(), address));
        }
        if (recognised.isEmpty() && others.isEmpty()) {
            comment(bus.name() + ": nothing that a driver recognises");
        }
    }

    private void ask(
            I2cBus bus, I2cDriver driver, int address, Set<Integer> recognised, Set<Integer> others)
            throws BusFault {
        try {
            if (driver.identity().isIt(bus, address)) {
                recognised.add(address);
                String from =
                        "chip: %s, i2c: %s, address: 0x%02x"
                                .formatted(driver.word(), bus.name(), address);
                chip(driver.word(), driver.measurands(), from);
            } else {
                others.add(address);
            }
        } catch (BusFault fault) {
            if (fault.kind() == BusFault.Kind.GONE || fault.kind() == BusFault.Kind.REFUSED) {
                throw fault; // it is the bus, not what is on it
            }
        } catch (SensorFault _) {
            others.add(address);
        }
    }

    private void chip(String word, List<Measurand> measurands, String from) {
        for (Measurand measurand : measurands) {
            Quantity quantity = measurand.quantity();
            boolean named = !measurand.name().equals(quantity.senmlName());
            sensor(
                    word + "-" + measurand.name(),
                    quantity,
                    from + (named ? ", measures: " + measurand.name() : ""));
        }
    }

    /** Thermometers on the kernel's 1-Wire buses. */
    public void oneWire(List<KernelDevice> slaves) {
        for (KernelDevice slave : slaves) {
            if (slave.name().startsWith("28-")) {
                sensor(slave.name(), Quantity.TEMPERATURE, "chip: ds18b20, w1: " + slave.name());
            } else {
                comment("w1 %s: of a family that no driver knows".formatted(slave.name()));
            }
        }
    }

    /**
     * Devices that the kernel drives.
     *
     * @param word {@code iio} or {@code hwmon}
     */
    public void kernel(String word, List<KernelDevice> devices) {
        for (KernelDevice device : devices) {
            boolean alone =
                    devices.stream().filter(d -> d.name().equals(device.name())).count() == 1;
            try {
                String at = alone ? "" : ", at: '%s'".formatted(device.places().getFirst());
                for (KernelChannel.Offer offer : KernelChannel.offers(device)) {
                    sensor(
                            device.name() + "-" + offer.file(),
                            offer.quantity(),
                            "chip: %s, name: %s%s, file: %s"
                                    .formatted(word, device.name(), at, offer.file()));
                }
            } catch (SensorFault fault) {
                comment("%s %s: %s".formatted(word, device.name(), fault.getMessage()));
            }
        }
    }

    /** What contacts, pulses and outputs can be wired to: chips by label, lines by name. */
    public void gpio(LinuxGpioListing listing) {
        for (LinuxGpioListing.Chip chip : listing.chips()) {
            gpio.add("  # gpio %s, %d lines".formatted(chip.label(), chip.lines().size()));
            String free =
                    chip.lines().stream()
                            .filter(line -> !line.taken())
                            .map(LinuxGpioListing.Line::name)
                            .collect(Collectors.joining(", "));
            gpio.add("  #   free: " + (free.isEmpty() ? "none" : free));
            String taken =
                    chip.lines().stream()
                            .filter(LinuxGpioListing.Line::taken)
                            .map(line -> line.name() + by(line.consumer()))
                            .collect(Collectors.joining(", "));
            if (!taken.isEmpty()) {
                gpio.add("  #   taken: " + taken);
            }
        }
        listing.refused().forEach(why -> gpio.add("  # gpio " + why));
        if (gpio.isEmpty()) {
            gpio.add("  # no GPIO chip: there is no /dev/gpiochip0");
        }
    }

    private static String by(String consumer) {
        return consumer.isEmpty() ? "" : " (" + consumer + ")";
    }

    /** For a site.yaml: the sensors, with comments on what is none, and on GPIO chips. */
    public List<String> stanza() {
        List<String> stanza = new ArrayList<>();
        stanza.add("sensors:");
        if (lines.isEmpty()) {
            stanza.add(
                    "  # no sensor found: no I2C bus (/dev/i2c-*), no 1-Wire, IIO or hwmon device of the kernel's");
        }
        stanza.addAll(lines);
        stanza.addAll(gpio);
        return stanza;
    }

    private void sensor(String name, Quantity quantity, String from) {
        String plain = zone + "/" + name.replaceAll("[^A-Za-z0-9.:/_-]", "_");
        String id = plain;
        for (int number = 2; !ids.add(id); number++) {
            id = plain + "-" + number;
        }
        lines.add(
                "  - {id: %s, quantity: %s, zone: %s, from: {%s}}"
                        .formatted(id, quantity.senmlName(), zone, from));
    }

    private void comment(String text) {
        lines.add("  # " + text);
    }
}
