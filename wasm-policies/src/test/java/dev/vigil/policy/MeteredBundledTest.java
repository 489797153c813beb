package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.dylibso.chicory.wasm.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** metered/*.wasm, which the build compiles to class files, are what a node makes when it loads. */
class MeteredBundledTest {
    @ParameterizedTest
    @ValueSource(strings = {"heat", "smoke"})
    void isTheBundledPolicyMetered(String policy) throws IOException {
        byte[] metered;
        try (InputStream in = PolicySet.class.getResourceAsStream(policy + ".wasm")) {
            byte[] original = in == null ? new byte[0] : in.readAllBytes();
            metered =
                    Metering.meter(original, Parser.parse(ModuleSections.withoutCustom(original)));
        }
        Path file = Path.of("metered", policy + ".wasm");
        if (Boolean.getBoolean("metered.write")) {
            Files.write(file, metered);
        }
        assertArrayEquals(
                Files.readAllBytes(file),
                metered,
                file + " is not what Metering makes: write it with -Dmetered.write=true");
    }
}
