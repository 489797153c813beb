package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.OpcodeImpl;

/**
 * Operations on values that are rare: outside the machine's loop, so that the loop stays small
 * enough to be compiled well. Stateless. NaNs are canonical: {@link Float#floatToIntBits} and
 * {@link Double#doubleToLongBits} make them so.
 */
final class ColdOperations {
    private ColdOperations() {}

    /** The result of an operation of {@link Op} on two registers; unary ones take x. */
    static long apply(int operation, long x, long y) {
        return switch (operation) {
            case Op.I32_CLZ -> Integer.numberOfLeadingZeros((int) x);
            case Op.I32_CTZ -> Integer.numberOfTrailingZeros((int) x);
            case Op.I32_POPCNT -> Integer.bitCount((int) x);
            case Op.I32_DIV_S -> OpcodeImpl.I32_DIV_S((int) x, (int) y);
            case Op.I32_DIV_U -> OpcodeImpl.I32_DIV_U((int) x, (int) y);
            case Op.I32_REM_S -> OpcodeImpl.I32_REM_S((int) x, (int) y);
            case Op.I32_REM_U -> OpcodeImpl.I32_REM_U((int) x, (int) y);
            case Op.I32_ROTL -> Integer.rotateLeft((int) x, (int) y);
            case Op.I32_ROTR -> Integer.rotateRight((int) x, (int) y);
            case Op.I64_CLZ -> Long.numberOfLeadingZeros(x);
            case Op.I64_CTZ -> Long.numberOfTrailingZeros(x);
            case Op.I64_POPCNT -> Long.bitCount(x);
            case Op.I64_DIV_S -> OpcodeImpl.I64_DIV_S(x, y);
            case Op.I64_DIV_U -> OpcodeImpl.I64_DIV_U(x, y);
            case Op.I64_REM_S -> OpcodeImpl.I64_REM_S(x, y);
            case Op.I64_REM_U -> OpcodeImpl.I64_REM_U(x, y);
            case Op.I64_ROTL -> Long.rotateLeft(x, (int) y);
            case Op.I64_ROTR -> Long.rotateRight(x, (int) y);
            case Op.I32_EXTEND_8_S -> (byte) x;
            case Op.I32_EXTEND_16_S -> (short) x;
            case Op.I64_EXTEND_8_S -> (byte) x;
            case Op.I64_EXTEND_16_S -> (short) x;
            case Op.I64_EXTEND_32_S -> (int) x;
            default ->
                    operation >= Op.I32_WRAP_I64
                            ? converted(operation, x)
                            : operation < Op.F64_ABS
                                    ? single(operation, x, y)
                                    : twice(operation, x, y);
        };
    }

    private static long single(int operation, long bitsX, long bitsY) {
        int x = (int) bitsX;
        int y = (int) bitsY;
        float f = Float.intBitsToFloat(x);
        float g = Float.intBitsToFloat(y);
        return switch (operation) {
            case Op.F32_ABS -> x & Integer.MAX_VALUE;
            case Op.F32_NEG -> x ^ Integer.MIN_VALUE;
            case Op.F32_COPYSIGN -> (x & Integer.MAX_VALUE) | (y & Integer.MIN_VALUE);
            case Op.F32_CEIL -> Float.floatToIntBits((float) Math.ceil(f));
            case Op.F32_FLOOR -> Float.floatToIntBits((float) Math.floor(f));
            case Op.F32_TRUNC ->
                    Float.floatToIntBits((float) (x < 0 ? Math.ceil(f) : Math.floor(f)));
            case Op.F32_NEAREST -> Float.floatToIntBits((float) Math.rint(f));
            case Op.F32_SQRT -> Float.floatToIntBits((float) Math.sqrt(f));
            case Op.F32_MIN -> Float.floatToIntBits(Math.min(f, g));
            case Op.F32_MAX -> Float.floatToIntBits(Math.max(f, g));
            default -> throw new IllegalStateException("operation " + operation);
        };
    }

