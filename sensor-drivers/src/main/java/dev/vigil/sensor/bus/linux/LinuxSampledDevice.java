package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.KernelDevice;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.ScanLayout;
import dev.vigil.sensor.bus.ScanType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An IIO device's buffer: set up by the files of {@code buffer0} in sysfs, read from {@code
 * /dev/iio:deviceN} (Linux 5.11 and newer). Owned by its bus' thread. Setting it up takes the right
 * to write these files.
 */
public final class LinuxSampledDevice implements SampledDevice {
    private static final String BUFFER = "buffer0";
    private static final String SWITCH = "_en";

    /** {@code O_RDONLY | O_CLOEXEC | O_NONBLOCK}. */
    private static final int READ = DeviceFile.READ_ONLY | 0x800;

    private final SystemCalls calls;
    private final Sysfs sysfs;
    private final KernelDevice device;
    private final String place;
    private final String trigger;
    private @Nullable Started started;

    /**
     * A buffer that runs.
     *
     * @param files its folder in sysfs
     * @param scanBytes of one scan
     * @param memory for all scans that the kernel keeps
     */
    private record Started(Path files, DeviceFile node, int scanBytes, Memory memory) {}

    /**
     * Opens nothing yet.
     *
     * @param place as of {@link Sysfs#iio(String, String)}
     * @param trigger the name of what has it measure; empty for the one it has
     */
    public LinuxSampledDevice(
            SystemCalls calls, Sysfs sysfs, String name, String place, String trigger) {
        this.calls = calls;
        this.sysfs = sysfs;
        this.device = sysfs.iio(name, place);
        this.place = place;
        this.trigger = trigger;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public List<String> attributes() throws BusFault {
        return device.attributes();
    }

    @Override
    public String read(String attribute) throws BusFault {
        return device.read(attribute);
    }

    @Override
    public ScanLayout start(List<String> channels) throws BusFault {
        close();
        Path folder = sysfs.iioFolder(name(), place);
        Path files = folder.resolve(BUFFER);
        if (!Files.isDirectory(files)) {
            throw broken("has no buffer: its driver gives single values, which 'chip: iio' reads");
        }
        Sysfs.write(files, "enable", "0");
        ScanLayout layout = choose(files, channels);
        triggered(folder.resolve("trigger"));
        Sysfs.write(files, "length", Integer.toString(CAPACITY));
        Sysfs.write(files, "enable", "1");
        var node = new DeviceFile(calls, "/dev/" + folder.getFileName(), READ, _ -> {});
        started =
                new Started(files, node, layout.bytes(), calls.allocate(CAPACITY * layout.bytes()));
        boolean open = false;
        try {
            node.descriptor();
            open = true;
        } finally {
            if (!open) {
                close();
            }
        }
        return layout;
    }

    /** Switches these channels and the time on, all others off. */
    private ScanLayout choose(Path files, List<String> wanted) throws BusFault {
        List<ScanLayout.Channel> chosen = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (String file : Sysfs.files(files)) {
            if (file.endsWith(SWITCH)) {
                String channel = file.substring(0, file.length() - SWITCH.length());
                boolean on = wanted.contains(channel) || channel.equals(TIME);
                Sysfs.write(files, file, on ? "1" : "0");
                there.add(channel);
                if (on) {
                    chosen.add(channel(files, channel));
                }
            }
        }
        if (there.stream().noneMatch(wanted::contains)) {
            throw broken(
                    "has none of %s in its buffer; there are: %s"
                            .formatted(
                                    String.join(", ", wanted),
                                    there.isEmpty() ? "none" : String.join(", ", there)));
        }
        return ScanLayout.of(chosen);
    }

    private ScanLayout.Channel channel(Path files, String channel) throws BusFault {
        String index = Sysfs.text(files, channel + "_index");
        String type = Sysfs.text(files, channel + "_type");
        try {
            return new ScanLayout.Channel(channel, Integer.parseInt(index), ScanType.of(type));
        } catch (IllegalArgumentException e) {
            throw broken(
                    "says of %s: index %s, type %s; %s"
                            .formatted(channel, index, type, e.getMessage()));
        }
    }

    /** One that needs a trigger has it. */
    private void triggered(Path folder) throws BusFault {
        String file = "current_trigger";
        if (!Files.exists(folder.resolve(file))) {
            return; // it has a clock of its own
        }
        if (!trigger.isEmpty()) {
            Sysfs.write(folder, file, trigger);
        }
        String has = Sysfs.text(folder, file);
        if (has.isEmpty() || !(trigger.isEmpty() || has.equals(trigger))) {
            List<String> there = sysfs.iioTriggers();
            throw broken(
                    "has %s, so nothing makes it measure; there are: %s"
                            .formatted(
                                    trigger.isEmpty()
                                            ? "no trigger"
                                            : "no trigger '" + trigger + "'",
                                    there.isEmpty() ? "none" : String.join(", ", there)));
        }
    }

    @Override
    public ByteBuffer scans() throws BusFault {
        Started running = started;
        if (running == null) {
            throw broken("isn't started");
        }
        Memory into = running.memory();
        int scanBytes = running.scanBytes();
        int length = calls.read(running.node().descriptor(), into.address(), CAPACITY * scanBytes);
        if (length == -Errno.EAGAIN) {
            return into.bytes().duplicate().limit(0);
        }
        if (length < 0) {
            close();
            throw new BusFault(
                    Errno.kind(-length),
                    "IIO device '%s': reading its buffer: %s"
                            .formatted(name(), Errno.text(-length)));
        }
        if (length == 0 || length % scanBytes != 0) {
            close();
            throw broken(
                    "gave %d bytes: not whole scans of %d; somebody else has set up its buffer"
                            .formatted(length, scanBytes));
        }
        return into.bytes().duplicate().limit(length);
    }

    @Override
    public void close() {
        Started running = started;
        started = null;
        if (running == null) {
            return;
        }
        running.node().close();
        calls.free(running.memory());
        try {
            Sysfs.write(running.files(), "enable", "0");
        } catch (BusFault _) {
            // it is gone, and with it its buffer
        }
    }

    private BusFault broken(String what) {
        return new BusFault(BusFault.Kind.BROKEN, "IIO device '%s' %s".formatted(name(), what));
    }
}
