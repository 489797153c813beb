package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a function's instructions cost: the one source for all machines. Immutable.
 *
 * <p>Every instruction that is executed costs 1, {@code block}, {@code loop}, {@code else} and
 * {@code end} included. They are paid for block by block, before the first instruction of a block
 * runs: {@code fuel -= charge}, and below 0 the call traps there (FUEL). A block starts
 *
 * <ul>
 *   <li>at the function's first instruction,
 *   <li>after each {@code loop} (paid again each time round), {@code if}, {@code else}, {@code
 *       br_if},
 *   <li>after the {@code end} of each {@code if}, and of each {@code block} that a branch names.
 * </ul>
 *
 * <p>It holds the instructions from there to the next start, but none behind a {@code br}, {@code
 * br_table}, {@code return} or {@code unreachable}. So an {@code else} is paid by the arm that
 * falls into it, and an {@code end} by what falls into it, not by a branch that goes there. A call
 * is inside its block: the callee pays for itself. Starts in code that can't be reached have
 * charges too; they are never paid.
 *
 * <p>{@code memory.fill} and {@code memory.copy} also cost {@link #bulkCharge} of their length,
 * paid just before they run and before their bounds are checked.
 *
 * <p>Depth: entering a function of the module while {@link #CALL_DEPTH} calls of such functions are
 * active traps (STACK), after the checks of {@code call_indirect} and before the first charge of
 * the function. Functions of the host don't count.
 */
public final class FuelPlan {
    /** Calls that may be active at the same time; the export called first is one of them. */
    public static final int CALL_DEPTH = 256;

    private static final int BULK_BYTES_SHIFT = 6;

    private final int[] charges;

    private FuelPlan(int[] charges) {
        this.charges = charges;
    }

    /** The plan for a valid function, its last {@code end} included. */
    public static FuelPlan of(List<? extends Instruction> body) {
        boolean[] starts = starts(body);
        int[] charges = new int[body.size()];
        int block = -1;
        for (int i = 0; i < charges.length; i++) {
            if (starts[i]) {
                block = i;
            }
            if (block >= 0) {
                charges[block]++;
            }
            switch (body.get(i).opcode()) {
                case BR, BR_TABLE, RETURN, UNREACHABLE -> block = -1;
                default -> {}
            }
        }
        return new FuelPlan(charges);
    }

    /** What is due before this instruction runs; 0 where no block starts. */
    public int charge(int instruction) {
        return charges[instruction];
    }

    /** What a {@code memory.fill} or {@code memory.copy} costs beside its 1; length is unsigned. */
    public static int bulkCharge(int length) {
        return length >>> BULK_BYTES_SHIFT;
    }

    private static boolean[] starts(List<? extends Instruction> body) {
        boolean[] starts = new boolean[body.size() + 1];
        starts[0] = true;
        List<Label> open = new ArrayList<>();
        open.add(new Label(OpCode.CALL));
        for (int i = 0; i < body.size(); i++) {
            Instruction instruction = body.get(i);
            switch (instruction.opcode()) {
                case BLOCK -> open.add(new Label(OpCode.BLOCK));
                case LOOP, IF -> {
                    open.add(new Label(instruction.opcode()));
                    starts[i + 1] = true;
                }
                case ELSE -> starts[i + 1] = true;
                case BR_IF -> {
                    starts[i + 1] = true;
                    named(open, instruction);
                }
                case BR, BR_TABLE -> named(open, instruction);
                case END -> {
                    Label closed = open.removeLast();
                    starts[i + 1] =
                            closed.opened == OpCode.IF
                                    || (closed.opened == OpCode.BLOCK && closed.named);
                }
                default -> {}
            }
        }
        return starts;
    }

    private static void named(List<Label> open, Instruction branch) {
        for (int i = 0; i < branch.operandCount(); i++) {
            open.get(open.size() - 1 - (int) branch.operand(i)).named = true;
        }
    }

    private static final class Label {
        private final OpCode opened;
        private boolean named;

        Label(OpCode opened) {
            this.opened = opened;
        }
    }
}