    private static long twice(int operation, long x, long y) {
        double f = Double.longBitsToDouble(x);
        return switch (operation) {
            case Op.F64_COPYSIGN -> (x & Long.MAX_VALUE) | (y & Long.MIN_VALUE);
            case Op.F64_CEIL -> Double.doubleToLongBits(Math.ceil(f));
            case Op.F64_FLOOR -> Double.doubleToLongBits(Math.floor(f));
            case Op.F64_TRUNC -> Double.doubleToLongBits(x < 0 ? Math.ceil(f) : Math.floor(f));
            case Op.F64_NEAREST -> Double.doubleToLongBits(Math.rint(f));
            default -> throw new IllegalStateException("operation " + operation);
        };
    }

    private static long converted(int operation, long x) {
        float f = Float.intBitsToFloat((int) x);
        double d = Double.longBitsToDouble(x);
        return switch (operation) {
            case Op.I32_TRUNC_F32_S -> OpcodeImpl.I32_TRUNC_F32_S(f);
            case Op.I32_TRUNC_F32_U -> OpcodeImpl.I32_TRUNC_F32_U(f);
            case Op.I32_TRUNC_F64_S -> OpcodeImpl.I32_TRUNC_F64_S(d);
            case Op.I32_TRUNC_F64_U -> OpcodeImpl.I32_TRUNC_F64_U(d);
            case Op.I64_TRUNC_F32_S -> OpcodeImpl.I64_TRUNC_F32_S(f);
            case Op.I64_TRUNC_F32_U -> OpcodeImpl.I64_TRUNC_F32_U(f);
            case Op.I64_TRUNC_F64_S -> OpcodeImpl.I64_TRUNC_F64_S(d);
            case Op.I64_TRUNC_F64_U -> OpcodeImpl.I64_TRUNC_F64_U(d);
            case Op.I32_TRUNC_SAT_F32_S -> OpcodeImpl.I32_TRUNC_SAT_F32_S(f);
            case Op.I32_TRUNC_SAT_F32_U -> OpcodeImpl.I32_TRUNC_SAT_F32_U(f);
            case Op.I32_TRUNC_SAT_F64_S -> OpcodeImpl.I32_TRUNC_SAT_F64_S(d);
            case Op.I32_TRUNC_SAT_F64_U -> OpcodeImpl.I32_TRUNC_SAT_F64_U(d);
            case Op.I64_TRUNC_SAT_F32_S -> OpcodeImpl.I64_TRUNC_SAT_F32_S(f);
            case Op.I64_TRUNC_SAT_F32_U -> OpcodeImpl.I64_TRUNC_SAT_F32_U(f);
            case Op.I64_TRUNC_SAT_F64_S -> OpcodeImpl.I64_TRUNC_SAT_F64_S(d);
            case Op.I64_TRUNC_SAT_F64_U -> OpcodeImpl.I64_TRUNC_SAT_F64_U(d);
            case Op.F32_CONVERT_I32_S -> Float.floatToIntBits((float) (int) x);
            case Op.F32_CONVERT_I32_U -> Float.floatToIntBits((float) (x & 0xFFFF_FFFFL));
            case Op.F32_CONVERT_I64_S -> Float.floatToIntBits((float) x);
            case Op.F32_CONVERT_I64_U -> Float.floatToIntBits(unsignedToFloat(x));
            case Op.F64_CONVERT_I64_S -> Double.doubleToLongBits((double) x);
            case Op.F64_CONVERT_I64_U -> Double.doubleToLongBits(unsignedToDouble(x));
            default -> throw new IllegalStateException("operation " + operation);
        };
    }

    /** To the nearest, ties to even; Chicory's own rounds up. */
    private static float unsignedToFloat(long x) {
        return x >= 0 ? (float) x : (float) halved(x) * 2;
    }

    /** To the nearest, ties to even; Chicory's own rounds ties down. */
    private static double unsignedToDouble(long x) {
        return x >= 0 ? (double) x : (double) halved(x) * 2;
    }

    /** What is lost of an unsigned number still says that it is past the middle. */
    private static long halved(long x) {
        return (x >>> 1) | (x & 1);
    }
}
