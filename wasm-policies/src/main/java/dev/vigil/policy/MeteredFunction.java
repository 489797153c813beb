package dev.vigil.policy;

import com.dylibso.chicory.wasm.types.AnnotatedInstruction;
import com.dylibso.chicory.wasm.types.OpCode;
import com.dylibso.chicory.wasm.types.ValType;
import dev.vigil.policy.machine.FuelPlan;
import java.util.List;
import java.util.Set;

/**
 * One function of {@link Metering}: its instructions, with what is added between them. Owned by who
 * makes it.
 */
final class MeteredFunction {
    /** Groups of locals that are added: fuel; depth and length; a number of each width. */
    static final int LOCALS = 4;

    private static final int BLOCK = 0x02;
    private static final int IF = 0x04;
    private static final int ELSE = 0x05;
    private static final int END = 0x0B;
    private static final int BR_IF = 0x0D;
    private static final int RETURN = 0x0F;
    private static final int UNREACHABLE = 0x00;
    private static final int EMPTY = 0x40;
    private static final int LOCAL_GET = 0x20;
    private static final int LOCAL_SET = 0x21;
    private static final int LOCAL_TEE = 0x22;
    private static final int GLOBAL_GET = 0x23;
    private static final int GLOBAL_SET = 0x24;
    private static final int I32_CONST = 0x41;
    private static final int I64_CONST = 0x42;
    private static final int I64_SHR_U = 0x88;
    private static final int I32_WRAP = 0xA7;
    private static final int I64_SUB = 0x7D;
    private static final int BULK_SHIFT = 6;

    private final Set<Metering.Part> parts;
    private final int fuelGlobal;
    private final int depthGlobal;
    private final int fuel;
    private final int depth;
    private final int length;
    private final int f32;
    private final int f64;
    private final List<AnnotatedInstruction> body;
    private final FuelPlan plan;

    /** Blocks of the function that are open where it is being written. */
    private int open;

    MeteredFunction(
            Set<Metering.Part> parts,
            int fuelGlobal,
            int firstLocal,
            List<AnnotatedInstruction> body) {
        this.parts = parts;
        this.fuelGlobal = fuelGlobal;
        this.depthGlobal = fuelGlobal + 1;
        this.fuel = firstLocal;
        this.depth = firstLocal + 1;
        this.length = firstLocal + 2;
        this.f32 = firstLocal + 3;
        this.f64 = firstLocal + 4;
        this.body = body;
        this.plan = FuelPlan.of(body);
    }

    /** Declares the locals, after the function's own. */
    static void locals(WasmWriter out) {
        out.u8(1, 0x7E, 2, 0x7F, 1, 0x7D, 1, 0x7C);
    }

    /**
     * @param offset from an instruction's address to its place in {@code wasm}
     * @param end of the function there
     */
    void write(WasmWriter out, byte[] wasm, int offset, int end, List<ValType> returns) {
        enter(out);
        // Outside of both: where the function goes when its fuel is used up. Inside: its end.
        out.u8(BLOCK, EMPTY);
        out.u8(BLOCK, returns.isEmpty() ? EMPTY : type(returns.getFirst()));
        int last = body.size() - 1;
        for (int i = 0; i <= last; i++) {
            AnnotatedInstruction instruction = body.get(i);
            charge(out, plan.charge(i));
            if (i == last) {
                break;
            }
            switch (instruction.opcode()) {
                case BLOCK, LOOP, IF -> open++;
                case END -> open--;
                default -> {}
            }
            before(out, instruction);
            if (!converted(out, instruction.opcode())) {
                out.bytes(wasm, offset + instruction.address(), offset + body.get(i + 1).address());
            }
            after(out, instruction, body.get(i + 1));
        }
        out.u8(END);
        writeBack(out);
        out.u8(RETURN, END);
        writeBack(out);
        out.u8(UNREACHABLE);
        out.bytes(wasm, offset + body.get(last).address(), end);
    }

    private static int type(ValType type) {
        return switch (type.opcode()) {
            case ValType.ID.I32 -> 0x7F;
            case ValType.ID.I64 -> 0x7E;
            case ValType.ID.F32 -> 0x7D;
            case ValType.ID.F64 -> 0x7C;
            default -> throw new IllegalStateException("a verified module has no " + type);
        };
    }

    private boolean has(Metering.Part part) {
        return parts.contains(part);
    }

    private void enter(WasmWriter out) {
        if (has(Metering.Part.DEPTH)) {
            out.op(GLOBAL_GET, depthGlobal);
            out.u8(I32_CONST, 1, 0x6A);
            out.op(LOCAL_TEE, depth);
            out.u8(I32_CONST);
            out.signed(FuelPlan.CALL_DEPTH);
            out.u8(0x4A, IF, EMPTY); // i32.gt_s
            out.op(LOCAL_GET, depth);
            out.op(GLOBAL_SET, depthGlobal);
            out.u8(UNREACHABLE, END);
        }
        read(out);
    }

