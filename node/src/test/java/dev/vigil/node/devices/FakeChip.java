package dev.vigil.node.devices;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioInput;
import dev.vigil.sensor.bus.GpioOutput;
import dev.vigil.sensor.bus.ScriptedGpioInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A GPIO chip whose lines the test moves and reads. Owned by the test's thread. */
final class FakeChip implements GpioChip {
    final Map<String, ScriptedGpioInput> inputs = new HashMap<>();
    final Set<String> taken = new HashSet<>();
    final List<String> driven = new ArrayList<>();
    boolean gone;
    boolean releasedLevel;
    boolean keepsReleased;
    int opened;
    int closed;

    /** As {@link GpioChips}: the same lines each time. */
    GpioChip open(String label) throws BusFault {
        failWhenGone();
        opened++;
        return this;
    }

    ScriptedGpioInput line(String name) {
        return inputs.computeIfAbsent(name, _ -> new ScriptedGpioInput());
    }

    private void failWhenGone() throws BusFault {
        if (gone) {
            throw new BusFault(BusFault.Kind.GONE, "no gpio chip has the label 'fake'");
        }
    }

    @Override
    public String label() {
        return "fake";
    }

    @Override
    public GpioInput input(InputLine line) throws BusFault {
        failWhenGone();
        if (taken.contains(line.line())) {
            throw new BusFault(BusFault.Kind.REFUSED, "line " + line.line() + " is in use");
        }
        return line(line.line());
    }

    @Override
    public GpioOutput output(OutputLine line) throws BusFault {
        failWhenGone();
        driven.add("taken " + line.active());
        return new GpioOutput() {
            @Override
            public void set(boolean active) throws BusFault {
                failWhenGone();
                driven.add("set " + active);
            }

            @Override
            public void close() {
                driven.add("released");
            }
        };
    }

    @Override
    public boolean released(OutputLine line) throws BusFault {
        failWhenGone();
        return releasedLevel;
    }

    @Override
    public boolean keepsReleased() {
        return keepsReleased;
    }

    @Override
    public void await(Duration wait) {}

    @Override
    public void close() {
        closed++;
    }
}
