package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.ChicoryException;
import java.io.Serial;

/** A guest was stopped at a limit: the same place on every machine and CPU. */
public final class LimitTrap extends ChicoryException {
    @Serial private static final long serialVersionUID = 1L;

    /** Which limit. */
    public enum Limit {
        FUEL,
        STACK
    }

    private final Limit limit;

    LimitTrap(Limit limit, String message) {
        super(message);
        this.limit = limit;
    }

    public Limit limit() {
        return limit;
    }
}
