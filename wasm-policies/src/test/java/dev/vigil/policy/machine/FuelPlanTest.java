package dev.vigil.policy.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FuelPlanTest {
    @Test
    void straightCodeIsPaidAtItsFirstInstruction() {
        assertCharges("NOP NOP CALL:0 END", 4, 0, 0, 0);
    }

    @Test
    void nothingBehindAJumpIsPaid() {
        assertCharges("NOP RETURN NOP NOP END", 2, 0, 0, 0, 0);
        assertCharges("UNREACHABLE NOP END", 1, 0, 0);
    }

    @Test
    void aLoopIsPaidEachTimeRound() {
        // Falling out of a loop goes on in the block that began behind the br_if.
        assertCharges("NOP LOOP:64 NOP BR_IF:0 END NOP END", 2, 0, 2, 0, 3, 0, 0);
    }

    @Test
    void anArmPaysForTheElseItFallsInto() {
        assertCharges("NOP IF:64 NOP ELSE NOP NOP END NOP END", 2, 0, 2, 0, 3, 0, 0, 2, 0);
        assertCharges("NOP IF:64 BR:1 ELSE NOP END END", 2, 0, 1, 0, 2, 0, 1);
    }

    @Test
    void theEndOfABlockStartsABlockOnlyWhenABranchNamesIt() {
        assertCharges("BLOCK:64 NOP END NOP END", 5, 0, 0, 0, 0);
        assertCharges("BLOCK:64 BR_IF:0 END NOP END", 2, 0, 1, 2, 0);
        assertCharges("BLOCK:64 BLOCK:64 BR_TABLE:1,1 END END END", 3, 0, 0, 0, 0, 1);
    }

    @Test
    void bulkInstructionsCostOneMoreForEach64Bytes() {
        assertEquals(0, FuelPlan.bulkCharge(63));
        assertEquals(1, FuelPlan.bulkCharge(64));
        assertEquals(0x3FF_FFFF, FuelPlan.bulkCharge(-1));
    }

    private static void assertCharges(String code, int... expected) {
        List<Instruction> body =
                Arrays.stream(code.split(" ", -1)).map(FuelPlanTest::instruction).toList();
        FuelPlan plan = FuelPlan.of(body);
        assertArrayEquals(expected, IntStream.range(0, body.size()).map(plan::charge).toArray());
    }

    private static Instruction instruction(String text) {
        String[] parts = text.split(":", -1);
        long[] operands =
                parts.length == 1
                        ? new long[0]
                        : Arrays.stream(parts[1].split(",", -1))
                                .mapToLong(Long::parseLong)
                                .toArray();
        return new Instruction(0, OpCode.valueOf(parts[0]), operands);
    }
}
