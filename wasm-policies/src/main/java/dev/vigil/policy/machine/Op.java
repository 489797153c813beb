package dev.vigil.policy.machine;

/**
 * The operations of register code. Stateless.
 *
 * <p>What is also an instruction of WebAssembly and needs no other has its number there: 0x6A is
 * {@code i32.add}, and does {@code a = b + c}. Saturating conversions (0xFC00 there) start at 0xC8.
 * Greater-than is less-than with its operands exchanged; a reinterpretation is a move. Loads and
 * stores exist once for each width, since a register holds 64 bits of whatever type.
 */
final class Op {
    static final int UNREACHABLE = 0x00;

    /** c: fuel, as much as a branch can pay. */
    static final int CHARGE = 0x01;

    /** c: branch. */
    static final int JUMP = 0x02;

    /** b: index; c: entries, a branch in each word behind. */
    static final int BR_TABLE = 0x03;

    /** a: where the arguments are and the results go; c: function of the module. */
    static final int CALL = 0x04;

    /** a: as above; c: function. */
    static final int CALL_IMPORT = 0x05;

    /** a: as above; b: element; c: type, and table << 16. */
    static final int CALL_INDIRECT = 0x06;

    static final int RETURN = 0x07;

    /** b: the result. */
    static final int RETURN_ONE = 0x08;

    /** a: first result; c: how many. */
    static final int RETURN_MANY = 0x09;

    /** a = b. */
    static final int MOVE = 0x0A;

    /** a = the word behind. */
    static final int CONSTANT = 0x0B;

    /** a = b != 0 ? first of c : second of c. */
    static final int SELECT = 0x0C;

    /** a = global c. */
    static final int GLOBAL_GET = 0x0D;

    /** global c = b. */
    static final int GLOBAL_SET = 0x0E;

    /** a load or store that can't be inside any memory. */
    static final int OUT_OF_BOUNDS = 0x0F;

    /** a. */
    static final int MEMORY_SIZE = 0x10;

    /** a = grow by b. */
    static final int MEMORY_GROW = 0x11;

    /** address a, value b, length c. */
    static final int MEMORY_FILL = 0x12;

    /** to a, from b, length c. */
    static final int MEMORY_COPY = 0x13;

    /** a = memory[b + c]. */
    static final int LOAD_8_S = 0x20;

    static final int LOAD_8_U = 0x21;
    static final int LOAD_16_S = 0x22;
    static final int LOAD_16_U = 0x23;
    static final int LOAD_32_S = 0x24;
    static final int LOAD_32_U = 0x25;
    static final int LOAD_64 = 0x26;

    /** memory[a + c] = b. */
    static final int STORE_8 = 0x28;

    static final int STORE_16 = 0x29;
    static final int STORE_32 = 0x2A;
    static final int STORE_64 = 0x2B;

