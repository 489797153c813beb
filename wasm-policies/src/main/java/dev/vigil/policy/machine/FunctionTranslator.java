package dev.vigil.policy.machine;

import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates one function from stack code to register code. Owned by the thread that translates.
 *
 * <p>It walks the instructions once and keeps, instead of values, the registers they are in: {@code
 * local.get} and constants push a register and emit nothing, an operation emits one instruction
 * that reads its operands where they are. Where control can come from several sides, values are in
 * the registers of their places on the operand stack.
 */
final class FunctionTranslator {
    private final Signatures signatures;
    private final CodeBuffer code;
    private final int function;
    private final FunctionType type;
    private final List<? extends Instruction> body;
    private final FuelPlan plan;
    private final int locals;
    private final Constants constants;
    private final OperandStack stack;
    private final List<Scope> scopes = new ArrayList<>();

    /** Whether anything reaches the next instruction. */
    private boolean live = true;

    /** The instruction whose charge the branch before it has paid. */
    private int paid = -1;

    FunctionTranslator(Signatures signatures, CodeBuffer code, int own, FunctionBody body) {
        this.signatures = signatures;
        this.code = code;
        this.function = signatures.imports() + own;
        this.type = signatures.own(own);
        this.body = body.instructions();
        this.plan = FuelPlan.of(this.body);
        this.locals = type.params().size() + body.localTypes().size();
        this.constants = new Constants(this.body, locals);
        this.stack = new OperandStack(code, function, locals, locals + constants.size());
    }

    RegisterFunction translate() {
        int entry = code.begin(function, stack.place(0));
        scopes.add(
                new Scope(OpCode.CALL, 0, FunctionType.of(List.of(), type.returns()), true, entry));
        for (int i = 0; i < body.size(); i++) {
            Instruction instruction = body.get(i);
            if (live && plan.charge(i) > 0 && paid != i) {
                charge(plan.charge(i));
            }
            if (!control(instruction, i) && live) {
                value(instruction);
            }
        }
        // Results are returned at the frame's start: it must be there even without a register.
        int frame = Math.max(stack.frame(), type.returns().size());
        if (frame > Word.REGISTERS_MAX) {
            throw refused(
                    "needs %d registers, allowed are %d".formatted(frame, Word.REGISTERS_MAX));
        }
        int params = type.params().size();
        return new RegisterFunction(type, entry, frame, constants.preset(locals - params));
    }

    private void charge(int fuel) {
        for (int left = fuel; left > 0; left -= Word.FALL_CHARGE_MAX) {
            code.effect(Op.CHARGE, 0, 0, Math.min(left, Word.FALL_CHARGE_MAX));
        }
    }

    private Untranslatable refused(String what) {
        return new Untranslatable(function, what);
    }

    // ---- control

