package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The conformance list, 1 to 9: what is refused before anything of it runs, and so before there is
 * a machine. 10 and the rest of 9 are in {@link PolicyLoadingTest}.
 */
class ConformanceLoadingTest {
    private static String refused(byte[] wasm, Grant site) {
        return assertThrows(
                        PolicyModule.Refused.class,
                        () -> PolicyModule.load("it", wasm, Engine.REGISTER, site))
                .text();
    }

    private static String refused(ModuleBytes module) {
        return refused(module.withManifest(Fixtures.PLAIN), Grant.SITE);
    }

    @Test
    void theModuleTheOthersAreMadeFromLoads() {
        byte[] wasm = new ModuleBytes().withManifest(Fixtures.PLAIN);
        PolicyModule module = PolicyModule.load("it", wasm, Engine.REGISTER, Grant.SITE);
        assertEquals("x", module.manifest().id());
        byte[] body = new ModuleBytes().process("00 41 07 0b").withManifest(Fixtures.PLAIN);
        assertEquals(
                "x", PolicyModule.load("it", body, Engine.REGISTER, Grant.SITE).manifest().id());
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    1 no exports              | 7  | 00 | export memory is missing
                    1 an export twice         | 7  | 02 06 6d656d6f7279 02 00 06 6d656d6f7279 02 00 | it exports 'memory' twice
                    3 an imported memory      | 2  | 01 03 656e76 03 6d656d 02 00 01 | the kind of an import is 0x02
                    3 an unknown function     | 2  | 01 06 766967696c31 05 636c6f636b 00 00 | it imports FUNCTION vigil1.clock
                    3 log of a wrong type     | 2  | 01 06 766967696c31 03 6c6f67 00 00 | import vigil1.log is not a function of type
                    4 a start section         | 8  | 03 | it is no valid WASM module: invalid start function
                    6 memory without maximum  | 5  | 01 00 01 | its memory has 1 to
                    6 memory that can grow    | 5  | 01 01 01 02 | its memory has 1 to 2 pages
                    6 more than is granted    | 5  | 01 01 02 02 | at most the 1 granted
                    6 two memories            | 5  | 02 01 01 01 01 01 01 | memories
                    6 memory bomb             | 5  | 01 01 80 80 04 80 80 04 | at most the 1 granted
                    6 shared memory           | 5  | 01 03 01 01 | not shared
                    6 memory64                | 5  | 01 05 01 01 | invalid memory limit: 5
                    7 table bomb              | 4  | 01 70 00 ff ff ff ff 0f | it has 4294967295 table entries, allowed are 1024
                    7 table of externref      | 4  | 01 6f 00 01 | the type of a table is 0x6f
                    7 two tables              | 4  | 02 70 00 01 70 00 01 | it has 2 tables, allowed are 1
                    7 types bomb              | 1  | ff ff ff ff 0f | it has 4294967295 types
                    7 parameters bomb         | 1  | 01 60 ff ff ff ff 0f | it has 4294967295 parameters
                    7 two results             | 1  | 01 60 00 02 7f 7f | it has 2 results, allowed are 1
                    7 GC type                 | 1  | 01 5f 01 7f 00 | a type's form is 0x5f
                    7 functions bomb          | 3  | ff ff ff ff 0f | it has 4294967295 functions
                    7 globals bomb            | 6  | ff ff ff ff 0f | it has 4294967295 globals
                    7 a global's long program | 6  | 01 7f 00 41 01 41 01 6a 0b | what follows a constant is 0x41
                    7 exports bomb            | 7  | ff ff ff ff 0f | it has 4294967295 exports
                    7 imports bomb            | 2  | ff ff ff ff 0f | it has 4294967295 imports
                    7 a name bomb             | 2  | 01 ff ff ff ff 0f | a name of 4294967295 bytes
                    7 a data bomb             | 11 | 01 00 41 00 0b ff ff ff ff 07 | a data segment of 2147483647 bytes
                    7 passive data            | 11 | 01 01 01 00 | the mode of a data segment is 0x01
                    7 an element bomb         | 9  | 01 00 41 00 0b ff ff ff ff 0f | it has 4294967295 table entries
                    7 a locals bomb           | 10 | 01 08 01 ff ff ff ff 0f 7f 0b | a function has 4294967295 locals, allowed are 1000
                    7 locals in two groups    | 10 | 01 08 02 e7 07 7f 02 7e 0b 0b | a function has 1001 locals
                    7 a function too short    | 10 | 01 ff ff ff ff 07 00 | a function of 2147483647 bytes ends after
                    7 more than its content   | 3  | 00 00 | section 3 goes on to byte
                    8 a number of 6 bytes     | 3  | 80 80 80 80 80 00 | a number of more than 5 bytes or 32 bits
                    8 a number of 33 bits     | 3  | 80 80 80 80 10 | a number of more than 5 bytes or 32 bits
                    8 a number cut off        | 3  | 80 | it is cut off
                    8 a constant of 6 bytes   | 6  | 01 7f 00 41 80 80 80 80 80 00 0b | a number of more than 5 bytes
                    """)
    void aSectionIsRefused(String name, int section, String content, String rule) {
        String said = refused(new ModuleBytes().section(section, content));
        assertTrue(said.contains(rule), said);
    }

    @ParameterizedTest(name = "5 {0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    memory.grow            | 00 41 00 40 00 0b
                    threads: atomic load   | 00 41 00 fe 10 02 00 0b
                    threads: fence         | 00 fe 03 00 41 00 0b
                    threads: wait          | 00 41 00 41 00 42 00 fe 01 02 00 0b
                    SIMD: v128.const       | 00 fd 0c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 fd 53 0b
                    SIMD: i32x4.splat      | 00 41 00 fd 11 fd 53 0b
                    relaxed SIMD           | 00 fd 80 02 41 00 0b
                    GC: struct.new         | 00 fb 00 00 1a 41 00 0b
                    GC: ref.i31            | 00 41 00 fb 1c 1a 41 00 0b
                    exceptions: throw      | 00 08 00 0b
                    exceptions: try        | 00 06 40 0b 41 00 0b
                    exceptions: try_table  | 00 1f 40 00 0b 41 00 0b
                    tail call              | 00 41 00 12 02 0b
                    tail call, indirect    | 00 41 00 41 00 13 01 00 0b
                    references: ref.null   | 00 d0 70 1a 41 00 0b
                    references: ref.func   | 00 d2 00 1a 41 00 0b
                    references: table.get  | 00 41 00 25 00 1a 41 00 0b
                    references: table.grow | 00 d0 70 41 00 fc 0f 00 0b
                    references: call_ref   | 00 d0 00 14 00 0b
                    bulk: memory.init      | 00 41 00 41 00 41 00 fc 08 00 00 41 00 0b
                    bulk: data.drop        | 00 fc 09 00 41 00 0b
                    bulk: table.copy       | 00 41 00 41 00 41 00 fc 0e 00 00 41 00 0b
                    multi-memory: load     | 00 41 00 28 42 01 00 0b
                    an opcode of nothing   | 00 27 41 00 0b
                    a prefix of nothing    | 00 fc ff 01 41 00 0b
                    8 i32.const too long   | 00 41 80 80 80 80 80 00 0b
                    8 i32.const cut off    | 00 41 80
                    """)
    void anInstructionIsRefused(String family, String body) {
        String said = refused(new ModuleBytes().process(body));
        assertTrue(
                said.matches("(?s)it: (it is no valid WASM module: .*|function \\d+ uses .*)"),
                said);
    }

