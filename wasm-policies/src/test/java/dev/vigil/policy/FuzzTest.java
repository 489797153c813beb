package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines against one another: on generated modules, and on all that ever told them apart. */
class FuzzTest {
    private static final Path CRASHERS = Path.of("src/test/resources/crashers");

    @TempDir Path folder;

    /**
     * A module for each seed from {@code vigil.fuzz.from} on, {@code vigil.fuzz.modules} of them.
     */
    @Test
    void generatedModulesDoTheSameOnEveryMachine() throws IOException, InterruptedException {
        assumeTrue(FuzzGenerator.installed(), "wasm-opt is missing: apt-get install binaryen");
        Path differing = Files.createDirectories(Path.of("target", "crashers"));

        try (FuzzCampaign campaign = new FuzzCampaign(folder)) {
            // CHECKSTYLE OFF: the count is what this test is asked for
            List<Long> seeds =
                    campaign.run(
                            Long.getLong("vigil.fuzz.from", 0),
                            Long.getLong("vigil.fuzz.modules", 400),
                            differing,
                            System.out);
            // CHECKSTYLE ON

            assertEquals(List.of(), seeds, "seeds of modules that differ, now in " + differing);
        }
    }

    /** NAME-SEED.wasm: a module, and the seed of the arguments. */
    @Test
    void whatOnceDifferedDoesTheSameOnEveryMachine() throws IOException {
        List<Path> saved;
        try (Stream<Path> files = Files.list(CRASHERS)) {
            saved = files.sorted().toList();
        }
        assertFalse(saved.isEmpty());
        try (FuzzCampaign campaign = new FuzzCampaign(folder)) {
            for (Path file : saved) {
                String name = file.getFileName().toString();
                long seed =
                        Long.parseLong(
                                name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
                assertEquals("", campaign.difference(Files.readAllBytes(file), seed), name);
            }
        }
    }

    @Test
    void aChangedInstructionIsNoticed() throws IOException {
        byte[] wasm = Files.readAllBytes(CRASHERS.resolve("store-address-1.wasm"));
        byte[] changed = wasm.clone();
        int address = new String(wasm, StandardCharsets.ISO_8859_1).indexOf("A\u007f");
        changed[address + 1] = 0; // i32.const -1 becomes i32.const 0: the store does not trap
        WasmModule module = Parser.parse(wasm);
        List<FuzzCall> calls = FuzzCall.of(module, new Random(1));

        assertNotEquals(
                FuzzTrace.of(TestMachine.REGISTER, module, calls, 1000),
                FuzzTrace.of(TestMachine.REGISTER, Parser.parse(changed), calls, 1000));
    }
}
