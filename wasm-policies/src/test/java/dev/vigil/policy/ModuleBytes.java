package dev.vigil.policy;

import java.util.HexFormat;
import java.util.TreeMap;

/** The sections of fixture quiet.wat, to be replaced by worse ones; for tests. */
final class ModuleBytes {
    private static final HexFormat HEX = HexFormat.of();

    private final TreeMap<Integer, byte[]> sections = new TreeMap<>();

    ModuleBytes() {
        byte[] quiet = Fixtures.wasm("quiet");
        ModuleSections in = new ModuleSections(quiet);
        while (in.next()) {
            sections.put(in.id(), java.util.Arrays.copyOfRange(quiet, in.position(), in.end()));
        }
    }

    /** Content of a section, as hexadecimal digits with blanks where they help. */
    ModuleBytes section(int id, String content) {
        sections.put(id, HEX.parseHex(content.replace(" ", "")));
        return this;
    }

    /** What vigil_process, the last function, does; its locals included. */
    ModuleBytes process(String body) {
        byte[] bytes = HEX.parseHex(body.replace(" ", ""));
        byte[] code = sections.getOrDefault(10, new byte[0]);
        // The fixture's ends in a body of 4 bytes: no locals, i32.const 0, end.
        WasmWriter out = new WasmWriter();
        out.bytes(code, 0, code.length - 5);
        out.u32(bytes.length);
        out.bytes(bytes, 0, bytes.length);
        sections.put(10, out.toByteArray());
        return this;
    }

    byte[] withManifest(String manifest) {
        WasmWriter out = new WasmWriter();
        out.u8(0, 'a', 's', 'm', 1, 0, 0, 0);
        sections.forEach(
                (id, content) -> {
                    WasmWriter section = new WasmWriter();
                    section.bytes(content, 0, content.length);
                    out.u8(id);
                    out.sized(section);
                });
        return Fixtures.withManifest(out.toByteArray(), manifest);
    }
}
