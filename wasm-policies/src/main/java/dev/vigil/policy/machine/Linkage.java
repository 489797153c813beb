package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What register code meets outside itself: an instance's globals, memory and tables, the host's
 * functions and other instances. Owned by the thread that calls the instance.
 */
final class Linkage {
    private static final byte[] NO_MEMORY = {};

    private final Instance instance;
    private final int imports;
    private GlobalInstance @Nullable [] globals;
    private @Nullable FlatMemory memory;

    private interface Callee {
        long @Nullable [] call(long[] arguments);
    }

    /** Where a call that comes from outside may put its frame. */
    int top;

    Linkage(Instance instance, int imports) {
        this.instance = instance;
        this.imports = imports;
    }

    /**
     * All globals. An instance gets them, and its memory, after its machine: so on the first call.
     */
    GlobalInstance[] globals() {
        if (globals == null) {
            GlobalInstance[] all = new GlobalInstance[instance.globalCount()];
            for (int i = 0; i < all.length; i++) {
                all[i] = instance.global(i);
            }
            Memory linked = instance.memory();
            if (linked != null && !(linked instanceof FlatMemory)) {
                throw new IllegalStateException(
                        "the memory is a %s, a register machine needs a FlatMemory"
                                .formatted(linked.getClass().getSimpleName()));
            }
            memory = (FlatMemory) linked;
            globals = all;
        }
        return globals;
    }

    /** The memory's bytes as they are now: another array after it has grown. */
    byte[] bytes() {
        return memory == null ? NO_MEMORY : memory.bytes();
    }

    int grow(int pages) {
        return flat().grow(pages);
    }

    /** {@code memory.fill} (address, value) or {@code memory.copy} (to, from). */
    void bulk(int operation, int first, int second, int length) {
        if (operation == Op.MEMORY_FILL) {
            flat().fill((byte) second, first, first + length);
        } else {
            flat().copy(first, second, length);
        }
    }

    private FlatMemory flat() {
        return Objects.requireNonNull(memory, "a valid module has the memory it uses");
    }

    /** Calls an imported function; -1, as nothing is left to be entered. */
    int imported(Loop loop, int function, int frame) {
        FunctionType type = instance.type(instance.functionType(function));
        foreign(loop, type, frame, arguments -> host(function, arguments));
        return -1;
    }

    long @Nullable [] host(int function, long[] arguments) {
        return instance.imports().function(function).handle().apply(instance, arguments);
    }

    /** The function of this module to be entered; -1 when it was another's and has been called. */
    int indirect(Loop loop, long element, int typeAndTable, int frame) {
        TableInstance table = instance.table(typeAndTable >>> 16);
        int function = table.requiredRef((int) element);
        Instance other = table.instance((int) element);
        Instance owner = other == null ? instance : other;
        FunctionType expected = instance.type(typeAndTable & 0xFFFF);
        FunctionType actual = owner.type(owner.functionType(function));
        if (!expected.equals(actual)) {
            throw new ChicoryException("indirect call type mismatch");
        }
        if (owner.equals(instance) && function >= imports) {
            return function - imports;
        }
        foreign(loop, expected, frame, arguments -> owner.getMachine().call(function, arguments));
        return -1;
    }

    /** Calls what is not of this module: it may call back. */
    private void foreign(Loop loop, FunctionType type, int frame, Callee callee) {
        int params = type.params().size();
        int before = top;
        top = frame + params;
        long[] results = callee.call(Arrays.copyOfRange(loop.stack, frame, top));
        top = before;
        if (results != null) {
            System.arraycopy(results, 0, loop.stack, frame, type.returns().size());
        }
    }
}