    @Test
    void seven_aFunctionTooLargeIsRefused() {
        String nops = "01".repeat(40_000);
        assertTrue(
                refused(new ModuleBytes().process("00" + nops + "41 00 0b"))
                        .contains("a function has 40004 bytes, allowed are 32768"));
        String many = "01".repeat(20_000);
        assertTrue(
                refused(new ModuleBytes().process("00" + many + "41 00 0b"))
                        .contains("20002 instructions, allowed are 16384"));
    }

    @Test
    void eight_everyTruncatedModuleIsRefused() {
        byte[] whole = Fixtures.withManifest(Fixtures.wasm("conform"), Conform.MANIFEST);
        for (int length = 0; length < whole.length; length++) {
            assertTrue(
                    refused(java.util.Arrays.copyOf(whole, length), Conform.SITE)
                            .startsWith("it: "),
                    "cut to " + length);
        }
    }

    @Test
    void sectionsOutOfOrderOrTwiceAreRefused() {
        byte[] quiet = Fixtures.wasm("quiet");
        WasmWriter twice = new WasmWriter();
        twice.bytes(quiet, 0, quiet.length);
        twice.u8(3, 1, 0);
        String said =
                refused(Fixtures.withManifest(twice.toByteArray(), Fixtures.PLAIN), Grant.SITE);
        assertTrue(said.contains("section 3 appears twice or out of order"), said);
        byte[] manifests =
                Fixtures.withManifest(Fixtures.withManifest(quiet, Fixtures.PLAIN), Fixtures.PLAIN);
        assertTrue(
                refused(manifests, Grant.SITE)
                        .contains("it has two custom sections vigil.manifest"));
    }

