// CHECKSTYLE OFF: one method holds the loop, so one file does
// CHECKSTYLE ON
package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import java.util.Arrays;
import java.util.Objects;

/**
 * The loop that executes register code, with the frames and the fuel of one instance. Owned by the
 * thread that calls the instance.
 *
 * <p>A frame is a range of {@link #stack}, which grows with the depth and stays. A call inside the
 * module pushes where its caller goes on and moves the frame: nothing is allocated, and Java's own
 * stack is not used.
 *
 * <p>Fuel is taken from a slice of the whole, which is looked at when it is used up; so is the
 * deadline then: an interrupted thread ends the call with {@link ChicoryInterruptedException}, as
 * in Chicory.
 */
final class Loop {
    private static final int SLICE = 4096;

    /** In place of a frame to return to: the call came from outside. */
    private static final long OUTSIDE = -1;

    private final RegisterCode code;
    private final Linkage module;

    /** For each active call: its caller's frame, and the address behind the call. */
    private final long[] callers;

    long[] stack = new long[256];
    int depth;
    long fuel = Long.MAX_VALUE;

    Loop(RegisterCode code, Linkage module) {
        this.code = code;
        this.module = module;
        this.callers = new long[code.callDepth];
    }

    /** Runs a function whose arguments are these; its results are at the frame's start. */
    void call(RegisterFunction called, int frame, long[] arguments) {
        enter(called, frame);
        System.arraycopy(arguments, 0, stack, frame, called.params);
        callers[depth++] = OUTSIDE;
        run(called.entry, frame);
    }

    /** Prepares the frame of a call, except for its arguments. */
    private void enter(RegisterFunction called, int frame) {
        if (depth == callers.length) {
            throw new LimitTrap(
                    LimitTrap.Limit.STACK,
                    "call stack exhausted: %d calls are active".formatted(depth));
        }
        int end = frame + called.frame;
        if (end > stack.length) {
            stack = Arrays.copyOf(stack, Math.max(end, stack.length * 2));
        }
        long[] preset = called.preset;
        System.arraycopy(preset, 0, stack, frame + called.params, preset.length);
    }

