package dev.vigil.sensor.bus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A scan: what a device has measured at one moment, a number for each channel, each aligned to its
 * own size, the whole to the greatest (Documentation/iio/iio_devbuf.rst). Immutable.
 *
 * @param elements in their order
 * @param bytes of one scan; the next one follows
 */
public record ScanLayout(List<Element> elements, int bytes) {
    /**
     * A channel that is scanned.
     *
     * @param name {@code in_accel_x}
     * @param index its place among the others
     */
    public record Channel(String name, int index, ScanType type) {}

    /**
     * Where a channel's number is.
     *
     * @param offset from the scan's first byte
     */
    public record Element(String name, int offset, ScanType type) {}

    public ScanLayout {
        elements = List.copyOf(elements);
    }

    /** Of these channels, given in any order. */
    public static ScanLayout of(List<Channel> channels) {
        List<Element> elements = new ArrayList<>();
        int end = 0;
        int greatest = 1;
        for (Channel channel :
                channels.stream().sorted(Comparator.comparingInt(Channel::index)).toList()) {
            int size = channel.type().bytes();
            int offset = aligned(end, size);
            elements.add(new Element(channel.name(), offset, channel.type()));
            end = offset + size;
            greatest = Math.max(greatest, size);
        }
        return new ScanLayout(elements, aligned(end, greatest));
    }

    public Optional<Element> element(String name) {
        return elements.stream().filter(element -> element.name().equals(name)).findFirst();
    }

    private static int aligned(int offset, int size) {
        return (offset + size - 1) / size * size;
    }
}