    @ParameterizedTest(name = "3 an import the site does not give: {0}")
    @ValueSource(strings = {"log", "metric", "lookup:rooms"})
    void anImportThatIsNotGrantedIsRefused(String withheld) {
        byte[] wasm = Fixtures.withManifest(Fixtures.wasm("conform"), Conform.MANIFEST);
        Set<String> given =
                Set.copyOf(
                        Conform.SITE.capabilities().stream()
                                .filter(c -> !c.equals(withheld))
                                .toList());
        String said = refused(wasm, capabilities(given));
        String name = withheld.replaceFirst(":.*", "");
        assertTrue(said.contains("it imports vigil1." + name + ", granted are ["), said);
    }

    private static Grant capabilities(Set<String> given) {
        Grant site = Conform.SITE;
        return new Grant(
                site.fuelPerReading(),
                site.fuelPerCall(),
                site.deadline(),
                site.pages(),
                site.hostCallsPerBatch(),
                site.stateBytes(),
                site.slots(),
                given);
    }

    @Test
    void nine_aManifestThatAsksForTheUnknownIsRefused() {
        String[][] wrong = {
            {"\"metric\",", "\"network\",", "capability 'network' does not exist"},
            {"\"lookup:doors\"", "\"log\"", "capabilities has no 'lookup:doors'"},
            {"\"1\":\"probes\"", "\"99\":\"probes\"", "metrics '99'"},
            {"\"1\":\"rooms\"", "\"1\":\"Rooms\"", "lookups '1': 'Rooms'"},
            {"\"tickMs\":1000", "\"tickMs\":0", "'tickMs' is 0.0"},
            {"\"fuelPerCall\":100000", "\"fuelPerCall\":0", "fuelPerCall is 0"},
            {"\"stateBytes\":256", "\"stateBytes\":-1", "'stateBytes' is -1.0"}
        };
        for (String[] change : wrong) {
            assertTrue(Conform.MANIFEST.contains(change[0]), change[0]);
            String manifest = Conform.MANIFEST.replace(change[0], change[1]);
            String said =
                    refused(
                            Fixtures.withManifest(Fixtures.wasm("conform"), manifest),
                            Conform.SITE);
            assertTrue(said.contains(change[2]), said);
        }
    }

    @Test
    void sixteen_whatCountsIsTheSmallerOfManifestAndSite() {
        PolicyModule module = Conform.module(Engine.REGISTER);
        assertEquals(100_000, module.grant().fuelPerCall());
        assertEquals(60, module.grant().deadline().toSeconds());
        assertEquals(
                Set.of("log", "abort", "metric", "lookup:rooms"), module.grant().capabilities());
        assertEquals(20_000, module.grant().fuel(0));
        assertEquals(40_000, module.grant().fuel(2));
        assertEquals(100_000, module.grant().fuel(6));
        Grant little = new Grant(1, 2, java.time.Duration.ofMillis(3), 4, 5, 6, 7, Set.of("abort"));
        assertEquals(little, little.min(Grant.SITE));
        assertEquals(little, Grant.SITE.min(little));
        assertEquals(List.of(2L, 2L), List.of(little.fuel(9), little.fuel(Integer.MAX_VALUE)));
    }
}