    /**
     * Executes from here until the function called from outside returns.
     *
     * <p>The inner loop is what stays in a frame, the outer one what enters or leaves one, or takes
     * long. Both are written for Graal, which computes what several cases have in common before the
     * switch, at every turn, and keeps it on the stack: so each thing has one place. Taken branches
     * go to one, others and {@code CHARGE} to another; four operands take a second word; whatever
     * reads or writes a field is outside.
     */
    // CHECKSTYLE OFF: the loop is one method so that its state stays in the CPU's registers
    @SuppressWarnings({
        "IntLongMath", // 32 bits, as WebAssembly has it
        "NarrowCalculation",
        "LabelledBreakTarget" // the ways out of the switch
    })
    private void run(int entry, int frame) {
        final long[] code = Objects.requireNonNull(this.code.words);
        final GlobalInstance[] globals = module.globals();
        int pc = entry;
        int fp = frame;
        int slice = 0;
        while (true) {
            // Asked here once, so that no access in the inner loop asks whether they are null.
            final long[] s = Objects.requireNonNull(stack);
            final byte[] m = Objects.requireNonNull(module.bytes());
            long word;
            inner:
            while (true) {
                word = code[pc++];
                final int operation = (int) word & Word.OPERATION_MASK;
                final int a = fp + Word.a(word);
                final int b = fp + Word.b(word);
                final int c = Word.c(word);
                notTaken:
                {
                    taken:
                    {
                        twoWords:
                        {
                            switch (operation) {
                                case Op.CHARGE -> {
                                    break notTaken;
                                }
                                case Op.JUMP -> {
                                    break taken;
                                }
                                case Op.BR_I32_EQZ -> {
                                    if ((int) s[a] == 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_NEZ -> {
                                    if ((int) s[a] != 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_EQ -> {
                                    if ((int) s[a] == (int) s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_NE -> {
                                    if ((int) s[a] != (int) s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_LT_S -> {
                                    if ((int) s[a] < (int) s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_GE_S -> {
                                    if ((int) s[a] >= (int) s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_LT_U -> {
                                    if ((int) s[a] + Integer.MIN_VALUE
                                            < (int) s[b] + Integer.MIN_VALUE) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_GE_U -> {
                                    if ((int) s[a] + Integer.MIN_VALUE
                                            >= (int) s[b] + Integer.MIN_VALUE) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_EQZ -> {
                                    if (s[a] == 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_NEZ -> {
                                    if (s[a] != 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_EQ -> {
                                    if (s[a] == s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_NE -> {
                                    if (s[a] != s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_LT_S -> {
                                    if (s[a] < s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_GE_S -> {
                                    if (s[a] >= s[b]) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_LT_U -> {
                                    if (s[a] + Long.MIN_VALUE < s[b] + Long.MIN_VALUE) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I64_GE_U -> {
                                    if (s[a] + Long.MIN_VALUE >= s[b] + Long.MIN_VALUE) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_EQ -> {
                                    if (single(s[a]) == single(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_NE -> {
                                    if (single(s[a]) != single(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_LT -> {
                                    if (single(s[a]) < single(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_NOT_LT -> {
                                    if (!(single(s[a]) < single(s[b]))) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_LE -> {
                                    if (single(s[a]) <= single(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F32_NOT_LE -> {
                                    if (!(single(s[a]) <= single(s[b]))) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_EQ -> {
                                    if (twice(s[a]) == twice(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_NE -> {
                                    if (twice(s[a]) != twice(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_LT -> {
                                    if (twice(s[a]) < twice(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_NOT_LT -> {
                                    if (!(twice(s[a]) < twice(s[b]))) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_LE -> {
                                    if (twice(s[a]) <= twice(s[b])) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_F64_NOT_LE -> {
                                    if (!(twice(s[a]) <= twice(s[b]))) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_AND_NEZ -> {
                                    if (((int) s[a] & (int) s[b]) != 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_I32_AND_EQZ -> {
                                    if (((int) s[a] & (int) s[b]) == 0) {
                                        break taken;
                                    }
                                    break notTaken;
                                }
                                case Op.BR_TABLE -> {
                                    int i = pc + (int) Math.min(s[b] & 0xFFFF_FFFFL, c - 1);
                                    pc = i + 1 + (Word.c(code[i]) >> Word.DISTANCE_SHIFT);
                                }
                                case Op.MOVE -> s[a] = s[b];
                                case Op.CONSTANT -> {
                                    s[a] = code[pc];
                                    break twoWords;
                                }
                                case Op.SELECT ->
                                        s[a] = s[fp + ((int) s[b] != 0 ? c & 0xFFFF : c >>> 16)];
                                case Op.GLOBAL_GET -> s[a] = globals[c].getValue();
                                case Op.GLOBAL_SET -> globals[c].setValue(s[b]);
                                case Op.LOAD_8_S -> s[a] = m[address(s[b], c)];
                                case Op.LOAD_8_U -> s[a] = m[address(s[b], c)] & 0xFF;
                                case Op.LOAD_16_S ->
                                        s[a] = (short) FlatMemory.SHORT.get(m, address(s[b], c));
                                case Op.LOAD_16_U ->
                                        s[a] =
                                                (short) FlatMemory.SHORT.get(m, address(s[b], c))
                                                        & 0xFFFF;
                                case Op.LOAD_32_S ->
                                        s[a] = (int) FlatMemory.INT.get(m, address(s[b], c));
                                case Op.LOAD_32_U ->
                                        s[a] =
                                                (int) FlatMemory.INT.get(m, address(s[b], c))
                                                        & 0xFFFF_FFFFL;
                                case Op.LOAD_64 ->
                                        s[a] = (long) FlatMemory.LONG.get(m, address(s[b], c));
                                case Op.STORE_8 -> m[address(s[a], c)] = (byte) s[b];
                                case Op.STORE_16 ->
                                        FlatMemory.SHORT.set(m, address(s[a], c), (short) s[b]);
                                case Op.STORE_32 ->
                                        FlatMemory.INT.set(m, address(s[a], c), (int) s[b]);
                                case Op.STORE_64 -> FlatMemory.LONG.set(m, address(s[a], c), s[b]);
                                case Op.I32_ADD -> s[a] = (int) s[b] + (int) s[fp + c];
                                case Op.I32_SUB -> s[a] = (int) s[b] - (int) s[fp + c];
                                case Op.I32_MUL -> s[a] = (int) s[b] * (int) s[fp + c];
                                case Op.I32_AND -> s[a] = (int) s[b] & (int) s[fp + c];
                                case Op.I32_OR -> s[a] = (int) s[b] | (int) s[fp + c];
                                case Op.I32_XOR -> s[a] = (int) s[b] ^ (int) s[fp + c];
                                case Op.I32_SHL -> s[a] = (int) s[b] << (int) s[fp + c];
                                case Op.I32_SHR_S -> s[a] = (int) s[b] >> (int) s[fp + c];
                                case Op.I32_SHR_U -> s[a] = (int) s[b] >>> (int) s[fp + c];
                                case Op.I32_EQZ -> s[a] = (int) s[b] == 0 ? 1 : 0;
                                case Op.I32_EQ -> s[a] = (int) s[b] == (int) s[fp + c] ? 1 : 0;
                                case Op.I32_NE -> s[a] = (int) s[b] != (int) s[fp + c] ? 1 : 0;
                                case Op.I32_LT_S -> s[a] = (int) s[b] < (int) s[fp + c] ? 1 : 0;
                                case Op.I32_GE_S -> s[a] = (int) s[b] >= (int) s[fp + c] ? 1 : 0;
                                case Op.I32_LT_U ->
                                        s[a] =
                                                (int) s[b] + Integer.MIN_VALUE
                                                                < (int) s[fp + c]
                                                                        + Integer.MIN_VALUE
                                                        ? 1
                                                        : 0;
                                case Op.I32_GE_U ->
                                        s[a] =
                                                (int) s[b] + Integer.MIN_VALUE
                                                                >= (int) s[fp + c]
                                                                        + Integer.MIN_VALUE
                                                        ? 1
                                                        : 0;
                                case Op.I64_ADD -> s[a] = s[b] + s[fp + c];
                                case Op.I64_SUB -> s[a] = s[b] - s[fp + c];
                                case Op.I64_MUL -> s[a] = s[b] * s[fp + c];
                                case Op.I64_AND -> s[a] = s[b] & s[fp + c];
                                case Op.I64_OR -> s[a] = s[b] | s[fp + c];
                                case Op.I64_XOR -> s[a] = s[b] ^ s[fp + c];
                                case Op.I64_SHL -> s[a] = s[b] << (int) s[fp + c];
                                case Op.I64_SHR_S -> s[a] = s[b] >> (int) s[fp + c];
                                case Op.I64_SHR_U -> s[a] = s[b] >>> (int) s[fp + c];
                                case Op.I64_EQZ -> s[a] = s[b] == 0 ? 1 : 0;
                                case Op.I64_EQ -> s[a] = s[b] == s[fp + c] ? 1 : 0;
                                case Op.I64_NE -> s[a] = s[b] != s[fp + c] ? 1 : 0;
                                case Op.I64_LT_S -> s[a] = s[b] < s[fp + c] ? 1 : 0;
                                case Op.I64_GE_S -> s[a] = s[b] >= s[fp + c] ? 1 : 0;
                                case Op.I64_LT_U ->
                                        s[a] =
                                                s[b] + Long.MIN_VALUE < s[fp + c] + Long.MIN_VALUE
                                                        ? 1
                                                        : 0;
                                case Op.I64_GE_U ->
                                        s[a] =
                                                s[b] + Long.MIN_VALUE >= s[fp + c] + Long.MIN_VALUE
                                                        ? 1
                                                        : 0;
                                case Op.F32_ADD -> s[a] = bits(single(s[b]) + single(s[fp + c]));
                                case Op.F32_SUB -> s[a] = bits(single(s[b]) - single(s[fp + c]));
                                case Op.F32_MUL -> s[a] = bits(single(s[b]) * single(s[fp + c]));
                                case Op.F32_DIV -> s[a] = bits(single(s[b]) / single(s[fp + c]));
                                case Op.F32_EQ -> s[a] = single(s[b]) == single(s[fp + c]) ? 1 : 0;
                                case Op.F32_NE -> s[a] = single(s[b]) != single(s[fp + c]) ? 1 : 0;
                                case Op.F32_LT -> s[a] = single(s[b]) < single(s[fp + c]) ? 1 : 0;
                                case Op.F32_LE -> s[a] = single(s[b]) <= single(s[fp + c]) ? 1 : 0;
                                case Op.F64_ADD -> s[a] = bits(twice(s[b]) + twice(s[fp + c]));
                                case Op.F64_SUB -> s[a] = bits(twice(s[b]) - twice(s[fp + c]));
                                case Op.F64_MUL -> s[a] = bits(twice(s[b]) * twice(s[fp + c]));
                                case Op.F64_DIV -> s[a] = bits(twice(s[b]) / twice(s[fp + c]));
                                case Op.F64_EQ -> s[a] = twice(s[b]) == twice(s[fp + c]) ? 1 : 0;
                                case Op.F64_NE -> s[a] = twice(s[b]) != twice(s[fp + c]) ? 1 : 0;
                                case Op.F64_LT -> s[a] = twice(s[b]) < twice(s[fp + c]) ? 1 : 0;
                                case Op.F64_LE -> s[a] = twice(s[b]) <= twice(s[fp + c]) ? 1 : 0;
                                case Op.F64_MIN ->
                                        s[a] = bits(Math.min(twice(s[b]), twice(s[fp + c])));
                                case Op.F64_MAX ->
                                        s[a] = bits(Math.max(twice(s[b]), twice(s[fp + c])));
                                case Op.F64_SQRT -> s[a] = bits(Math.sqrt(twice(s[b])));
                                case Op.F64_ABS -> s[a] = s[b] & Long.MAX_VALUE;
                                case Op.F64_NEG -> s[a] = s[b] ^ Long.MIN_VALUE;
                                case Op.I32_WRAP_I64, Op.I64_EXTEND_I32_S -> s[a] = (int) s[b];
                                case Op.I64_EXTEND_I32_U -> s[a] = s[b] & 0xFFFF_FFFFL;
                                case Op.F64_CONVERT_I32_S -> s[a] = bits((double) (int) s[b]);
                                case Op.F64_CONVERT_I64_S -> s[a] = bits((double) s[b]);
                                case Op.F64_CONVERT_I32_U ->
                                        s[a] = bits((double) (s[b] & 0xFFFF_FFFFL));
                                case Op.F32_DEMOTE_F64 -> s[a] = bits((float) twice(s[b]));
                                case Op.F64_PROMOTE_F32 -> s[a] = bits((double) single(s[b]));
                                case Op.MOVE_MOVE -> {
                                    s[a] = s[b];
                                    s[fp + (int) code[pc]] = s[fp + c];
                                    break twoWords;
                                }
                                case Op.ADD_LOAD_32_S -> {
                                    long second = code[pc];
                                    int sum = (int) s[b] + (int) s[fp + c];
                                    s[fp + (int) second] = sum;
                                    s[a] =
                                            (int)
                                                    FlatMemory.INT.get(
                                                            m, address(sum, Word.c(second)));
                                    break twoWords;
                                }
                                case Op.ADD_LOAD_64 -> {
                                    long second = code[pc];
                                    int sum = (int) s[b] + (int) s[fp + c];
                                    s[fp + (int) second] = sum;
                                    s[a] =
                                            (long)
                                                    FlatMemory.LONG.get(
                                                            m, address(sum, Word.c(second)));
                                    break twoWords;
                                }
                                case Op.ADD_STORE_32 -> {
                                    long second = code[pc];
                                    int sum = (int) s[b] + (int) s[fp + c];
                                    s[fp + (int) second] = sum;
                                    FlatMemory.INT.set(m, address(sum, Word.c(second)), (int) s[a]);
                                    break twoWords;
                                }
                                case Op.ADD_STORE_64 -> {
                                    long second = code[pc];
                                    int sum = (int) s[b] + (int) s[fp + c];
                                    s[fp + (int) second] = sum;
                                    FlatMemory.LONG.set(m, address(sum, Word.c(second)), s[a]);
                                    break twoWords;
                                }
                                case Op.I32_SHL_ADD -> {
                                    int shifted = (int) s[fp + c] << (int) s[fp + (int) code[pc]];
                                    s[a] = (int) s[b] + shifted;
                                    break twoWords;
                                }
                                case Op.F64_MUL_ADD -> {
                                    double product =
                                            twice(s[fp + c]) * twice(s[fp + (int) code[pc]]);
                                    s[a] = bits(twice(s[b]) + product);
                                    break twoWords;
                                }
                                case Op.F64_MUL_SUB -> {
                                    double product =
                                            twice(s[fp + c]) * twice(s[fp + (int) code[pc]]);
                                    s[a] = bits(twice(s[b]) - product);
                                    break twoWords;
                                }
                                case Op.F64_SUB_MUL -> {
                                    double difference =
                                            twice(s[fp + c]) - twice(s[fp + (int) code[pc]]);
                                    s[a] = bits(difference * twice(s[b]));
                                    break twoWords;
                                }
                                case Op.UNREACHABLE ->
                                        throw new TrapException(
                                                "Trapped on unreachable instruction");
                                case Op.OUT_OF_BOUNDS -> throw new IndexOutOfBoundsException();
                                case Op.CALL,
                                        Op.CALL_IMPORT,
                                        Op.CALL_INDIRECT,
                                        Op.RETURN,
                                        Op.RETURN_ONE,
                                        Op.RETURN_MANY,
                                        Op.MEMORY_FILL,
                                        Op.MEMORY_COPY,
                                        Op.MEMORY_SIZE,
                                        Op.MEMORY_GROW -> {
                                    break inner;
                                }
                                default -> s[a] = ColdOperations.apply(operation, s[b], s[fp + c]);
                            }
                            continue inner;
                        }
                        pc++;
                        continue inner;
                    }
                    pc += c >> Word.DISTANCE_SHIFT;
                    continue inner;
                }
                slice -= c & Word.FALL_CHARGE_MAX;
                if (slice < 0) {
                    slice = refuel(slice);
                }
            }
            final int operation = Word.operation(word);
            final int a = fp + Word.a(word);
            final int b = fp + Word.b(word);
            final int c = Word.c(word);
            int own = -1;
            switch (operation) {
                case Op.CALL -> own = c;
                case Op.CALL_IMPORT, Op.CALL_INDIRECT -> {
                    fuel += slice;
                    slice = 0;
                    own =
                            operation == Op.CALL_INDIRECT
                                    ? module.indirect(this, s[b], c, a)
                                    : module.imported(this, c, a);
                }
                case Op.MEMORY_FILL, Op.MEMORY_COPY -> {
                    int length = (int) s[fp + c];
                    slice -= FuelPlan.bulkCharge(length);
                    if (slice < 0) {
                        slice = refuel(slice);
                    }
                    module.bulk(operation, (int) s[a], (int) s[b], length);
                }
                case Op.MEMORY_SIZE -> s[a] = m.length / Memory.PAGE_SIZE;
                case Op.MEMORY_GROW -> s[a] = module.grow((int) s[b]);
                default -> {
                    if (operation == Op.RETURN_ONE) {
                        s[fp] = s[b];
                    } else if (operation == Op.RETURN_MANY) {
                        System.arraycopy(s, a, s, fp, c);
                    }
                    long caller = callers[--depth];
                    if (caller == OUTSIDE) {
                        fuel += slice;
                        return;
                    }
                    fp = (int) (caller >> 32);
                    pc = (int) caller;
                }
            }
            if (own >= 0) {
                RegisterFunction called = this.code.functions[own];
                enter(called, a);
                callers[depth++] = (long) fp << 32 | pc;
                fp = a;
                pc = called.entry;
            }
        }
    }

    // CHECKSTYLE ON
    /** The next slice of fuel, after one was overdrawn. */
    private int refuel(int overdrawn) {
        long left = fuel + overdrawn;
        fuel = left;
        if (left < 0) {
            throw new LimitTrap(LimitTrap.Limit.FUEL, "out of fuel");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new ChicoryInterruptedException("Thread interrupted");
        }
        int slice = (int) Math.min(left, SLICE);
        fuel -= slice;
        return slice;
    }

    /** Where an access goes: negative, and so out of bounds, when that is 2 GiB or more. */
    private static int address(long base, int offset) {
        return ((int) base + offset) | ((int) base >> 31);
    }

    private static float single(long register) {
        return Float.intBitsToFloat((int) register);
    }

    private static double twice(long register) {
        return Double.longBitsToDouble(register);
    }

    /** Canonical when it is a NaN. */
    private static long bits(float value) {
        return Float.floatToIntBits(value);
    }

    /** Canonical when it is a NaN. */
    private static long bits(double value) {
        return Double.doubleToLongBits(value);
    }
}
