package dev.vigil.policy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The custom sections of a module, read and written without an engine, so that a manifest can be
 * read and a signature judged before anything untrusted is parsed. Stateless.
 */
public final class WasmSections {
    /** Name of the custom section with the manifest. */
    public static final String MANIFEST = "vigil.manifest";

    /** Name of the custom section with the readings that admission measures with. */
    public static final String GOLDEN = "vigil.golden";

    private static final int HEAD_BYTES = 8;

    private WasmSections() {}

    /**
     * What is in the custom section of this name.
     *
     * @throws IllegalArgumentException when the module is damaged, or has two of them
     */
    public static Optional<byte[]> custom(byte[] wasm, String name) {
        return ModuleSections.custom(wasm, name);
    }

    /**
     * The module with this as its only custom section of that name, at the end.
     *
     * @throws IllegalArgumentException when the module is damaged
     */
    public static byte[] with(byte[] wasm, String name, byte[] content) {
        var sections = new ModuleSections(wasm);
        var out = new ByteArrayOutputStream();
        out.write(wasm, 0, HEAD_BYTES);
        int start = HEAD_BYTES;
        while (sections.next()) {
            if (sections.id() != ModuleSections.CUSTOM || !sections.name().equals(name)) {
                out.write(wasm, start, sections.end() - start);
            }
            start = sections.end();
        }
        byte[] label = name.getBytes(StandardCharsets.UTF_8);
        var body = new ByteArrayOutputStream();
        number(body, label.length);
        body.writeBytes(label);
        body.writeBytes(content);
        out.write(ModuleSections.CUSTOM);
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
}
