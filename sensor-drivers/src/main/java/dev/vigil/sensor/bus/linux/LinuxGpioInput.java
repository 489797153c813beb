package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioInput;
import java.util.ArrayList;
import java.util.List;

/** An input line. Owned by its chip's thread. */
final class LinuxGpioInput implements GpioInput {
    /** Edges that are fetched with one call. */
    private static final int AT_ONCE = 64;

    private final SystemCalls calls;
    private final String name;
    private final int descriptor;
    private final Memory events;
    private final Memory values;
    private final Memory polled;
    private boolean active;

    /** The last edge: its number, 0 before the first, and what the line became. */
    private long number;

    private boolean edgeActive;

    /** The chip waits for all its inputs with one call, and tells each what it saw. */
    private boolean told;

    private boolean readable;

    LinuxGpioInput(SystemCalls calls, String name, int descriptor) {
        this.calls = calls;
        this.name = name;
        this.descriptor = descriptor;
        this.events = calls.allocate(AT_ONCE * GpioStructs.EVENT_BYTES);
        this.values = calls.allocate(GpioStructs.VALUES_BYTES);
        this.polled = calls.allocate(Poll.BYTES);
    }

    String name() {
        return name;
    }

    int descriptor() {
        return descriptor;
    }

    @Override
    public boolean active() throws BusFault {
        GpioStructs.value(values.bytes(), false);
        int result = calls.ioctl(descriptor, GpioStructs.GET_VALUES, values.address());
        if (result < 0) {
            throw LinuxGpioChip.fault(name, "asking for its level", -result);
        }
        active = GpioStructs.value(values.bytes());
        return active;
    }

    @Override
    public Edges edges() throws BusFault {
        List<Edge> edges = new ArrayList<>();
        long lost = 0;
        boolean more = hasEdges();
        // Bounded: a line that never rests is served again at the next call.
        while (more && edges.size() < GpioStructs.EVENT_BUFFER) {
            int length =
                    calls.read(descriptor, events.address(), AT_ONCE * GpioStructs.EVENT_BYTES);
            if (length < 0) {
                throw LinuxGpioChip.fault(name, "reading its edges", -length);
            }
            for (int at = 0;
                    at + GpioStructs.EVENT_BYTES <= length;
                    at += GpioStructs.EVENT_BYTES) {
                Edge edge = GpioStructs.event(events.bytes(), at, number);
                lost += lostBefore(edge);
                number = edge.number();
                edgeActive = edge.active();
                active = edge.active();
                edges.add(edge);
            }
            more = length == AT_ONCE * GpioStructs.EVENT_BYTES && hasEdges();
        }
        return new Edges(edges, lost, lost > 0 ? active() : active);
    }

    /**
     * Edges that were lost between the last one and this: those that the kernel numbered and had no
     * room for; and one when the line then became what it was already. The kernel asks the line
     * only when it gets to it (gpiolib-cdev.c, edge_irq_thread), and tells two changes that were
     * faster than that as one.
     */
    private long lostBefore(Edge edge) {
        long step = edge.number() - number;
        boolean alternates = edge.active() == (step % 2 == 0 ? edgeActive : !edgeActive);
        return number == 0 || alternates ? step - 1 : step;
    }

    /** What the chip saw when it waited last: this input is not asked again for that. */
    void tell(boolean hasEdges) {
        told = true;
        readable = hasEdges;
    }

    /** The chip could not wait: the next call asks by itself, and meets the fault. */
    void forget() {
        told = false;
    }

    private boolean hasEdges() throws BusFault {
        if (told) {
            boolean has = readable;
            readable = false;
            return has;
        }
        Poll.readable(polled.bytes(), 0, descriptor);
        int ready = calls.poll(polled.address(), 1, 0);
        if (ready < 0 && ready != -Errno.EINTR) {
            throw LinuxGpioChip.fault(name, "asking for edges", -ready);
        }
        if (ready > 0 && Poll.hasFailed(polled.bytes(), 0)) {
            throw LinuxGpioChip.fault(name, "asking for edges", Errno.ENODEV);
        }
        return ready > 0 && Poll.isReadable(polled.bytes(), 0);
    }

    void close() {
        calls.close(descriptor);
        calls.free(events);
        calls.free(values);
        calls.free(polled);
    }
}