    static final int I32_EQZ = 0x45;
    static final int I32_EQ = 0x46;
    static final int I32_NE = 0x47;
    static final int I32_LT_S = 0x48;
    static final int I32_LT_U = 0x49;
    static final int I32_GE_S = 0x4E;
    static final int I32_GE_U = 0x4F;
    static final int I64_EQZ = 0x50;
    static final int I64_EQ = 0x51;
    static final int I64_NE = 0x52;
    static final int I64_LT_S = 0x53;
    static final int I64_LT_U = 0x54;
    static final int I64_GE_S = 0x59;
    static final int I64_GE_U = 0x5A;
    static final int F32_EQ = 0x5B;
    static final int F32_NE = 0x5C;
    static final int F32_LT = 0x5D;
    static final int F32_LE = 0x5F;
    static final int F64_EQ = 0x61;
    static final int F64_NE = 0x62;
    static final int F64_LT = 0x63;
    static final int F64_LE = 0x65;
    static final int I32_CLZ = 0x67;
    static final int I32_CTZ = 0x68;
    static final int I32_POPCNT = 0x69;
    static final int I32_ADD = 0x6A;
    static final int I32_SUB = 0x6B;
    static final int I32_MUL = 0x6C;
    static final int I32_DIV_S = 0x6D;
    static final int I32_DIV_U = 0x6E;
    static final int I32_REM_S = 0x6F;
    static final int I32_REM_U = 0x70;
    static final int I32_AND = 0x71;
    static final int I32_OR = 0x72;
    static final int I32_XOR = 0x73;
    static final int I32_SHL = 0x74;
    static final int I32_SHR_S = 0x75;
    static final int I32_SHR_U = 0x76;
    static final int I32_ROTL = 0x77;
    static final int I32_ROTR = 0x78;
    static final int I64_CLZ = 0x79;
    static final int I64_CTZ = 0x7A;
    static final int I64_POPCNT = 0x7B;
    static final int I64_ADD = 0x7C;
    static final int I64_SUB = 0x7D;
    static final int I64_MUL = 0x7E;
    static final int I64_DIV_S = 0x7F;
    static final int I64_DIV_U = 0x80;
    static final int I64_REM_S = 0x81;
    static final int I64_REM_U = 0x82;
    static final int I64_AND = 0x83;
    static final int I64_OR = 0x84;
    static final int I64_XOR = 0x85;
    static final int I64_SHL = 0x86;
    static final int I64_SHR_S = 0x87;
    static final int I64_SHR_U = 0x88;
    static final int I64_ROTL = 0x89;
    static final int I64_ROTR = 0x8A;
    static final int F32_ABS = 0x8B;
    static final int F32_NEG = 0x8C;
    static final int F32_CEIL = 0x8D;
    static final int F32_FLOOR = 0x8E;
    static final int F32_TRUNC = 0x8F;
    static final int F32_NEAREST = 0x90;
    static final int F32_SQRT = 0x91;
    static final int F32_ADD = 0x92;
    static final int F32_SUB = 0x93;
    static final int F32_MUL = 0x94;
    static final int F32_DIV = 0x95;
    static final int F32_MIN = 0x96;
    static final int F32_MAX = 0x97;
    static final int F32_COPYSIGN = 0x98;
    static final int F64_ABS = 0x99;
    static final int F64_NEG = 0x9A;
    static final int F64_CEIL = 0x9B;
    static final int F64_FLOOR = 0x9C;
    static final int F64_TRUNC = 0x9D;
    static final int F64_NEAREST = 0x9E;
    static final int F64_SQRT = 0x9F;
    static final int F64_ADD = 0xA0;
    static final int F64_SUB = 0xA1;
    static final int F64_MUL = 0xA2;
    static final int F64_DIV = 0xA3;
    static final int F64_MIN = 0xA4;
    static final int F64_MAX = 0xA5;
    static final int F64_COPYSIGN = 0xA6;
    static final int I32_WRAP_I64 = 0xA7;
    static final int I32_TRUNC_F32_S = 0xA8;
    static final int I32_TRUNC_F32_U = 0xA9;
    static final int I32_TRUNC_F64_S = 0xAA;
    static final int I32_TRUNC_F64_U = 0xAB;
    static final int I64_EXTEND_I32_S = 0xAC;
    static final int I64_EXTEND_I32_U = 0xAD;
    static final int I64_TRUNC_F32_S = 0xAE;
    static final int I64_TRUNC_F32_U = 0xAF;
    static final int I64_TRUNC_F64_S = 0xB0;
    static final int I64_TRUNC_F64_U = 0xB1;
    static final int F32_CONVERT_I32_S = 0xB2;
    static final int F32_CONVERT_I32_U = 0xB3;
    static final int F32_CONVERT_I64_S = 0xB4;
    static final int F32_CONVERT_I64_U = 0xB5;
    static final int F32_DEMOTE_F64 = 0xB6;
    static final int F64_CONVERT_I32_S = 0xB7;
    static final int F64_CONVERT_I32_U = 0xB8;
    static final int F64_CONVERT_I64_S = 0xB9;
    static final int F64_CONVERT_I64_U = 0xBA;
    static final int F64_PROMOTE_F32 = 0xBB;
    static final int I32_EXTEND_8_S = 0xC0;
    static final int I32_EXTEND_16_S = 0xC1;
    static final int I64_EXTEND_8_S = 0xC2;
    static final int I64_EXTEND_16_S = 0xC3;
    static final int I64_EXTEND_32_S = 0xC4;
    static final int I32_TRUNC_SAT_F32_S = 0xC8;
    static final int I32_TRUNC_SAT_F32_U = 0xC9;
    static final int I32_TRUNC_SAT_F64_S = 0xCA;
    static final int I32_TRUNC_SAT_F64_U = 0xCB;
    static final int I64_TRUNC_SAT_F32_S = 0xCC;
    static final int I64_TRUNC_SAT_F32_U = 0xCD;
    static final int I64_TRUNC_SAT_F64_S = 0xCE;
    static final int I64_TRUNC_SAT_F64_U = 0xCF;

    /** Two moves: a = b, then d = c. Here and below d is a register in the word behind. */
    static final int MOVE_MOVE = 0xF0;

    /** d = b + c, an address; a is loaded or stored at an offset from it, in the word behind. */
    static final int ADD_LOAD_32_S = 0xF1;

    static final int ADD_LOAD_64 = 0xF2;
    static final int ADD_STORE_32 = 0xF3;
    static final int ADD_STORE_64 = 0xF4;

    /** a = b + (c shifted by d). */
    static final int I32_SHL_ADD = 0xF5;

    /** a = b + c * d, rounded after each. */
    static final int F64_MUL_ADD = 0xF6;

    /** a = b - c * d, rounded after each. */
    static final int F64_MUL_SUB = 0xF7;

    /** a = (c - d) * b, rounded after each. */
    static final int F64_SUB_MUL = 0xF8;

    /**
     * Branches: taken when the comparison of a and b holds; c: branch. Opposites are neighbours.
     */
    static final int BR_I32_NEZ = 0xD0;

    static final int BR_I32_EQZ = 0xD1;
    static final int BR_I32_EQ = 0xD2;
    static final int BR_I32_NE = 0xD3;
    static final int BR_I32_LT_S = 0xD4;
    static final int BR_I32_GE_S = 0xD5;
    static final int BR_I32_LT_U = 0xD6;
    static final int BR_I32_GE_U = 0xD7;
    static final int BR_I64_EQZ = 0xD8;
    static final int BR_I64_NEZ = 0xD9;
    static final int BR_I64_EQ = 0xDA;
    static final int BR_I64_NE = 0xDB;
    static final int BR_I64_LT_S = 0xDC;
    static final int BR_I64_GE_S = 0xDD;
    static final int BR_I64_LT_U = 0xDE;
    static final int BR_I64_GE_U = 0xDF;
    static final int BR_F32_EQ = 0xE0;
    static final int BR_F32_NE = 0xE1;
    static final int BR_F32_LT = 0xE2;
    static final int BR_F32_NOT_LT = 0xE3;
    static final int BR_F32_LE = 0xE4;
    static final int BR_F32_NOT_LE = 0xE5;
    static final int BR_F64_EQ = 0xE6;
    static final int BR_F64_NE = 0xE7;
    static final int BR_F64_LT = 0xE8;
    static final int BR_F64_NOT_LT = 0xE9;
    static final int BR_F64_LE = 0xEA;
    static final int BR_F64_NOT_LE = 0xEB;
    static final int BR_I32_AND_NEZ = 0xEC;
    static final int BR_I32_AND_EQZ = 0xED;

    private Op() {}
}
