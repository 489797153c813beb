package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input line whose level and edges the test makes. Owned by the test's thread. */
public final class ScriptedGpioInput implements GpioInput {
    private final List<Edge> waiting = new ArrayList<>();
    private boolean active;
    private long number;
    private long lost;
    private BusFault.@Nullable Kind fault;

    /** The line changes. */
    public void becomes(boolean newActive, long kernelNanos) {
        active = newActive;
        waiting.add(new Edge(newActive, kernelNanos, ++number));
    }

    /** So many edges come and go unseen; the line is then {@code newActive}. */
    public void loses(long edges, boolean newActive) {
        active = newActive;
        number += edges;
        lost += edges;
    }

    /** The next call fails. */
    public void failsOnce(BusFault.Kind kind) {
        fault = kind;
    }

    @Override
    public boolean active() throws BusFault {
        maybeFail();
        return active;
    }

    @Override
    public Edges edges() throws BusFault {
        maybeFail();
        Edges edges = new Edges(waiting, lost, active);
        waiting.clear();
        lost = 0;
        return edges;
    }

    private void maybeFail() throws BusFault {
        BusFault.Kind kind = fault;
        fault = null;
        if (kind != null) {
            throw new BusFault(kind, "gpio-script: %s, as the test says".formatted(kind));
        }
    }
}
