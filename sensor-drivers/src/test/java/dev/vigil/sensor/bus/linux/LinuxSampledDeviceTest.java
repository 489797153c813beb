package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.SampledDevice;
import dev.vigil.sensor.bus.ScanLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Simulated: sysfs, as a folder on the disk, and the system calls on the device node; node/trials
 * has a real kernel's iio_dummy and hrtimer trigger.
 */
class LinuxSampledDeviceTest {
    private static final String DEVICE = "bus/iio/devices/iio:device0/";
    private static final List<String> WANTED = List.of("in_accel_x", "in_accel_y");

    @TempDir private Path root;
    private final FakeKernel kernel = new FakeKernel();
    private final Node node = new Node();

    /** What the next read gives: bytes, or an error. */
    private static final class Node implements FakeKernel.Device {
        private byte[] next = new byte[0];
        private int error = -Errno.EAGAIN;

        void gives(String hex) {
            next = HexFormat.of().parseHex(hex);
        }

        @Override
        public int ioctl(long request, long argument) {
            return -Errno.ENOTTY;
        }

        @Override
        public int read(ByteBuffer into) {
            int length = next.length;
            into.put(next);
            next = new byte[0];
            return length == 0 ? error : length;
        }
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String text(String path) throws IOException {
        return Files.readString(root.resolve(DEVICE + path), StandardCharsets.UTF_8).strip();
    }

    @BeforeEach
    void aDeviceWithThreeChannelsAndATrigger() throws IOException {
        file(DEVICE + "name", "vigil_dummy\n");
        file(DEVICE + "buffer0/enable", "1\n");
        file(DEVICE + "buffer0/length", "2\n");
        channel("in_voltage0", 0, "le:u13/16>>0", "1");
        channel("in_accel_x", 3, "le:s16/16>>0", "0");
        channel("in_timestamp", 4, "le:s64/64>>0", "0");
        file(DEVICE + "trigger/current_trigger", "\n");
        file("bus/iio/devices/trigger0/name", "clock\n");
        kernel.device("/dev/iio:device0", node);
    }

    private void channel(String name, int index, String type, String on) throws IOException {
        file(DEVICE + "buffer0/" + name + "_en", on + "\n");
        file(DEVICE + "buffer0/" + name + "_index", index + "\n");
        file(DEVICE + "buffer0/" + name + "_type", type + "\n");
    }

    @AfterEach
    void leavesNothingOpenOrAllocated() {
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    private LinuxSampledDevice device(String trigger) {
        return new LinuxSampledDevice(kernel, new Sysfs(root), "vigil_dummy", "", trigger);
    }

    @Test
    void isSetUpForWhatIsWantedOfItWhateverItWasBefore() throws BusFault, IOException {
        try (LinuxSampledDevice device = device("clock")) {
            ScanLayout layout = device.start(WANTED);
            assertEquals(
                    List.of("in_accel_x", "in_timestamp"),
                    layout.elements().stream().map(ScanLayout.Element::name).toList());
            assertEquals(16, layout.bytes());
            assertEquals("0", text("buffer0/in_voltage0_en"));
            assertEquals("1", text("buffer0/in_accel_x_en"));
            assertEquals("1", text("buffer0/in_timestamp_en"));
            assertEquals(Integer.toString(SampledDevice.CAPACITY), text("buffer0/length"));
            assertEquals("clock", text("trigger/current_trigger"));
            assertEquals("1", text("buffer0/enable"));
        }
        assertEquals("0", text("buffer0/enable"));
    }

    @Test
    void givesWholeScansAndNothingWhenThereIsNothing() throws BusFault {
        try (LinuxSampledDevice device = device("clock")) {
            device.start(WANTED);
            assertEquals(0, device.scans().remaining());
            node.gives("58010000000000000100000000000000");
            ByteBuffer scans = device.scans();
            assertEquals(16, scans.remaining());
            assertEquals(0x58, scans.get(0));
            assertEquals(0, device.scans().remaining());
        }
    }

    @Test
    void aScanThatIsCutOffIsAFault() throws BusFault {
        try (LinuxSampledDevice device = device("clock")) {
            device.start(WANTED);
            node.gives("5801");
            assertEquals(
                    "IIO device 'vigil_dummy' gave 2 bytes: not whole scans of 16; somebody else has set up its buffer",
                    assertThrows(BusFault.class, device::scans).getMessage());
            assertEquals(BusFault.Kind.BROKEN, assertThrows(BusFault.class, device::scans).kind());
            assertEquals(16, device.start(WANTED).bytes());
        }
    }

    @Test
    void aDeviceThatDisappearsIsGone() throws BusFault {
        try (LinuxSampledDevice device = device("clock")) {
            device.start(WANTED);
            node.error = -Errno.ENODEV;
            assertEquals(BusFault.Kind.GONE, assertThrows(BusFault.class, device::scans).kind());
        }
    }

    @Test
    void oneThatNothingHasMeasureIsAFaultThatNamesWhatThereIs() throws IOException {
        try (LinuxSampledDevice device = device("")) {
            BusFault fault = assertThrows(BusFault.class, () -> device.start(WANTED));
            assertEquals(
                    "IIO device 'vigil_dummy' has no trigger, so nothing makes it measure; there are: clock",
                    fault.getMessage());
        }
        Files.delete(root.resolve(DEVICE + "trigger/current_trigger"));
        try (LinuxSampledDevice device = device("")) {
            assertEquals(16, device.start(WANTED).bytes()); // a clock of its own
        } catch (BusFault fault) {
            throw new AssertionError(fault);
        }
    }

    @Test
    void aDeviceThatCanNotBeSetUpSaysWhatItIsAbout() throws IOException {
        kernel.refused("/dev/iio:device0", Errno.EBUSY);
        kernel.remove("/dev/iio:device0");
        refused(BusFault.Kind.REFUSED, "/dev/iio:device0: can't be opened: in use");
        file(DEVICE + "buffer0/in_accel_x_type", "le:s16/16X3>>0\n");
        refused(BusFault.Kind.BROKEN, "'le:s16/16X3>>0' is no type of a single number");
        Files.delete(root.resolve(DEVICE + "buffer0/in_accel_x_en"));
        refused(BusFault.Kind.BROKEN, "has none of in_accel_x, in_accel_y in its buffer");
        Files.delete(root.resolve(DEVICE + "buffer0/enable"));
        refused(BusFault.Kind.GONE, "buffer0/enable can't be set to '0'");
    }

    private void refused(BusFault.Kind kind, String words) {
        try (LinuxSampledDevice device = device("clock")) {
            BusFault fault = assertThrows(BusFault.class, () -> device.start(WANTED));
            assertEquals(kind, fault.kind());
            assertTrue(String.valueOf(fault.getMessage()).contains(words), fault.getMessage());
        }
    }
}
