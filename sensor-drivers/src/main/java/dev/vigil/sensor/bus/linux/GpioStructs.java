package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * The GPIO character device's structs and requests, version 2 of its interface (include/uapi/linux/
 * gpio.h, Linux 5.10 and newer), written to and read from zeroed buffers in the machine's byte
 * order. Stateless.
 */
final class GpioStructs {
    static final long GET_CHIP_INFO = 0x8044B401L;
    static final long GET_LINE_INFO = 0xC100B405L;
    static final long GET_LINE = 0xC250B407L;
    static final long GET_VALUES = 0xC010B40EL;
    static final long SET_VALUES = 0xC010B40FL;

    /** {@code struct gpiochip_info}. */
    static final int CHIP_INFO_BYTES = 68;

    /** {@code struct gpio_v2_line_info}. */
    static final int LINE_INFO_BYTES = 256;

    /** {@code struct gpio_v2_line_request}. */
    static final int LINE_REQUEST_BYTES = 592;

    /** {@code struct gpio_v2_line_values}. */
    static final int VALUES_BYTES = 16;

    /** {@code struct gpio_v2_line_event}. */
    static final int EVENT_BYTES = 48;

    /**
     * Edges the kernel keeps until they are read. Its default of 16 a line was seen to lose 167 of
     * 203 edges while the reader was held up.
     */
    static final int EVENT_BUFFER = 512;

    private static final String CONSUMER = "vigil";
    private static final int NAME_BYTES = 32;

    private static final long FLAG_USED = 1;
    private static final long FLAG_ACTIVE_LOW = 1 << 1;
    private static final long FLAG_INPUT = 1 << 2;
    private static final long FLAG_OUTPUT = 1 << 3;
    private static final long FLAG_EDGE_RISING = 1 << 4;
    private static final long FLAG_EDGE_FALLING = 1 << 5;
    private static final long FLAG_PULL_UP = 1 << 8;
    private static final long FLAG_PULL_DOWN = 1 << 9;
    private static final long FLAG_NO_PULL = 1 << 10;
    private static final int ATTRIBUTE_VALUES = 2;
    private static final int ATTRIBUTE_DEBOUNCE = 3;
    private static final int EVENT_RISING = 1;

    // Offset in gpio_v2_line_info.
    private static final int LINE_INFO_FLAGS = 72;

    // Offsets in gpio_v2_line_request; its config begins at 288.
    private static final int REQUEST_CONSUMER = 256;
    private static final int REQUEST_FLAGS = 288;
    private static final int REQUEST_ATTRIBUTES = 296;
    private static final int REQUEST_ATTRIBUTE = 320;
    private static final int REQUEST_LINES = 560;
    private static final int REQUEST_BUFFER = 564;
    private static final int REQUEST_DESCRIPTOR = 588;

    private GpioStructs() {}

    static String chipLabel(ByteBuffer chipInfo) {
        return text(chipInfo, NAME_BYTES);
    }

    static int chipLines(ByteBuffer chipInfo) {
        return chipInfo.getInt(2 * NAME_BYTES);
    }

    /** Asks for a line's name. */
    static void lineInfo(ByteBuffer lineInfo, int offset) {
        lineInfo.putInt(2 * NAME_BYTES, offset);
    }

    static String lineName(ByteBuffer lineInfo) {
        return text(lineInfo, 0);
    }

    /** Who has the line, when it is taken. */
    static String lineConsumer(ByteBuffer lineInfo) {
        return text(lineInfo, NAME_BYTES);
    }

    static boolean lineTaken(ByteBuffer lineInfo) {
        return (lineInfo.getLong(LINE_INFO_FLAGS) & FLAG_USED) != 0;
    }

    static void inputRequest(ByteBuffer request, int offset, GpioChip.InputLine line) {
        long flags = FLAG_INPUT | FLAG_EDGE_RISING | FLAG_EDGE_FALLING;
        request(request, offset, flags | flags(line.activeLow(), line.bias()));
        request.putInt(REQUEST_BUFFER, EVENT_BUFFER);
        if (!line.debounce().isZero()) {
            attribute(request, ATTRIBUTE_DEBOUNCE);
            request.putInt(REQUEST_ATTRIBUTE + 8, (int) micros(line.debounce()));
        }
    }

    static void outputRequest(ByteBuffer request, int offset, GpioChip.OutputLine line) {
        request(request, offset, FLAG_OUTPUT | flags(line.activeLow(), line.bias()));
        attribute(request, ATTRIBUTE_VALUES);
        request.putLong(REQUEST_ATTRIBUTE + 8, line.active() ? 1 : 0);
    }

    /** The line of an output as a mere input, without edges. */
    static void releasedRequest(ByteBuffer request, int offset, GpioChip.OutputLine line) {
        request(request, offset, FLAG_INPUT | flags(line.activeLow(), line.bias()));
    }

    private static long flags(boolean activeLow, GpioChip.Bias bias) {
        long pull =
                switch (bias) {
                    case AS_IS -> 0;
                    case PULL_UP -> FLAG_PULL_UP;
                    case PULL_DOWN -> FLAG_PULL_DOWN;
                    case NONE -> FLAG_NO_PULL;
                };
        return activeLow ? pull | FLAG_ACTIVE_LOW : pull;
    }

    /** The descriptor of the line, after the request has been granted. */
    static int requestedDescriptor(ByteBuffer request) {
        return request.getInt(REQUEST_DESCRIPTOR);
    }

    /** The one line's value, to be set, or to be asked for. */
    static void value(ByteBuffer values, boolean active) {
        values.putLong(0, active ? 1 : 0);
        values.putLong(8, 1);
    }

    /** What the one line is, after it was asked for. */
    static boolean value(ByteBuffer values) {
        return (values.getLong(0) & 1) != 0;
    }

    /**
     * The event at {@code position}. The kernel counts in 32 bits; {@code before} is the last
     * number, from which the whole one follows.
     */
    static GpioInput.Edge event(ByteBuffer events, int position, long before) {
        int step = events.getInt(position + 20) - (int) before;
        return new GpioInput.Edge(
                events.getInt(position + 8) == EVENT_RISING,
                events.getLong(position),
                before + Integer.toUnsignedLong(step));
    }

    private static void request(ByteBuffer request, int offset, long flags) {
        request.putInt(0, offset);
        request.put(REQUEST_CONSUMER, CONSUMER.getBytes(StandardCharsets.US_ASCII));
        request.putLong(REQUEST_FLAGS, flags);
        request.putInt(REQUEST_LINES, 1);
    }

    /** The one attribute of a request, for its one line; the value is the caller's to write. */
    private static void attribute(ByteBuffer request, int id) {
        request.putInt(REQUEST_ATTRIBUTES, 1);
        request.putInt(REQUEST_ATTRIBUTE, id);
        request.putLong(REQUEST_ATTRIBUTE + 16, 1);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** A C string of at most {@link #NAME_BYTES} at {@code position}. */
    private static String text(ByteBuffer buffer, int position) {
        byte[] name = new byte[NAME_BYTES];
        buffer.get(position, name);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(Arrays.copyOf(name, length), StandardCharsets.UTF_8);
    }
}
