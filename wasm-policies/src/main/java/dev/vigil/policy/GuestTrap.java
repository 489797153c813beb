package dev.vigil.policy;

import com.dylibso.chicory.wasm.ChicoryException;
import java.util.Locale;

/** What an engine threw out of guest code, as an outcome of the ABI. Stateless. */
final class GuestTrap {
    private GuestTrap() {}

    static GuestFault of(String export, ChicoryException thrown) {
        return fault(export, String.valueOf(thrown.getMessage()));
    }

    /** What the compiled machines leave to the JVM to find. */
    static GuestFault of(String export, ArithmeticException thrown) {
        return fault(export, "integer divide by zero or overflow: " + thrown.getMessage());
    }

    static GuestFault of(String export, IndexOutOfBoundsException thrown) {
        return fault(export, "out of bounds memory access: " + thrown.getMessage());
    }

    private static GuestFault fault(String export, String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return new GuestFault(kind(text), "%s trapped: %s".formatted(export, message));
    }

    /** By the words of the WebAssembly core test suite, which the engines use. */
    private static PolicyFailure.Kind kind(String text) {
        if (text.contains("indirect call")
                || text.contains("undefined element")
                || text.contains("uninitialized element")
                || text.contains("out of bounds table")) {
            return PolicyFailure.Kind.TRAP_INDIRECT;
        }
        if (text.contains("call stack exhausted")) {
            return PolicyFailure.Kind.TRAP_STACK;
        }
        if (text.contains("integer")) {
            return PolicyFailure.Kind.TRAP_DIV;
        }
        return text.contains("out of bounds")
                ? PolicyFailure.Kind.TRAP_OOB
                : PolicyFailure.Kind.TRAP_UNREACHABLE;
    }
}
