package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of {@code ./vigil policy bench}: what they are of, not how high they are. */
class BenchTest {
    @Test
    void everyMachineOfThisProcessIsMeasuredAndFindsTheSame() {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();

        int code =
                MachineFigures.run(
                        List.of("1", "src/test/resources/fixtures/light.wasm"),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));

        assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
        List<Figure> figures =
                out.toString(StandardCharsets.UTF_8).lines().map(Figure::of).toList();
        assertEquals(
                Set.of(
                        "interpreter",
                        "runtime-compiled",
                        "register",
                        "instructions",
                        "bare-register",
                        "bare-interpreter"),
                figures.stream().map(Figure::machine).collect(Collectors.toSet()));
        assertEquals(1, figures.stream().map(Figure::hazards).distinct().count());
        assertTrue(figures.getFirst().hazards() > 100, figures.toString());
        assertTrue(figures.stream().allMatch(figure -> figure.nanos() > 0), figures.toString());
    }

    /** The conformance list, 47: exact, where times are not. */
    @ParameterizedTest
    @CsvSource({
        "src/test/resources/fixtures/light.wasm, 241", // the design's of 220 instructions
        "sdk/samples/light/light-rust.wasm, 293",
        "sdk/samples/light/light-c.wasm, 269",
        "sdk/samples/light/light-as.wasm, 305",
        "heat, 419",
        "smoke, 347"
    })
    void aReadingTakesSoManyInstructions(String policy, double instructions) throws IOException {
        assertEquals(
                instructions,
                MachineFigures.instructions(policy).nanos(),
                0.05 * instructions,
                "if that is wanted, change the figure here");
    }

    @Test
    void theTableHasARatioAndADashWhereNothingWasMeasured() {
        String table =
                BenchTable.of(
                        List.of("light", "heat"),
                        List.of(
                                new Figure("light", "bare-interpreter", 3000, 7),
                                new Figure("light", "bare-register", 150, 7),
                                new Figure("heat", "build-time-compiled", 61.26, 1)),
                        false);

        assertTrue(
                table.contains(
                        "| JVM, Chicory's interpreter alone, without limits | 3000.0 | - |\n"),
                table);
        assertTrue(table.contains("| JVM, compiled when Vigil was built | - | 61.3 |\n"), table);
        assertTrue(
                table.contains("| JVM: interpreter alone / register machine alone | 20.0x | - |\n"),
                table);
    }

    @Test
    void onlyWhatIsBetweenTheMarkersIsReplaced() {
        String document = "before\n" + BenchTable.BEGIN + "\nold\n" + BenchTable.END + "\nafter\n";

        assertEquals(
                "before\n" + BenchTable.BEGIN + "\n\nnew\n\n" + BenchTable.END + "\nafter\n",
                BenchTable.replaced(document, "new\n"));
        assertThrows(ToolFailure.class, () -> BenchTable.replaced("no markers", "new\n"));
    }

    /** It ends with 1 when two of them find different numbers of hazards. */
    @Test
    void theCommandMeasuresEveryPolicyOnEveryMachineAndTheyAgree() {
        Ran ran = Ran.of("bench", "--millis", "1");

        assertEquals(0, ran.code(), ran.err());
        String measured = ran.out().replaceAll("\\d+\\.\\d \\|", "measured |");
        for (String row :
                List.of(
                        "plain Java | measured | measured | - | - |",
                        "JVM, compiled when Vigil was built | - | - | measured | measured |",
                        "JVM, compiled at run time | measured | measured | measured | measured |",
                        "JVM, register machine | measured | measured | measured | measured |",
                        "JVM, Chicory's interpreter | measured | measured | measured | measured |")) {
            assertTrue(measured.contains("| " + row), ran.out());
        }
    }

    @Test
    void wrongArgumentsEndWithTwo() {
        assertEquals(2, Ran.of("bench", "--millis", "0").code());
        assertEquals(2, Ran.of("bench", "heat").code());
    }
}
