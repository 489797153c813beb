package dev.vigil.sensor.bus.linux;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import dev.vigil.sensor.bus.GpioOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A GPIO chip through its character device. Owned by one thread, with its inputs.
 *
 * <p>Each line is requested by itself, so that one that somebody else has doesn't take the others
 * with it.
 */
public final class LinuxGpioChip implements GpioChip {
    static final int CHIPS_MAX = 64;

    private final SystemCalls calls;
    private final String label;
    private final int lines;
    private final int descriptor;
    private final Memory polled;
    private final List<LinuxGpioInput> inputs = new ArrayList<>();
    private boolean closed;

    private LinuxGpioChip(SystemCalls calls, String label, int lines, int descriptor) {
        this.calls = calls;
        this.label = label;
        this.lines = lines;
        this.descriptor = descriptor;
        this.polled = calls.allocate(Poll.BYTES * Math.max(1, lines));
    }

    /**
     * The chip with this label.
     *
     * @throws BusFault GONE when there is none; the message names those there are
     */
    public static LinuxGpioChip open(SystemCalls calls, String label) throws BusFault {
        List<String> others = new ArrayList<>();
        String refused = "";
        Memory info = calls.allocate(GpioStructs.CHIP_INFO_BYTES);
        try {
            for (int n = 0; n < CHIPS_MAX; n++) {
                int opened = calls.open("/dev/gpiochip" + n, DeviceFile.READ_WRITE);
                if (opened < 0) {
                    if (Errno.kind(-opened) == BusFault.Kind.REFUSED) {
                        refused =
                                "/dev/gpiochip%d can't be opened: %s"
                                        .formatted(n, Errno.text(-opened));
                    }
                    continue;
                }
                if (calls.ioctl(opened, GpioStructs.GET_CHIP_INFO, info.address()) >= 0) {
                    String found = GpioStructs.chipLabel(info.bytes());
                    if (found.equals(label)) {
                        return new LinuxGpioChip(
                                calls, label, GpioStructs.chipLines(info.bytes()), opened);
                    }
                    others.add(found);
                }
                calls.close(opened);
            }
        } finally {
            calls.free(info);
        }
        if (!refused.isEmpty()) {
            throw new BusFault(
                    BusFault.Kind.REFUSED, "gpio chip '%s': %s".formatted(label, refused));
        }
        throw new BusFault(
                BusFault.Kind.GONE,
                "no gpio chip has the label '%s'; labels are: %s"
                        .formatted(label, others.isEmpty() ? "none" : String.join(", ", others)));
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public GpioInput input(InputLine line) throws BusFault {
        int offset = offset(line.line());
        Memory request = calls.allocate(GpioStructs.LINE_REQUEST_BYTES);
        try {
            GpioStructs.inputRequest(request.bytes(), offset, line);
            LinuxGpioInput input =
                    new LinuxGpioInput(calls, name(line.line()), get(request, line.line()));
            inputs.add(input);
            return input;
        } finally {
            calls.free(request);
        }
    }

    @Override
    public GpioOutput output(OutputLine line) throws BusFault {
        int offset = offset(line.line());
        Memory request = calls.allocate(GpioStructs.LINE_REQUEST_BYTES);
        try {
            GpioStructs.outputRequest(request.bytes(), offset, line);
            return new LinuxGpioOutput(calls, name(line.line()), get(request, line.line()));
        } finally {
            calls.free(request);
        }
    }

    @Override
    public boolean released(OutputLine line) throws BusFault {
        int offset = offset(line.line());
        Memory request = calls.allocate(GpioStructs.LINE_REQUEST_BYTES);
        Memory values = calls.allocate(GpioStructs.VALUES_BYTES);
        try {
            GpioStructs.releasedRequest(request.bytes(), offset, line);
            int granted = get(request, line.line());
            GpioStructs.value(values.bytes(), false);
            int result = calls.ioctl(granted, GpioStructs.GET_VALUES, values.address());
            calls.close(granted);
            if (result < 0) {
                throw fault(name(line.line()), "asking for its level", -result);
            }
            return GpioStructs.value(values.bytes());
        } finally {
            calls.free(request);
            calls.free(values);
        }
    }

    @Override
    public boolean keepsReleased() {
        Optional<String> parameter = persists();
        if (parameter.isEmpty()) {
            return false;
        }
        int opened = calls.open(parameter.get(), DeviceFile.READ_ONLY);
        if (opened < 0) {
            return false; // a kernel without the parameter makes them inputs
        }
        Memory word = calls.allocate(1);
        try {
            return calls.read(opened, word.address(), 1) == 1 && word.bytes().get(0) == 'Y';
        } finally {
            calls.free(word);
            calls.close(opened);
        }
    }

    /**
     * Where a driver tells whether it leaves outputs driven. Those of the Raspberry Pi can; its own
     * kernels do, unless config.txt has {@code dtparam=strict_gpiod}.
     */
    private Optional<String> persists() {
        String module =
                label.startsWith("pinctrl-bcm")
                        ? "pinctrl_bcm2835"
                        : label.startsWith("pinctrl-rp1") ? "pinctrl_rp1" : "";
        return module.isEmpty()
                ? Optional.empty()
                : Optional.of("/sys/module/%s/parameters/persist_gpio_outputs".formatted(module));
    }

    @Override
    public void await(Duration wait) throws BusFault {
        for (int i = 0; i < inputs.size(); i++) {
            Poll.readable(polled.bytes(), i, inputs.get(i).descriptor());
        }
        int timeoutMillis = (int) Math.min(Integer.MAX_VALUE, wait.toMillis());
        int ready = calls.poll(polled.address(), inputs.size(), timeoutMillis);
        if (ready == -Errno.EINTR) {
            return;
        }
        if (ready < 0) {
            inputs.forEach(LinuxGpioInput::forget);
            throw fault(label, "waiting for edges", -ready);
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (ready > 0 && Poll.hasFailed(polled.bytes(), i)) {
                inputs.forEach(LinuxGpioInput::forget);
                throw fault(inputs.get(i).name(), "waiting for edges", Errno.ENODEV);
            }
            inputs.get(i).tell(ready > 0 && Poll.isReadable(polled.bytes(), i));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            inputs.forEach(LinuxGpioInput::close);
            calls.close(descriptor);
            calls.free(polled);
        }
    }

    static BusFault fault(String line, String doing, int errno) {
        return new BusFault(
                Errno.kind(errno), "gpio %s: %s: %s".formatted(line, doing, Errno.text(errno)));
    }

    private String name(String line) {
        return label + " " + line;
    }

    private int get(Memory request, String line) throws BusFault {
        int result = calls.ioctl(descriptor, GpioStructs.GET_LINE, request.address());
        if (result < 0) {
            throw fault(name(line), "requesting the line", -result);
        }
        return GpioStructs.requestedDescriptor(request.bytes());
    }

    /** A line's number, given that or its name. */
    private int offset(String line) throws BusFault {
        if (line.matches("[0-9]{1,4}")) {
            int offset = Integer.parseInt(line);
            if (offset < lines) {
                return offset;
            }
        } else {
            Memory info = calls.allocate(GpioStructs.LINE_INFO_BYTES);
            try {
                for (int offset = 0; offset < lines; offset++) {
                    if (nameOf(offset, info).equals(line)) {
                        return offset;
                    }
                }
            } finally {
                calls.free(info);
            }
        }
        throw new BusFault(
                BusFault.Kind.GONE,
                "gpio chip '%s' has no line '%s': it has %d, by number from 0 or by name"
                        .formatted(label, line, lines));
    }

    private String nameOf(int offset, Memory info) throws BusFault {
        GpioStructs.lineInfo(info.bytes(), offset);
        int result = calls.ioctl(descriptor, GpioStructs.GET_LINE_INFO, info.address());
        if (result < 0) {
            throw fault(name(Integer.toString(offset)), "asking for its name", -result);
        }
        return GpioStructs.lineName(info.bytes());
    }
}
