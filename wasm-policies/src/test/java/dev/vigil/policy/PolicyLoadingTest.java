package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can't be loaded, and how that is said. */
class PolicyLoadingTest {
    private static final SensorChannel ROOM = Rooms.channel("room", Quantity.TEMPERATURE);

    @TempDir Path folder;

    private static PolicySpec spec(String file) {
        return new PolicySpec("mine", file, List.of(ROOM), Map.of());
    }

    private static String refusal(PolicySpec spec) {
        PolicyUnloadable refused =
                assertThrows(PolicyUnloadable.class, () -> PolicySet.load(List.of(spec)).close());
        assertEquals("mine", refused.policy());
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("policy mine: " + spec.module()), message);
        return message;
    }

    @Test
    void aPolicyThatKeepsTheRulesLoads() {
        try (PolicySet set =
                PolicySet.load(List.of(spec(Fixtures.file(folder, "quiet", Fixtures.PLAIN))))) {
            assertEquals(PolicyState.Status.RUNNING, set.states().getFirst().status());
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    growable     | its memory has 1 to 2 pages: minimum and maximum are the same
                    grows        | uses MEMORY_GROW
                    starts       | it has a start section
                    reads-clock  | it imports FUNCTION env.now
                    simd         | uses I32x4
                    no-process   | export vigil_process (I32) -> (I32) is missing
                    wrong-type   | export vigil_layout is not a function of type () -> (I32)
                    init-loops   | vigil_init used up its fuel of 5000000 instructions
                    init-refuses | vigil_init answered -2
                    """)
    void aBrokenRuleIsNamed(String fixture, String rule) {
        String message = refusal(spec(Fixtures.file(folder, fixture, Fixtures.PLAIN)));
        assertTrue(message.contains(rule), message);
    }

    @Test
    void aPolicyThatTurnsItsLayoutToRubbishIsCaughtWhenItRuns() {
        PolicySpec spec = spec(Fixtures.file(folder, "init-fills", Fixtures.PLAIN));
        try (PolicySet set = PolicySet.load(List.of(spec))) {
            // It answers no hazards and says it dropped none since it was made: that is no harm.
            Verdict verdict =
                    set.evaluate(Rooms.batch(List.of(Rooms.reading(ROOM, 0, 20))))
                            .getFirst()
                            .verdict();
            assertInstanceOf(Verdict.Normal.class, verdict);
        }
    }

    /** Words of the layout (POLICY-ABI, 5.2) and what is said when they are wrong. */
    static Stream<Arguments> wrongLayouts() {
        return Stream.of(
                Arguments.of(0, 0x314C5048, "layout magic is 0x314c5048"),
                Arguments.of(1, 60, "layout size is 60"),
                Arguments.of(2, 1025, "region in is at 1025"),
                Arguments.of(2, 65536 - 64, "region in is at 65472"),
                Arguments.of(2, 2040, "overlap"),
                Arguments.of(3, 0, "in_cap is 0"),
                Arguments.of(3, 5000, "in_cap is 5000"),
                Arguments.of(3, -1, "in_cap is 4294967295"),
                Arguments.of(4, -8, "region out is at 4294967288"),
                Arguments.of(5, 15, "out_cap is 15"),
                Arguments.of(5, 0x7FFFFFFF, "out_cap is 2147483647"),
                Arguments.of(6, 64, "regions layout [64, 128) and arg [64, 320) overlap"),
                Arguments.of(7, -1, "region arg is at 4096 with 4294967295 bytes"),
                Arguments.of(7, 8, "arg_cap is 8, this call needs 16 bytes"),
                Arguments.of(8, 2048, "regions out [2048, 2816) and state [2048, 2064) overlap"),
                Arguments.of(9, -1, "state_len is 4294967295"),
                Arguments.of(10, 4, "the layout has state version 4, the manifest 3"),
                Arguments.of(11, 0, "cols is 0x0"),
                Arguments.of(11, 0x1001F, "cols is 0x1001f"),
                Arguments.of(
                        11,
                        0x0F,
                        "columns [ts, val, slot, qual], the manifest [ts, val, slot, qual, seq]"),
                Arguments.of(14, 1, "reserved word 14"));
    }

    @ParameterizedTest(name = "word {0} = {1}: {2}")
    @MethodSource("wrongLayouts")
    void aWrongLayoutIsNamed(int word, int value, String rule) {
        byte[] wasm = Fixtures.withManifest(Fixtures.wasm("mischief"), Fixtures.MISCHIEF);
        ByteBuffer bytes = ByteBuffer.wrap(wasm).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (bytes.getInt(at) != GuestAbi.MAGIC) {
            at++;
        }
        bytes.putInt(at + 4 * word, value);
        String message = refusal(spec(Fixtures.file(folder, "layout", wasm)));
        assertTrue(message.contains(rule), message);
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "abi":1                   | "abi":2              | abi is 2, this node knows 1
                    "abi":1,                  | "abi":1;             | manifest is not JSON
                    "id":"mischief",          | ``                   | 'id' is missing
                    "stateVersion":3          | "stateVersion":3.5   | 'stateVersion' is 3.5
                    "slot",                   | "colour",            | column 'colour' does not exist
                    "temperature"             | "temper"             | quantity 'temper' is unknown
                    "1":"HOT"                 | "0":"HOT"            | hazard '0'
                    "1":"HOT"                 | "1":"hot alarm"      | hazard '1': 'hot alarm'
                    "default":100             | "default":10         | default of setting 'level' is 10.0, not within 50.0 to 200.0
                    "pages":1                 | "pages":1000         | 'pages' is 1000.0
                    """)
    void aWrongManifestIsNamed(String from, String to, String rule) {
        assertTrue(Fixtures.MISCHIEF.contains(from), from);
        String manifest = Fixtures.MISCHIEF.replace(from, to);
        String message = refusal(spec(Fixtures.file(folder, "mischief", manifest)));
        assertTrue(message.contains(rule), message);
    }

    @Test
    void aModuleWithoutManifestIsRefused() {
        String file = Fixtures.file(folder, "bare", Fixtures.wasm("quiet"));
        assertTrue(refusal(spec(file)).contains("it has no custom section vigil.manifest"));
    }

    @Test
    void aFileThatIsNotWasmIsShownWithItsFirstBytes() {
        byte[] html = "<html>404</html>".getBytes(StandardCharsets.US_ASCII);
        String message = refusal(spec(Fixtures.file(folder, "page", html)));
        assertTrue(
                message.endsWith(
                        "it starts with '3c 68 74 6d 6c 3e 34 30', a WASM module with '00 61 73 6d 01 00 00 00'"),
                message);
    }

    @Test
    void aMissingFileAnEmptyFileAndADirectoryAreRefused() {
        assertTrue(
                refusal(spec(folder.resolve("no.wasm").toString())).contains("it can't be read"));
        assertTrue(refusal(spec(folder.toString())).contains("it can't be read"));
        assertTrue(
                refusal(spec(Fixtures.file(folder, "empty", new byte[0])))
                        .contains("it starts with ''"));
        assertTrue(refusal(spec("no\0file")).contains("it can't be read"));
    }

    @Test
    void aFileTooLargeIsRefusedBeforeItIsParsed() {
        byte[] large = Arrays.copyOf(Fixtures.wasm("quiet"), ModuleRules.MODULE_BYTES_MAX + 1);
        assertTrue(
                refusal(spec(Fixtures.file(folder, "large", large)))
                        .contains("it has more than 262144 bytes"));
    }

    @Test
    void aDamagedModuleIsRefusedOrLoadsAndNeverBreaksTheNode() throws IOException {
        byte[] whole;
        try (InputStream in = PolicySet.class.getResourceAsStream("heat.wasm")) {
            whole = in == null ? new byte[0] : in.readAllBytes();
        }
        int refused = 0;
        for (int length = 0; length < whole.length; length += 61) {
            refused += tryToLoad(Arrays.copyOf(whole, length));
        }
        assertEquals((whole.length + 60) / 61, refused, "every truncated module is refused");
        Random random = new Random(20261123);
        for (int i = 0; i < 300; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            tryToLoad(flipped);
        }
    }

    /** 1 when refused. Anything but a refusal fails the test. */
    private int tryToLoad(byte[] bytes) {
        PolicySpec spec = spec(Fixtures.file(folder, "damaged", bytes));
        try (PolicySet set = PolicySet.load(List.of(spec), Engine.INTERPRETER)) {
            set.evaluate(Rooms.batch(List.of(Rooms.reading(ROOM, 0, 60))));
            return 0;
        } catch (PolicyUnloadable e) {
            return 1;
        }
    }

    @Test
    void checkListsEveryPolicyThatCantBeUsed() {
        PolicySpec bad = spec(folder.resolve("no.wasm").toString());
        List<PolicyUnloadable> wrong =
                PolicySet.check(
                        List.of(Rooms.spec("heat", ROOM), bad, Rooms.spec("nothing", ROOM)));
        assertEquals(
                List.of("mine", "nothing"), wrong.stream().map(PolicyUnloadable::policy).toList());
        assertEquals(List.of(), PolicySet.check(List.of(Rooms.spec("heat", ROOM))));
    }

    @Test
    void aNodeRunsOnWithTheBuiltInRuleInPlaceOfAPolicyThatCantBeLoaded() {
        PolicySpec bad = spec(folder.resolve("no.wasm").toString());
        try (PolicySet set = PolicySet.loadOrStandIn(List.of(bad, Rooms.spec("heat", ROOM)))) {
            assertEquals(PolicyState.Status.FAILED, set.states().getFirst().status());
            List<Judgement> judgements =
                    set.evaluate(Rooms.batch(List.of(Rooms.reading(ROOM, 0, 60))));
            var undecided =
                    assertInstanceOf(Verdict.Undecided.class, judgements.getFirst().verdict());
            assertEquals(PolicyFailure.Kind.UNLOADABLE, undecided.failure().kind());
            assertEquals("BUILT_IN_TEMPERATURE", undecided.standIn().getFirst().code());
            assertInstanceOf(Verdict.Hazardous.class, judgements.get(1).verdict());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    alarm_temperature | 20  | setting 'alarm_temperature' is 20.0 Cel, allowed are 40.0 to 160.0
                    alarm_temperature | NaN | setting 'alarm_temperature' is NaN
                    colour            | 1   | setting 'colour' is unknown; heat has [alarm_rise, alarm_temperature
                    """)
    void aWrongSettingIsNamed(String name, double value, String rule) {
        PolicySpec spec = new PolicySpec("mine", "heat", List.of(ROOM), Map.of(name, value));
        String message = refusal(spec);
        assertTrue(message.contains(rule), message);
    }

    @Test
    void aPolicyWithNothingToWatchOrTooMuchIsRefused() {
        SensorChannel humidity = Rooms.channel("room", Quantity.HUMIDITY);
        String nothing = refusal(new PolicySpec("mine", "heat", List.of(humidity), Map.of()));
        assertTrue(
                nothing.contains("it judges [temperature], and 0 of its 1 channels measure that"),
                nothing);
        List<SensorChannel> many = new ArrayList<>();
        for (int i = 0; i < 1025; i++) {
            many.add(new SensorChannel(new SensorId("t" + i), Quantity.TEMPERATURE, "hall"));
        }
        String much = refusal(new PolicySpec("mine", "heat", many, Map.of()));
        assertTrue(
                much.contains("1025 of its 1025 channels measure that; it takes 1 to 1024"), much);
    }

    @Test
    void aSlotThePolicyRefusesMakesItUnloadable() {
        List<SensorChannel> eight = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            eight.add(new SensorChannel(new SensorId("t" + i), Quantity.TEMPERATURE, "hall"));
        }
        String file = Fixtures.file(folder, "mischief", Fixtures.MISCHIEF);
        String message = refusal(new PolicySpec("mine", file, eight, Map.of()));
        assertTrue(message.contains("vigil_slot answered -5"), message);
    }
}
