package dev.vigil.policy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The sections of a WASM module, walked without an engine, so that a manifest can be read and a
 * signature judged before anything untrusted is parsed. Immutable.
 *
 * <p>Numbers must be in their shortest form: one module, one sequence of bytes.
 */
public final class WasmSections {
    /** Name of the custom section with the manifest. */
    public static final String MANIFEST = "vigil.manifest";

    /** Name of the custom section with the readings that admission measures with. */
    public static final String GOLDEN = "vigil.golden";

    private static final byte[] START = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private static final int SECTIONS_MAX = 256;
    private static final int NAME_BYTES_MAX = 256;

    private final byte[] module;
    private final List<Section> sections;

    /**
     * One section.
     *
     * @param name of a custom section (id 0), else empty
     * @param start of the whole section in the module
     * @param content start of what is in it, behind a custom section's name
     * @param end of both
     */
    public record Section(int id, String name, int start, int content, int end) {}

    private WasmSections(byte[] module, List<Section> sections) {
        this.module = module;
        this.sections = List.copyOf(sections);
    }

    /**
     * @throws IllegalArgumentException naming the place, what is there and the rule
     */
    public static WasmSections of(byte[] module) {
        if (!Arrays.equals(Arrays.copyOf(module, START.length), START)) {
            throw new IllegalArgumentException("it does not start as a WASM module, version 1");
        }
        var walk = new Walk(module.clone());
        var sections = new ArrayList<Section>();
        while (walk.position < module.length) {
            if (sections.size() == SECTIONS_MAX) {
                throw new IllegalArgumentException(
                        "it has more than %d sections".formatted(SECTIONS_MAX));
            }
            sections.add(walk.section());
        }
        return new WasmSections(walk.bytes, sections);
    }

    public List<Section> list() {
        return sections;
    }

    /**
     * What is in the custom section of this name.
     *
     * @throws IllegalArgumentException when there are two: which one counts must not be a question
     */
    public Optional<byte[]> custom(String name) {
        List<Section> found =
                sections.stream().filter(s -> s.id() == 0 && s.name().equals(name)).toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException(
                    "it has %d custom sections %s, allowed is one".formatted(found.size(), name));
        }
        return found.stream()
                .map(s -> Arrays.copyOfRange(module, s.content(), s.end()))
                .findFirst();
    }

    /** The module with this as its only custom section of that name, at the end. */
    public byte[] with(String name, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(START);
        for (Section section : sections) {
            if (section.id() != 0 || !section.name().equals(name)) {
                out.write(module, section.start(), section.end() - section.start());
            }
        }
        byte[] label = name.getBytes(StandardCharsets.UTF_8);
        if (label.length == 0 || label.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a section's name has %d bytes, allowed are 1 to %d"
                            .formatted(label.length, NAME_BYTES_MAX));
        }
        var body = new ByteArrayOutputStream();
        number(body, label.length);
        body.writeBytes(label);
        body.writeBytes(content);
        out.write(0);
        number(out, body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /** A position that moves over the bytes once. */
    private static final class Walk {
        private final byte[] bytes;
        private int position = START.length;

        Walk(byte[] bytes) {
            this.bytes = bytes;
        }

        Section section() {
            int start = position;
            int id = next() & 0xFF;
            long length = number();
            long end = position + length;
            if (end > bytes.length) {
                throw new IllegalArgumentException(
                        "section %d at %d has %d bytes, the module ends after %d of them"
                                .formatted(id, start, length, bytes.length - position));
            }
            String name = id == 0 ? name((int) end) : "";
            Section section = new Section(id, name, start, position, (int) end);
            position = (int) end;
            return section;
        }

        private String name(int end) {
            int at = position;
            long length = number();
            if (length > NAME_BYTES_MAX || position + length > end) {
                throw new IllegalArgumentException(
                        "the name of the section at %d has %d bytes, allowed are %d, inside the section"
                                .formatted(at, length, NAME_BYTES_MAX));
            }
            String name = new String(bytes, position, (int) length, StandardCharsets.UTF_8);
            position += (int) length;
            return name;
        }

        private byte next() {
            if (position == bytes.length) {
                throw new IllegalArgumentException("it ends in the head of a section");
            }
            return bytes[position++];
        }

        /** An unsigned LEB128 of up to 32 bits, in its shortest form. */
        private long number() {
            int at = position;
            long value = 0;
            for (int shift = 0; shift < 35; shift += 7) {
                int digit = next() & 0xFF;
                value |= (long) (digit & 0x7F) << shift;
                if (digit < 0x80) {
                    if ((digit == 0 && shift > 0) || value > 0xFFFF_FFFFL) {
                        break;
                    }
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "the number at %d is not a 32-bit LEB128 in its shortest form".formatted(at));
        }
    }
}
