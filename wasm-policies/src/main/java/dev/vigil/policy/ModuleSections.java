package dev.vigil.policy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Walks the sections of a module's bytes, and nothing else: no engine, no allocation by a number
 * the module states. Runs before anything that parses it. Stateless but for its position.
 */
final class ModuleSections {
    /** Id of custom sections. */
    static final int CUSTOM = 0;

    private static final byte[] START = {0, 'a', 's', 'm', 1, 0, 0, 0};

    /** Order of the sections by id: the data count (12) stands between elements and code. */
    private static final int[] PLACES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10};

    private final byte[] wasm;
    private int at;
    private int id;
    private int end;
    private int before;

    /**
     * @throws IllegalArgumentException when it does not start as a module does
     */
    ModuleSections(byte[] wasm) {
        this.wasm = wasm;
        if (wasm.length < START.length || !Arrays.equals(wasm, 0, 8, START, 0, 8)) {
            HexFormat hex = HexFormat.ofDelimiter(" ");
            throw new IllegalArgumentException(
                    "it starts with '%s', a WASM module with '%s'"
                            .formatted(
                                    hex.formatHex(wasm, 0, Math.min(8, wasm.length)),
                                    hex.formatHex(START)));
        }
        end = START.length;
    }

    /**
     * Moves on to the next section, whatever was read of the last one.
     *
     * @return false at the end of the module
     * @throws IllegalArgumentException naming the place and the rule
     */
    boolean next() {
        at = end;
        if (at == wasm.length) {
            return false;
        }
        int place = at;
        end = wasm.length;
        id = u8();
        end = sized("section");
        if (id >= PLACES.length) {
            throw new IllegalArgumentException(
                    "at byte %d: section %d does not exist".formatted(place, id));
        }
        if (id != CUSTOM) {
            if (PLACES[id] <= before) {
                throw new IllegalArgumentException(
                        "at byte %d: section %d appears twice or out of order"
                                .formatted(place, id));
            }
            before = PLACES[id];
        }
        return true;
    }

    int id() {
        return id;
    }

    /** Where the next byte is read. */
    int position() {
        return at;
    }

    /** Where the section ends. */
    int end() {
        return end;
    }

    /** Reads a length and answers where what it belongs to ends. */
    int sized(String what) {
        int place = at;
        long size = u32();
        if (size > end - at) {
            throw new IllegalArgumentException(
                    "at byte %d: a %s of %d bytes ends after the %d bytes that are there"
                            .formatted(place, what, size, end - at));
        }
        return at + (int) size;
    }

    void skipTo(int position) {
        at = position;
    }

    int u8() {
        if (at >= end) {
            throw new IllegalArgumentException("at byte %d: it is cut off".formatted(at));
        }
        return wasm[at++] & 0xFF;
    }

    /** An unsigned LEB128 number of at most 32 bits and 5 bytes. */
    long u32() {
        int place = at;
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                if (value > 0xFFFF_FFFFL) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalArgumentException(
                "at byte %d: a number of more than 5 bytes or 32 bits".formatted(place));
    }

    /** A count of at most {@code max}. */
    int count(String what, int max) {
        int place = at;
        long count = u32();
        if (count > max) {
            throw new IllegalArgumentException(
                    "at byte %d: it has %d %s, allowed are %d".formatted(place, count, what, max));
        }
        return (int) count;
    }

    void skip(int bytes) {
        for (int i = 0; i < bytes; i++) {
            u8();
        }
    }

    /** Skips a signed LEB128 number. */
    void skipSigned(int bytesMax) {
        int place = at;
        for (int i = 0; i < bytesMax; i++) {
            if (u8() < 0x80) {
                return;
            }
        }
        throw new IllegalArgumentException(
                "at byte %d: a number of more than %d bytes".formatted(place, bytesMax));
    }

    /** The name at the start of a custom section. */
    String name() {
        int to = sized("name");
        String name = new String(wasm, at, to - at, StandardCharsets.UTF_8);
        at = to;
        return name;
    }

    /** The module without its custom sections: what the engine is given. */
    static byte[] withoutCustom(byte[] wasm) {
        WasmWriter out = new WasmWriter();
        out.bytes(wasm, 0, START.length);
        ModuleSections sections = new ModuleSections(wasm);
        int start = START.length;
        while (sections.next()) {
            if (sections.id != CUSTOM) {
                out.bytes(wasm, start, sections.end);
            }
            start = sections.end;
        }
        return out.toByteArray();
    }

    /**
     * The content of the custom section of this name.
     *
     * @throws IllegalArgumentException when the module is damaged or has two of them
     */
    static Optional<byte[]> custom(byte[] wasm, String name) {
        ModuleSections sections = new ModuleSections(wasm);
        Optional<byte[]> found = Optional.empty();
        while (sections.next()) {
            if (sections.id != CUSTOM || !sections.name().equals(name)) {
                continue;
            }
            if (found.isPresent()) {
                throw new IllegalArgumentException("it has two custom sections " + name);
            }
            found = Optional.of(Arrays.copyOfRange(wasm, sections.at, sections.end));
        }
        return found;
    }
}
