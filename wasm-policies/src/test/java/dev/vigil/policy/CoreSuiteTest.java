package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The WebAssembly core test suite; src/test/core-suite/make.sh says where it is from. */
class CoreSuiteTest {
    /** Compiling 14,000 small modules takes longer than it tells: the fuzzing has that machine. */
    @ParameterizedTest
    @EnumSource(names = {"INTERPRETER", "REGISTER"})
    void everyAssertionHolds(TestMachine machine) throws IOException {
        CoreSuite suite = new CoreSuite(machine);
        try (InputStream in = CoreSuiteTest.class.getResourceAsStream("/core-suite.zip");
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".txt")) {
                    suite.run(
                            entry.getName().replace(".txt", ""),
                            new String(zip.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }

        int excluded = suite.excluded.values().stream().mapToInt(Integer::intValue).sum();
        // CHECKSTYLE OFF: the count is what this test is asked for
        System.out.printf(
                "core suite on %s: %,d lines hold, %,d do not, %,d are excluded: %s%n",
                machine, suite.passed, suite.failures.size(), excluded, suite.excluded);
        // CHECKSTYLE ON
        assertEquals(List.of(), suite.failures);
        assertTrue(suite.passed > 20_000, () -> "only " + suite.passed);
    }
}
