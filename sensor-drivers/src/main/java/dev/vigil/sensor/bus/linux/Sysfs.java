package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.KernelDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices the kernel shows in sysfs: 1-Wire slaves, IIO devices, hwmon chips. Immutable; what
 * it returns is owned by the thread of a bus.
 */
public final class Sysfs {
    private static final int FILE_BYTES_MAX = 65_536; // sysfs gives a page

    /** The file of a device with the name its driver gives it. */
    private static final String NAME = "name";

    /** The file that a board's description may give it. */
    private static final String LABEL = "label";

    /** Folders of the kernel's own that devices are in that belong to none. */
    private static final Set<String> NO_OWNERS = Set.of("devices", "hwmon");

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

    /**
     * The IIO device of this name, also when its number changes.
     *
     * @param place one of its {@link KernelDevice#places}; empty when there is one of the name
     */
    public KernelDevice iio(String name, String place) {
        return named("IIO device", name, place, this::iio);
    }

    /**
     * The hardware monitor of this name, also when its number changes.
     *
     * @param place as of {@link #iio(String, String)}
     */
    public KernelDevice hwmon(String name, String place) {
        return named("hwmon chip", name, place, this::hwmon);
    }

    /** Where the IIO device of this name is now. */
    Path iioFolder(String name, String place) throws BusFault {
        return find("IIO device", name, place, iio());
    }

    /** What can have IIO devices measure, by name. */
    List<String> iioTriggers() throws BusFault {
        return devices("bus/iio/devices", "trigger*", NAME).stream()
                .map(KernelDevice::name)
                .toList();
    }

    @FunctionalInterface
    private interface Search {
        List<KernelDevice> devices() throws BusFault;
    }

    private static KernelDevice named(String kind, String name, String place, Search search) {
        return new Device(
                name, new Named(name, place, () -> find(kind, name, place, search.devices())));
    }

    private static Path find(String kind, String name, String place, List<KernelDevice> devices)
            throws BusFault {
        List<Path> found = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (KernelDevice device : devices) {
            if (device.name().equals(name) && device instanceof Device(_, var folder)) {
                Path there = folder.find();
                if (place.isEmpty() || places(there).contains(place)) {
                    found.add(there);
                }
                others.add("%s at %s".formatted(name, String.join(" or ", places(there))));
            } else {
                others.add(device.name());
            }
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        String wanted = place.isEmpty() ? "" : " at " + place;
        if (found.isEmpty()) {
            throw new BusFault(
                    BusFault.Kind.GONE,
                    "there is no %s '%s'%s; there are: %s"
                            .formatted(
                                    kind,
                                    name,
                                    wanted,
                                    others.isEmpty() ? "none" : String.join(", ", others)));
        }
        throw new BusFault(
                BusFault.Kind.BROKEN,
                "there are %d of %s '%s'%s, say with 'at' which: %s"
                        .formatted(found.size(), kind, name, wanted, String.join(", ", others)));
    }

    private static List<String> places(Path folder) throws BusFault {
        List<String> places = new ArrayList<>();
        if (Files.exists(folder.resolve(LABEL))) {
            places.add(text(folder, LABEL));
        }
        try {
            Path device = folder.resolve("device");
            Path owner = Files.exists(device) ? device : folder.resolve("..");
            String name = fileName(owner.toRealPath());
            if (!NO_OWNERS.contains(name)) {
                places.add(name);
            }
        } catch (IOException e) {
            throw fault(folder, e);
        }
        places.add(fileName(folder));
        return places;
    }

    private List<KernelDevice> devices(String folder, String pattern, String nameFile)
            throws BusFault {
        Path directory = root.resolve(folder);
        List<KernelDevice> devices = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return devices;
        }
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(folders::add);
        } catch (IOException e) {
            throw fault(directory, e);
        }
        folders.sort(Comparator.naturalOrder());
        for (Path entry : folders) {
            String name = nameFile.isEmpty() ? fileName(entry) : text(entry, nameFile);
            devices.add(new Device(name, () -> entry));
        }
        devices.sort(Comparator.comparing(KernelDevice::name)); // of one name, as before
        return devices;
    }

    @FunctionalInterface
    private interface Folder {
        Path find() throws BusFault;
    }

    /** Where a device was last, as long as it is still that one; else it is searched for. */
    private static final class Named implements Folder {
        private final String name;
        private final String place;
        private final Folder search;
        private @Nullable Path last;

        Named(String name, String place, Folder search) {
            this.name = name;
            this.place = place;
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
                return text(folder, NAME).equals(name)
                        && (place.isEmpty() || places(folder).contains(place));
            } catch (BusFault _) {
                return false; // the search tells what is wrong
            }
        }
    }

    private record Device(String name, Folder folder) implements KernelDevice {
        @Override
        public List<String> places() throws BusFault {
            return Sysfs.places(folder.find());
        }

        @Override
        public List<String> attributes() throws BusFault {
            return files(folder.find());
        }

        @Override
        public String read(String attribute) throws BusFault {
            return text(folder.find(), attribute);
        }
    }

    /** Names of the files in a folder, sorted. */
    static List<String> files(Path directory) throws BusFault {
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

    /** Sets a file of a device. */
    static void write(Path directory, String attribute, String text) throws BusFault {
        Path file = directory.resolve(attribute);
        try {
            Files.writeString(file, text, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw fault(file, "set to '%s'".formatted(text), e);
        }
    }

    private static String fileName(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    static String text(Path directory, String attribute) throws BusFault {
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
        return fault(file, "read", e);
    }

    private static BusFault fault(Path file, String done, IOException e) {
        String message = String.valueOf(e.getMessage());
        BusFault.Kind kind = BusFault.Kind.BROKEN;
        if (message.contains("No such device") || e instanceof NoSuchFileException) {
            kind = BusFault.Kind.GONE;
        } else if (message.contains("timed out")) {
            kind = BusFault.Kind.TIMEOUT;
        } else if (e instanceof AccessDeniedException || message.contains("busy")) {
            kind = BusFault.Kind.REFUSED;
        }
        return new BusFault(kind, "%s can't be %s: %s".formatted(file, done, message));
    }
}
