package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.ChicoryException;
import java.io.Serial;

/** A module has what register code can't express; the text names function, what, and the rule. */
public final class Untranslatable extends ChicoryException {
    @Serial private static final long serialVersionUID = 1L;

    Untranslatable(int function, String what) {
        super("function %d %s".formatted(function, what));
    }
}
