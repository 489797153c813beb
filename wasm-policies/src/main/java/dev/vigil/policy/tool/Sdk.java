package dev.vigil.policy.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The files of wasm-policies/sdk, which are packed beside this class. Stateless. */
final class Sdk {
    private Sdk() {}

    /**
     * @param name as in {@code rust/vigil.rs}
     */
    static byte[] read(String name) {
        try (InputStream in = Sdk.class.getResourceAsStream("/dev/vigil/policy/sdk/" + name)) {
            if (in == null) {
                throw ToolFailure.usage("the SDK has no file '%s' in this build".formatted(name));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw ToolFailure.usage("the SDK's file '%s' can't be read: %s".formatted(name, e));
        }
    }

    static String text(String name) {
        return new String(read(name), StandardCharsets.UTF_8);
    }
}
