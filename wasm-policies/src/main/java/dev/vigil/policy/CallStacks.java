package dev.vigil.policy;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Element;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import dev.vigil.policy.machine.FuelPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much of Java's stack the calls of a module can take on Chicory's machines, where each of them
 * is a call in Java. It has to be less than a thread has, or the machines would stop at different
 * depths, some before {@link FuelPlan#CALL_DEPTH}. Owned by the thread that checks a module.
 *
 * <p>A function is taken to need {@link #REGISTER_BYTES} for each local, constant and operand,
 * which is what the JVM's interpreter needs for a long; compiled code needs less.
 */
final class CallStacks {
    /**
     * A thread has 1 MiB; the rest of it is for who calls the policy, and for the JVM's own guard.
     */
    static final int BYTES_MAX = 512 * 1024;

    private static final int REGISTER_BYTES = 16;

    /** What {@link Metering} adds to each function. */
    private static final int ADDED_REGISTERS = 5;

    private static final int FRAME_BYTES = 256;

    private final int[] frames;
    private final List<int[]> callees = new ArrayList<>();
    private final List<List<FunctionType>> indirect = new ArrayList<>();
    private final Map<FunctionType, int[]> table;

    private CallStacks(WasmModule module, int[] registers) {
        frames = Arrays.stream(registers).map(CallStacks::frame).toArray();
        table = table(module);
        int imports = module.importSection().count(ExternalType.FUNCTION);
        for (FunctionBody body : module.codeSection().functionBodies()) {
            callees.add(
                    body.instructions().stream()
                            .filter(instruction -> instruction.opcode() == OpCode.CALL)
                            .mapToInt(instruction -> (int) instruction.operand(0) - imports)
                            .filter(own -> own >= 0)
                            .distinct()
                            .toArray());
            indirect.add(
                    body.instructions().stream()
                            .filter(instruction -> instruction.opcode() == OpCode.CALL_INDIRECT)
                            .map(instruction -> (int) instruction.operand(0))
                            .distinct()
                            .map(type -> module.typeSection().getType(type))
                            .distinct()
                            .toList());
        }
    }

    private static int frame(int registers) {
        return FRAME_BYTES + REGISTER_BYTES * (registers + ADDED_REGISTERS);
    }

    /** The module's own functions in its table, by type. */
    private static Map<FunctionType, int[]> table(WasmModule module) {
        int imports = module.importSection().count(ExternalType.FUNCTION);
        Map<FunctionType, BitSet> functions = new HashMap<>();
        for (Element element : module.elementSection().elements()) {
            for (List<Instruction> initializer : element.initializers()) {
                int own = (int) initializer.getFirst().operand(0) - imports;
                if (own >= 0) {
                    functions
                            .computeIfAbsent(
                                    module.functionSection()
                                            .getFunctionType(own, module.typeSection()),
                                    _ -> new BitSet())
                            .set(own);
                }
            }
        }
        Map<FunctionType, int[]> table = new HashMap<>();
        functions.forEach((type, of) -> table.put(type, of.stream().toArray()));
        return table;
    }

    /**
     * What is wrong, when they can take more than {@link #BYTES_MAX}.
     *
     * @param registers that each function of the module needs
     */
    static Optional<String> broken(WasmModule module, int[] registers) {
        int bytes = new CallStacks(module, registers).deepest();
        return bytes <= BYTES_MAX
                ? Optional.empty()
                : Optional.of(
                        "its calls nested up to %d deep can need more than %d KiB of stack: functions that call themselves, also by way of others, need fewer locals"
                                .formatted(FuelPlan.CALL_DEPTH, BYTES_MAX / 1024));
    }

    /**
     * The most that calls nested up to the limit can take; no need to know what is beyond the
     * bound.
     */
    private int deepest() {
        int[] deepest = frames.clone();
        int most = max(deepest);
        for (int depth = 2; depth <= FuelPlan.CALL_DEPTH && most <= BYTES_MAX; depth++) {
            int[] deeper = new int[frames.length];
            Map<FunctionType, Integer> byType = new HashMap<>();
            for (Map.Entry<FunctionType, int[]> entry : table.entrySet()) {
                byType.put(entry.getKey(), max(deepest, entry.getValue()));
            }
            for (int function = 0; function < frames.length; function++) {
                int below = max(deepest, callees.get(function));
                for (FunctionType type : indirect.get(function)) {
                    below = Math.max(below, byType.getOrDefault(type, 0));
                }
                deeper[function] = frames[function] + below;
            }
            if (Arrays.equals(deeper, deepest)) {
                break;
            }
            deepest = deeper;
            most = max(deepest);
        }
        return most;
    }

    private static int max(int[] of) {
        return Arrays.stream(of).max().orElse(0);
    }

    private static int max(int[] of, int[] functions) {
        int max = 0;
        for (int function : functions) {
            max = Math.max(max, of[function]);
        }
        return max;
    }
}