    /** Whether it was an instruction of control. */
    private boolean control(Instruction instruction, int index) {
        switch (instruction.opcode()) {
            case BLOCK, LOOP, IF -> open(instruction, index);
            case ELSE -> otherArm();
            case END -> close();
            case BR -> jump(instruction, true);
            case BR_IF -> jumpIf(instruction, index);
            case BR_TABLE -> jumpTable(instruction);
            case RETURN -> leave();
            case UNREACHABLE -> trap();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void open(Instruction instruction, int index) {
        FunctionType block = signatures.block(instruction);
        OpCode opcode = instruction.opcode();
        if (!live) {
            scopes.add(new Scope(opcode, stack.height(), block, false, -1));
            return;
        }
        Condition condition = opcode == OpCode.IF ? condition() : null;
        stack.settleLocals();
        stack.settleTop(block.params().size());
        int height = stack.height() - block.params().size();
        Scope scope =
                new Scope(opcode, height, block, true, opcode == OpCode.LOOP ? code.label() : -1);
        scopes.add(scope);
        if (condition != null) {
            scope.otherArm = branch(condition.opposite(), fallCharge(index + 1));
        }
    }

    private void otherArm() {
        Scope scope = scopes.getLast();
        if (live) {
            stack.copyTop(scope.arity(), scope.height);
            scope.branches.add(branch(Op.JUMP, 0, 0, 0));
        }
        live = scope.live;
        if (live) {
            code.patch(scope.otherArm, code.label());
            scope.otherArm = -1;
            stack.cutTo(scope.height);
            stack.pushPlaces(scope.type.params().size());
        }
    }

    private void close() {
        Scope scope = scopes.removeLast();
        int results = scope.type.returns().size();
        if (scopes.isEmpty()) {
            if (live) {
                emitReturn();
            }
            return;
        }
        if (live) {
            stack.settleTop(results);
        }
        if (scope.live) {
            if (scope.otherArm >= 0) {
                code.patch(scope.otherArm, code.label());
            }
            for (int branch : scope.branches) {
                code.patch(branch, code.label());
            }
            stack.cutTo(scope.height);
            stack.pushPlaces(results);
        }
        live = scope.live;
    }

    private Scope target(long depth) {
        return scopes.get(scopes.size() - 1 - (int) depth);
    }

    /** A jump to a scope, its values in place already or copied now. */
    private void jump(Instruction instruction, boolean ends) {
        if (live) {
            jump(target(instruction.operand(0)));
            live = !ends;
        }
    }

    private void jump(Scope target) {
        if (target.opened == OpCode.CALL) {
            emitReturn();
        } else {
            stack.copyTop(target.arity(), target.height);
            to(target, branch(Op.JUMP, 0, 0, 0));
        }
    }

    /** Lets a branch go to a scope: now when that is a loop, else when its end is known. */
    private void to(Scope target, int branch) {
        if (target.opened == OpCode.LOOP) {
            code.patch(branch, target.start);
        } else {
            target.branches.add(branch);
        }
    }

    private void jumpIf(Instruction instruction, int index) {
        if (!live) {
            return;
        }
        Condition condition = condition();
        Scope target = target(instruction.operand(0));
        if (target.opened != OpCode.CALL && stack.inPlace(target.arity(), target.height)) {
            to(target, branch(condition, fallCharge(index + 1)));
            return;
        }
        int over = branch(condition.opposite(), 0);
        jump(target);
        code.patch(over, code.label());
    }

    private void jumpTable(Instruction instruction) {
        if (!live) {
            return;
        }
        int index = stack.pop();
        int entries = instruction.operandCount();
        code.effect(Op.BR_TABLE, 0, index, entries);
        int table = code.size();
        for (int i = 0; i < entries; i++) {
            code.effect(Op.JUMP, 0, 0, 0);
        }
        Map<Scope, Integer> copying = new HashMap<>();
        for (int i = 0; i < entries; i++) {
            Scope target = target(instruction.operand(i));
            if (target.opened != OpCode.CALL && stack.inPlace(target.arity(), target.height)) {
                to(target, table + i);
                continue;
            }
            Integer known = copying.putIfAbsent(target, code.size());
            if (known == null) {
                code.patch(table + i, code.label());
                jump(target);
            } else {
                code.patch(table + i, known);
            }
        }
        live = false;
    }

    private void leave() {
        if (live) {
            emitReturn();
            live = false;
        }
    }

    private void trap() {
        if (live) {
            code.effect(Op.UNREACHABLE, 0, 0, 0);
            live = false;
        }
    }

    private void emitReturn() {
        int results = type.returns().size();
        switch (results) {
            case 0 -> code.effect(Op.RETURN, 0, 0, 0);
            case 1 -> code.effect(Op.RETURN_ONE, 0, stack.peek(0), 0);
            default -> {
                int first = stack.height() - results;
                stack.copyTop(results, first);
                code.effect(Op.RETURN_MANY, stack.place(first), 0, results);
            }
        }
    }

    /** A comparison that a branch can do itself. */
    private record Condition(int branch, int a, int b) {
        Condition opposite() {
            return new Condition(Numerics.opposite(branch), a, b);
        }
    }

    /** Pops a condition, and takes the comparison it comes from back. */
    private Condition condition() {
        return condition(stack.pop());
    }

    private Condition condition(int register) {
        long last = register < stack.place(0) ? 0 : code.lastWriting(register);
        if (Word.operation(last) == Op.I32_EQZ) {
            code.dropLast();
            return condition(Word.b(last)).opposite();
        }
        int branch = Numerics.branchIf(Word.operation(last));
        if (branch == 0) {
            return new Condition(Op.BR_I32_NEZ, register, 0);
        }
        code.dropLast();
        return new Condition(branch, Word.b(last), Word.c(last));
    }

    private int branch(Condition condition, int fallCharge) {
        return branch(condition.branch, condition.a, condition.b, fallCharge);
    }

    /** Emits a branch to be patched; its address. */
    private int branch(int operation, int a, int b, int fallCharge) {
        code.effect(operation, a, b, fallCharge);
        return code.size() - 1;
    }

    /** The charge behind a branch, when the branch can pay it. */
    private int fallCharge(int next) {
        int charge = plan.charge(next);
        if (charge > Word.FALL_CHARGE_MAX) {
            return 0;
        }
        paid = next;
        return charge;
    }

    // ---- values

    private void value(Instruction instruction) {
        OpCode opcode = instruction.opcode();
        Numerics.Numeric numeric = Numerics.of(opcode);
        if (numeric != null) {
            numeric(numeric);
            return;
        }
        switch (opcode) {
            case NOP -> {}
            case DROP -> stack.pop();
            case I32_CONST, I64_CONST, F32_CONST, F64_CONST -> constant(instruction);
            case LOCAL_GET -> stack.push((int) instruction.operand(0));
            case LOCAL_SET -> setLocal((int) instruction.operand(0));
            case LOCAL_TEE -> {
                setLocal((int) instruction.operand(0));
                stack.push((int) instruction.operand(0));
            }
            case GLOBAL_GET ->
                    code.result(Op.GLOBAL_GET, stack.pushNew(), 0, (int) instruction.operand(0));
            case GLOBAL_SET ->
                    code.effect(Op.GLOBAL_SET, 0, stack.pop(), (int) instruction.operand(0));
            case SELECT, SELECT_T -> select();
            case CALL -> call((int) instruction.operand(0));
            case CALL_INDIRECT -> callIndirect(instruction);
            default -> memory(instruction);
        }
    }

    private void numeric(Numerics.Numeric numeric) {
        int second = numeric.operands() == 2 ? stack.pop() : 0;
        int first = stack.pop();
        int result = stack.pushNew();
        if (numeric.exchanged()) {
            code.result(numeric.operation(), result, second, first);
        } else {
            code.result(numeric.operation(), result, first, second);
        }
    }

    private void constant(Instruction instruction) {
        long value = Constants.value(instruction);
        Integer register = constants.register(value);
        if (register == null) {
            code.constant(stack.pushNew(), value);
        } else {
            stack.push(register);
        }
    }

    private void setLocal(int local) {
        int from = stack.pop();
        stack.settleLocal(local);
        if (from >= stack.place(0) && code.lastWriting(from) != 0) {
            code.redirectLast(local);
        } else if (from != local) {
            code.effect(Op.MOVE, local, from, 0);
        }
    }

    private void select() {
        int condition = stack.pop();
        int otherwise = stack.pop();
        int chosen = stack.pop();
        code.result(Op.SELECT, stack.pushNew(), condition, Word.pair(chosen, otherwise));
    }

    private void call(int callee) {
        int imports = signatures.imports();
        boolean imported = callee < imports;
        arguments(
                signatures.function(callee),
                imported ? Op.CALL_IMPORT : Op.CALL,
                0,
                imported ? callee : callee - imports);
    }

    private void callIndirect(Instruction instruction) {
        int table = (int) instruction.operand(1);
        int called = (int) instruction.operand(0);
        if (table > 0xFFFF || called > 0xFFFF) {
            throw refused(
                    "calls by type %d and table %d, allowed are 65535".formatted(called, table));
        }
        int element = stack.pop();
        arguments(signatures.type(called), Op.CALL_INDIRECT, element, Word.pair(called, table));
    }

    private void arguments(FunctionType called, int operation, int b, int c) {
        int count = called.params().size();
        stack.settleTop(count);
        stack.cutTo(stack.height() - count);
        code.effect(operation, stack.place(stack.height()), b, c);
        stack.pushPlaces(called.returns().size());
    }

    private void memory(Instruction instruction) {
        OpCode opcode = instruction.opcode();
        int code16 = opcode.opcode();
        if (code16 >= OpCode.I32_LOAD.opcode() && code16 <= OpCode.I64_LOAD32_U.opcode()) {
            onlyMemory(instruction, 2);
            int address = stack.pop();
            access(instruction, Numerics.load(opcode), stack.pushNew(), address);
            return;
        }
        if (code16 >= OpCode.I32_STORE.opcode() && code16 <= OpCode.I64_STORE32.opcode()) {
            onlyMemory(instruction, 2);
            int value = stack.pop();
            access(instruction, Numerics.store(opcode), stack.pop(), value);
            return;
        }
        switch (opcode) {
            case MEMORY_SIZE -> {
                onlyMemory(instruction, 0);
                code.result(Op.MEMORY_SIZE, stack.pushNew(), 0, 0);
            }
            case MEMORY_GROW -> {
                onlyMemory(instruction, 0);
                int pages = stack.pop();
                code.result(Op.MEMORY_GROW, stack.pushNew(), pages, 0);
            }
            case MEMORY_FILL, MEMORY_COPY -> {
                onlyMemory(instruction, 0);
                int length = stack.pop();
                int second = stack.pop();
                int operation = opcode == OpCode.MEMORY_FILL ? Op.MEMORY_FILL : Op.MEMORY_COPY;
                code.effect(operation, stack.pop(), second, length);
            }
            default ->
                    throw refused(
                            "uses %s: register code has core MVP, sign extension, saturating conversion, multi-value, memory.copy and memory.fill"
                                    .formatted(opcode));
        }
    }

    private void onlyMemory(Instruction instruction, int from) {
        for (int i = from; i < instruction.operandCount(); i++) {
            if (instruction.operand(i) != 0) {
                throw refused("uses another memory than the first");
            }
        }
    }

    /** A load into a, or a store of b. */
    private void access(Instruction instruction, int operation, int a, int b) {
        long offset = instruction.operand(1);
        if (offset < 0 || offset > Integer.MAX_VALUE) {
            code.effect(Op.OUT_OF_BOUNDS, 0, 0, 0);
        } else if (operation >= Op.STORE_8) {
            code.effect(operation, a, b, (int) offset);
        } else {
            code.result(operation, a, b, (int) offset);
        }
    }
}
