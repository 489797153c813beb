package dev.vigil.policy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Modules for tests: src/test/fixtures/*.wat, compiled, with a manifest section appended. */
final class Fixtures {
    /** The manifest of mischief.wat. */
    static final String MISCHIEF =
            """
            {"abi":1,"id":"mischief","version":"1","stateVersion":3,
            "columns":["ts","val","slot","qual","seq"],"quantities":["temperature","co"],
            "hazards":{"1":"HOT","2":"TICKED"},
            "settings":[{"key":1,"name":"level","unit":"Cel","default":100,"min":50,"max":200}],
            "budget":{"pages":1,"slots":8}}
            """;

    /** The manifest of all others. */
    static final String PLAIN =
            """
            {"abi":1,"id":"x","version":"1","stateVersion":0,"columns":["val"],
            "quantities":["temperature"],"hazards":{},"settings":[],"budget":{"pages":1,"slots":8}}
            """;

    private Fixtures() {}

    static byte[] wasm(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/fixtures/" + name + ".wasm")) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] withManifest(byte[] wasm, String manifest) {
        byte[] name = "vigil.manifest".getBytes(StandardCharsets.US_ASCII);
        byte[] json = manifest.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(wasm);
        out.write(0);
        int size = 1 + name.length + json.length;
        while (size >= 0x80) {
            out.write((size & 0x7F) | 0x80);
            size >>>= 7;
        }
        out.write(size);
        out.write(name.length);
        out.writeBytes(name);
        out.writeBytes(json);
        return out.toByteArray();
    }

    /** Writes the fixture as a file and returns its path. */
    static String file(Path folder, String name, String manifest) {
        return file(folder, name, withManifest(wasm(name), manifest));
    }

    static String file(Path folder, String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name + ".wasm"), bytes).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
