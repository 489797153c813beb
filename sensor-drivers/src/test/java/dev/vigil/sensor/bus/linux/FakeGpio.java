package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A GPIO chip of a {@link FakeKernel}: named lines, edges with numbers, a bounded event buffer that
 * drops its oldest like gpiolib's. Owned by the test's thread.
 */
public final class FakeGpio implements FakeKernel.Device {
    private final FakeKernel kernel;
    private final String label;
    private final List<String> names;
    private final Map<Integer, Line> requested = new HashMap<>();

    /** What was pulled up; as on chips, that outlasts who asked for it. */
    private final Set<Integer> pulledUp = new HashSet<>();

    private boolean gone;
    private boolean mute;

    public FakeGpio(FakeKernel kernel, String label, List<String> names) {
        this.kernel = kernel;
        this.label = label;
        this.names = names;
    }

    /** The chip disappears, as a USB one that is pulled. */
    public void disappears() {
        gone = true;
    }

    /** Lines can be requested, but do not tell their level. */
    public void tellsNoLevel() {
        mute = true;
    }

    /** Somebody else has the line. */
    public void taken(int offset) {
        requested.put(offset, new Line(ByteBuffer.allocate(GpioStructs.LINE_REQUEST_BYTES)));
    }

    /** A line that was requested. */
    public Line line(int offset) {
        Line line = requested.get(offset);
        if (line == null) {
            throw new AssertionError("line %d was not requested".formatted(offset));
        }
        return line;
    }

    @Override
    public int ioctl(long request, long argument) {
        if (gone) {
            return -Errno.ENODEV;
        }
        ByteBuffer bytes = kernel.at(argument);
        if (request == GpioStructs.GET_CHIP_INFO) {
            FakeKernel.text(bytes, 0, "gpiochip0");
            FakeKernel.text(bytes, 32, label);
            bytes.putInt(64, names.size());
            return 0;
        }
        if (request == GpioStructs.GET_LINE_INFO) {
            int offset = bytes.getInt(64);
            bytes.put(0, new byte[64]);
            FakeKernel.text(bytes, 0, names.get(offset));
            Line line = requested.get(offset);
            FakeKernel.text(bytes, 32, line == null ? "" : line.consumer);
            bytes.putLong(72, line == null ? 0 : 1);
            return 0;
        }
        if (request == GpioStructs.GET_LINE) {
            int offset = bytes.getInt(0);
            if (requested.containsKey(offset)) {
                return -Errno.EBUSY;
            }
            Line line = new Line(bytes);
            requested.put(offset, line);
            pull(offset, line, bytes.getLong(288));
            bytes.putInt(588, kernel.opened(line));
            return 0;
        }
        return -Errno.ENOTTY;
    }

    private void pull(int offset, Line line, long flags) {
        if ((flags & 0x100) != 0) {
            pulledUp.add(offset);
        } else if ((flags & 0x600) != 0) {
            pulledUp.remove(offset);
        }
        if (!line.output) {
            line.active = pulledUp.contains(offset) != line.activeLow;
        }
    }

    /** A requested line. */
    public final class Line implements FakeKernel.Device {
        final boolean activeLow;
        final boolean output;
        final int debounceMicros;
        final String consumer;
        private final int room;
        private final Deque<byte[]> events = new ArrayDeque<>();
        private int number;
        boolean active;

        private Line(ByteBuffer request) {
            long flags = request.getLong(288);
            byte[] who = new byte[32];
            request.get(256, who);
            consumer = new String(who, StandardCharsets.US_ASCII).replace("\0", "");
            activeLow = (flags & 2) != 0;
            output = (flags & 8) != 0;
            room = request.getInt(564);
            boolean attribute = request.getInt(296) == 1;
            active = attribute && output && request.getLong(328) == 1;
            debounceMicros = attribute && !output ? request.getInt(328) : 0;
        }

        /** From outside: what is on it. */
        public boolean isActive() {
            synchronized (kernel) {
                return active;
            }
        }

        /** From outside: the line changes. */
        public void becomes(boolean newActive, long nanos) {
            synchronized (kernel) {
                active = newActive;
                number++;
                ByteBuffer event =
                        ByteBuffer.allocate(GpioStructs.EVENT_BYTES)
                                .order(java.nio.ByteOrder.nativeOrder());
                event.putLong(0, nanos).putInt(8, newActive ? 1 : 2).putInt(20, number);
                if (events.size() == room) {
                    events.removeFirst();
                }
                events.addLast(event.array());
            }
        }

        @Override
        public int ioctl(long request, long argument) {
            if (gone) {
                return -Errno.ENODEV;
            }
            ByteBuffer values = kernel.at(argument);
            if (request == GpioStructs.SET_VALUES && output) {
                active = (values.getLong(0) & values.getLong(8) & 1) != 0;
                return 0;
            }
            if (request == GpioStructs.GET_VALUES && mute) {
                return -Errno.EIO;
            }
            if (request == GpioStructs.GET_VALUES) {
                values.putLong(0, active ? 1 : 0);
                return 0;
            }
            return -Errno.EPERM;
        }

        @Override
        public int read(ByteBuffer into) {
            if (gone) {
                return -Errno.ENODEV;
            }
            int length = 0;
            while (!events.isEmpty() && into.remaining() >= GpioStructs.EVENT_BYTES) {
                into.put(events.removeFirst());
                length += GpioStructs.EVENT_BYTES;
            }
            return length;
        }

        @Override
        public int ready() {
            return gone ? 0x18 : events.isEmpty() ? 0 : 1;
        }

        @Override
        public void close() {
            requested.values().remove(this);
        }
    }
}
