package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.KernelDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The devices the kernel shows in sysfs: 1-Wire slaves, IIO devices, hwmon chips. Immutable; what
 * it returns is owned by the thread of a bus.
 */
public final class Sysfs {
    private static final int FILE_BYTES_MAX = 65_536; // sysfs gives a page

    /** The file of a device with the name its driver gives it. */
    private static final String NAME = "name";

    private final Path root;

    /** Of this machine: {@code /sys}; a test gives a folder like it. */
    public Sysfs(Path root) {
        this.root = root;
    }

    /** The slaves on all 1-Wire buses, by id: {@code 28-0316a2794bff}. */
    public List<KernelDevice> oneWire() throws BusFault {
        return devices("bus/w1/devices", "[0-9a-f][0-9a-f]-*", "");
    }

    /** The IIO devices, by the name their driver gives them: {@code bmp280}. */
    public List<KernelDevice> iio() throws BusFault {
        return devices("bus/iio/devices", "iio:device*", NAME);
    }

    /** The hardware monitors, by the name their driver gives them: {@code cpu_thermal}. */
    public List<KernelDevice> hwmon() throws BusFault {
        return devices("class/hwmon", "hwmon*", NAME);
    }

    /** The slave with this id, whether it is there now or not. */
    public KernelDevice oneWire(String id) {
        return new Device(id, () -> root.resolve("bus/w1/devices").resolve(id));
    }

    /** The IIO device of this name, also when its number changes. */
    public KernelDevice iio(String name) {
        return new Device(name, new Named(name, () -> find(iio(), "IIO device", name)));
    }

    /** The hardware monitor of this name, also when its number changes. */
    public KernelDevice hwmon(String name) {
        return new Device(name, new Named(name, () -> find(hwmon(), "hwmon chip", name)));
    }

    private static Path find(List<KernelDevice> devices, String kind, String name) throws BusFault {
        for (KernelDevice device : devices) {
            if (device.name().equals(name) && device instanceof Device(_, var folder)) {
                return folder.find();
            }
        }
        throw new BusFault(
                BusFault.Kind.GONE,
                "there is no %s '%s'; there are: %s"
                        .formatted(
                                kind,
                                name,
                                devices.isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ",
                                                devices.stream()
                                                        .map(KernelDevice::name)
                                                        .toList())));
    }

    private List<KernelDevice> devices(String folder, String pattern, String nameFile)
            throws BusFault {
        Path directory = root.resolve(folder);
        List<KernelDevice> devices = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return devices;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            for (Path entry : entries) {
                String name = nameFile.isEmpty() ? fileName(entry) : text(entry, nameFile);
                devices.add(new Device(name, () -> entry));
            }
        } catch (IOException e) {
            throw fault(directory, e);
        }
        devices.sort(Comparator.comparing(KernelDevice::name));
        return devices;
    }

    @FunctionalInterface
    private interface Folder {
        Path find() throws BusFault;
    }

    /** Where a device was last, as long as it is still that one; else it is searched for. */
    private static final class Named implements Folder {
        private final String name;
        private final Folder search;
        private @Nullable Path last;

        Named(String name, Folder search) {
            this.name = name;
            this.search = search;
        }

        @Override
        public Path find() throws BusFault {
            Path known = last;
            if (known == null || !isStillThere(known)) {
                known = search.find();
                last = known;
            }
            return known;
        }

        private boolean isStillThere(Path folder) {
            try {
                return text(folder, NAME).equals(name);
            } catch (BusFault _) {
                return false; // the search tells what is wrong
            }
        }
    }

    private record Device(String name, Folder folder) implements KernelDevice {
        @Override
        public List<String> attributes() throws BusFault {
            Path directory = folder.find();
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(directory, Files::isRegularFile)) {
                for (Path entry : entries) {
                    names.add(fileName(entry));
                }
            } catch (IOException e) {
                throw fault(directory, e);
            }
            names.sort(Comparator.naturalOrder());
            return names;
        }

        @Override
        public String read(String attribute) throws BusFault {
            return text(folder.find(), attribute);
        }
    }

    private static String fileName(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private static String text(Path directory, String attribute) throws BusFault {
        if (attribute.contains("/")) {
            throw new IllegalArgumentException(
                    "attribute '%s' of %s: must be one file's name"
                            .formatted(attribute, directory));
        }
        Path file = directory.resolve(attribute);
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_BYTES_MAX), StandardCharsets.UTF_8)
                    .stripTrailing();
        } catch (NoSuchFileException e) {
            boolean there = Files.isDirectory(directory);
            throw new BusFault(
                    there ? BusFault.Kind.NO_ANSWER : BusFault.Kind.GONE,
                    there
                            ? "%s has no file '%s'".formatted(directory, attribute)
                            : "%s isn't there".formatted(directory));
        } catch (IOException e) {
            throw fault(file, e);
        }
    }

    /** Java tells the kernel's error only in the words of the C library (English in "C"). */
    private static BusFault fault(Path file, IOException e) {
        String message = String.valueOf(e.getMessage());
        BusFault.Kind kind = BusFault.Kind.BROKEN;
        if (message.contains("No such device")) {
            kind = BusFault.Kind.GONE;
        } else if (message.contains("timed out")) {
            kind = BusFault.Kind.TIMEOUT;
        } else if (e instanceof java.nio.file.AccessDeniedException) {
            kind = BusFault.Kind.REFUSED;
        }
        return new BusFault(kind, "%s can't be read: %s".formatted(file, message));
    }
}