    private void read(WasmWriter out) {
        if (has(Metering.Part.FUEL)) {
            out.op(GLOBAL_GET, fuelGlobal);
            out.op(LOCAL_SET, fuel);
        }
    }

    private void writeBack(WasmWriter out) {
        if (has(Metering.Part.FUEL)) {
            out.op(LOCAL_GET, fuel);
            out.op(GLOBAL_SET, fuelGlobal);
        }
    }

    private void charge(WasmWriter out, int charge) {
        if (charge > 0 && has(Metering.Part.FUEL)) {
            out.op(LOCAL_GET, fuel);
            out.u8(I64_CONST);
            out.signed(charge);
            pay(out);
        }
    }

    /** Takes what lies on the stack, above the fuel, from it. */
    private void pay(WasmWriter out) {
        out.u8(I64_SUB);
        out.op(LOCAL_TEE, fuel);
        // The sign bit; a comparison would be a call in what the compiler makes of it.
        out.u8(I64_CONST, 63, I64_SHR_U, I32_WRAP);
        out.op(BR_IF, open + 1);
    }

    private void before(WasmWriter out, AnnotatedInstruction instruction) {
        switch (instruction.opcode()) {
            case CALL, CALL_INDIRECT -> {
                writeBack(out);
                if (has(Metering.Part.DEPTH)) {
                    out.op(LOCAL_GET, depth);
                    out.op(GLOBAL_SET, depthGlobal);
                }
            }
            case RETURN -> writeBack(out);
            case MEMORY_FILL, MEMORY_COPY -> {
                if (has(Metering.Part.FUEL)) {
                    out.op(LOCAL_SET, length);
                    out.op(LOCAL_GET, fuel);
                    out.op(LOCAL_GET, length);
                    out.u8(I32_CONST, BULK_SHIFT, 0x76, 0xAD); // i32.shr_u, i64.extend_i32_u
                    pay(out);
                    out.op(LOCAL_GET, length);
                }
            }
            default -> {}
        }
    }

    /**
     * Converts an unsigned number by way of half of it, the last bit kept for the rounding.
     *
     * @return whether this was such an instruction, and is now replaced
     */
    private boolean converted(WasmWriter out, OpCode opcode) {
        boolean narrow = opcode == OpCode.F32_CONVERT_I64_U;
        if (!has(Metering.Part.UNSIGNED_CONVERSION)
                || !(narrow || opcode == OpCode.F64_CONVERT_I64_U)) {
            return false;
        }
        int signed = narrow ? 0xB4 : 0xB9; // f32.convert_i64_s, f64.convert_i64_s
        out.u8(0xBF); // f64.reinterpret_i64: it waits in the local that is there for an f64
        out.op(LOCAL_SET, f64);
        waiting(out);
        out.u8(I64_CONST, 0, 0x53, IF, narrow ? 0x7D : 0x7C); // i64.lt_s
        waiting(out);
        out.u8(I64_CONST, 1, I64_SHR_U);
        waiting(out);
        out.u8(I64_CONST, 1, 0x83, 0x84, signed); // i64.and, i64.or
        if (narrow) {
            out.u8(0x43, 0, 0, 0, 0x40, 0x94); // f32.const 2, f32.mul
        } else {
            out.u8(0x44, 0, 0, 0, 0, 0, 0, 0, 0x40, 0xA2); // f64.const 2, f64.mul
        }
        out.u8(ELSE);
        waiting(out);
        out.u8(signed, END);
        return true;
    }

    private void waiting(WasmWriter out) {
        out.op(LOCAL_GET, f64);
        out.u8(0xBD); // i64.reinterpret_f64
    }

    private void after(
            WasmWriter out, AnnotatedInstruction instruction, AnnotatedInstruction next) {
        if (isCall(instruction)) {
            read(out);
        }
        OpCode opcode = instruction.opcode();
        if (has(Metering.Part.CANONICAL_NAN)
                && FloatOperations.makesNan(opcode)
                && !FloatOperations.hidesNan(next.opcode())) {
            if (opcode.name().startsWith("F32")) {
                out.op(LOCAL_TEE, f32);
                out.u8(0x43, 0, 0, 0xC0, 0x7F);
                out.op(LOCAL_GET, f32);
                out.op(LOCAL_GET, f32);
                out.u8(0x5B, 0x1B); // f32.eq, select
            } else {
                out.op(LOCAL_TEE, f64);
                out.u8(0x44, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F);
                out.op(LOCAL_GET, f64);
                out.op(LOCAL_GET, f64);
                out.u8(0x61, 0x1B); // f64.eq, select
            }
        }
    }

    private static boolean isCall(AnnotatedInstruction instruction) {
        return instruction.opcode() == OpCode.CALL || instruction.opcode() == OpCode.CALL_INDIRECT;
    }
}
