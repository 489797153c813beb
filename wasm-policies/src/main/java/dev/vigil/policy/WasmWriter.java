package dev.vigil.policy;

import java.io.ByteArrayOutputStream;

/** Bytes of the WebAssembly binary format. Owned by who makes it. */
final class WasmWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void u8(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }

    /** Unsigned LEB128. */
    void u32(int value) {
        int rest = value;
        while (rest >>> 7 != 0) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /** Signed LEB128 of a number that is not negative. */
    void signed(long value) {
        long rest = value;
        while (rest >= 0x40) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** An instruction with an index. */
    void op(int opcode, int index) {
        out.write(opcode);
        u32(index);
    }

    void bytes(byte[] from, int start, int end) {
        out.write(from, start, end - start);
    }

    void append(WasmWriter other) {
        out.writeBytes(other.out.toByteArray());
    }

    /** The other's length and bytes. */
    void sized(WasmWriter other) {
        u32(other.out.size());
        append(other);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
