package dev.vigil.sensor.bus.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * Which GPIO chips there are, what their lines are called, and who has them: asked, nothing is
 * requested. Immutable.
 *
 * @param refused chips that can't be opened, and why
 */
public record LinuxGpioListing(List<Chip> chips, List<String> refused) {
    /** By label, as site.yaml names it. */
    public record Chip(String label, List<Line> lines) {
        public Chip {
            lines = List.copyOf(lines);
        }
    }

    /**
     * A line of a chip.
     *
     * @param name as site.yaml may call it: the line's name, or its number when it has none
     * @param taken by a driver of the kernel or by a process
     * @param consumer who says so to have it; empty when nobody does
     */
    public record Line(String name, boolean taken, String consumer) {}

    public LinuxGpioListing {
        chips = List.copyOf(chips);
        refused = List.copyOf(refused);
    }

    /** Of this machine, or a test's. */
    public static LinuxGpioListing of(SystemCalls calls) {
        List<Chip> chips = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int n = 0; n < LinuxGpioChip.CHIPS_MAX; n++) {
            String path = "/dev/gpiochip" + n;
            int opened = calls.open(path, DeviceFile.READ_WRITE);
            if (opened >= 0) {
                chip(calls, opened, path, chips, refused);
                calls.close(opened);
            } else if (opened != -Errno.ENOENT) {
                refused.add("%s can't be opened: %s".formatted(path, Errno.text(-opened)));
            }
        }
        return new LinuxGpioListing(chips, refused);
    }

    private static void chip(
            SystemCalls calls, int opened, String path, List<Chip> chips, List<String> refused) {
        Memory info = calls.allocate(GpioStructs.CHIP_INFO_BYTES);
        try {
            int result = calls.ioctl(opened, GpioStructs.GET_CHIP_INFO, info.address());
            if (result < 0) {
                refused.add("%s can't be asked: %s".formatted(path, Errno.text(-result)));
                return;
            }
            List<Line> lines = new ArrayList<>();
            for (int offset = 0; offset < GpioStructs.chipLines(info.bytes()); offset++) {
                lines.add(line(calls, opened, offset));
            }
            chips.add(new Chip(GpioStructs.chipLabel(info.bytes()), lines));
        } finally {
            calls.free(info);
        }
    }

    /** One that does not tell of itself has its number, and is nobody's. */
    private static Line line(SystemCalls calls, int opened, int offset) {
        Memory info = calls.allocate(GpioStructs.LINE_INFO_BYTES);
        try {
            GpioStructs.lineInfo(info.bytes(), offset);
            boolean told = calls.ioctl(opened, GpioStructs.GET_LINE_INFO, info.address()) >= 0;
            String name = told ? GpioStructs.lineName(info.bytes()) : "";
            return new Line(
                    name.isEmpty() ? Integer.toString(offset) : name,
                    told && GpioStructs.lineTaken(info.bytes()),
                    told ? GpioStructs.lineConsumer(info.bytes()) : "");
        } finally {
            calls.free(info);
        }
    }
}
