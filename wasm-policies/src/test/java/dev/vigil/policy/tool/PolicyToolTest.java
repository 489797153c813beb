package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of {@code ./vigil policy} that need no compiler, in this process. */
class PolicyToolTest {
    private static final String LIGHT = "sdk/samples/light/light-c.wasm";
    private static final String RECORDINGS = "../sensor-drivers/recordings/";

    @TempDir Path folder;

    @Test
    void helpListsTheCommands() {
        Ran ran = Ran.of("help");

        assertEquals(0, ran.code());
        for (String command : List.of("new", "build", "pack", "run", "replay", "sign", "verify")) {
            assertTrue(ran.out().contains("  " + command + " "), command);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bulid",
                "run",
                "run heat",
                "run heat --vectors",
                "run heat --vectors policies/none.csv",
                "run heat --csv a --vectors b",
                "run heat --vectors policies/heat/vectors.csv --engine fast",
                "run heat --vectors policies/heat/vectors.csv --set alarm",
                "replay heat",
                "replay heat nowhere.csv.gz",
                "new Upper",
                "new a --lang pascal",
                "build nowhere",
                "keygen",
                "sign sdk/samples/light/light-c.wasm",
                "verify nowhere.wasm",
                "pack sdk/samples/light/light-c.wasm"
            })
    void wrongArgumentsAreSaidAndEndWithTwo(String line) {
        Ran ran = Ran.of(line.split(" ", -1));

        assertEquals(2, ran.code(), ran.err());
        assertTrue(
                ran.err().startsWith("vigil policy " + line.split(" ", -1)[0] + ": "), ran.err());
        assertTrue(ran.err().contains("'./vigil policy help' lists the commands"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rust", "c", "as"})
    void aNewPolicyHasEverythingInOneFolder(String language) throws IOException {
        Ran ran = Ran.of("new", "dry-room", "--lang", language, "--in", folder.toString());

        assertEquals(0, ran.code(), ran.err());
        Toolchain toolchain = Toolchain.of(language);
        Path made = folder.resolve("dry-room");
        assertEquals(
                -1,
                Files.mismatch(
                        made.resolve(toolchain.sdkName()),
                        Path.of("sdk").resolve(toolchain.sdkResource())));
        for (String name : List.of(toolchain.sourceName(), "manifest.json", "vectors.csv")) {
            String text = Files.readString(made.resolve(name));
            assertFalse(text.contains("@ID@") || text.contains("@CODE@"), name + " is filled in");
        }
        assertTrue(Files.readString(made.resolve("manifest.json")).contains("DRY_ROOM_HIGH"));

        Ran again = Ran.of("new", "dry-room", "--in", folder.toString());
        assertEquals(2, again.code());
        assertTrue(again.err().contains("is there already"), again.err());
    }

    @Test
    void theBundledPoliciesPassTheirVectors() {
        Ran ran = Ran.of("run", "smoke", "--vectors", "policies/smoke/vectors.csv");

        assertEquals(0, ran.code(), ran.out());
        assertTrue(ran.out().endsWith(" cases, 0 failed\n"), ran.out());
    }

    @Test
    void aVectorThatIsNotMetIsShownAndEndsWithOne() throws IOException {
        Path vectors =
                Files.writeString(
                        folder.resolve("vectors.csv"),
                        """
                        case,cold
                        ramp,room,temperature,0,10,1,20,20
                        first,LIGHT_HIGH,room,0,10
                        """);

        Ran ran = Ran.of("run", LIGHT, "--vectors", vectors.toString());

        assertEquals(1, ran.code());
        assertTrue(ran.out().contains("FAIL cold"), ran.out());
        assertTrue(ran.out().contains("first,LIGHT_HIGH,room,0,10: it never came"), ran.out());
    }

    @Test
    void readingsInVerdictsOut() throws IOException {
        Path csv =
                Files.writeString(
                        folder.resolve("readings.csv"),
                        """
                        seconds,zone,quantity,value,quality
                        0,kitchen,temperature,20
                        1.5,kitchen,temperature,61,good
                        2,kitchen,temperature,99,bad
                        3,kitchen,temperature,30,uncertain
                        """);

        Ran ran = Ran.of("run", LIGHT, "--csv", csv.toString(), "--set", "high=60.5");

        assertEquals(0, ran.code(), ran.err());
        assertEquals(
                """
                2000-01-01T00:00:01.500Z RAISE  LIGHT_HIGH           kitchen/temperature severity 700 score 61.0 value 61.0 limit 60.5
                2000-01-01T00:00:03Z CLEAR  LIGHT_HIGH           kitchen/temperature severity 0 score 37.0 value 30.0 limit 50.0
                4 readings, 2 hazards, 0 batches undecided
                """,
                ran.out());
    }

    @Test
    void aLineThatIsNoReadingIsNamed() throws IOException {
        Path csv = Files.writeString(folder.resolve("bad.csv"), "0,kitchen,temprature,20\n");

        Ran ran = Ran.of("run", LIGHT, "--csv", csv.toString());

        assertEquals(2, ran.code());
        assertTrue(ran.err().contains("line 1: '0,kitchen,temprature,20'"), ran.err());
        assertTrue(ran.err().contains("quantity 'temprature' is unknown"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"interpreter", "runtime-compiled", "build-time-compiled", "register"})
    void aReplayGivesTheSameHashOnEveryEngine(String engine) {
        Ran ran =
                Ran.of(
                        "replay",
                        "smoke",
                        RECORDINGS + "nist-smoke-alarms/SDC02.csv.gz",
                        "--engine",
                        engine);

        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().startsWith("# SDC02.csv.gz\n"), ran.out());
        assertTrue(ran.out().contains(" RAISE  SMOKE_ALARM "), ran.out());
        // Checked in, so that every machine this test runs on is compared with the first.
        assertTrue(ran.out().endsWith(SDC02), ran.out());
    }

    private static final String SDC02 =
            "sha256 of the lines above: 2a9da5b15e73193e5744f147b8bffb91400f3bbdd66617653874a3d4d54435bb\n";

    @Test
    void aReplayOfWhatANodeKeptTakesItsReadings() {
        Ran ran =
                Ran.withInput(
                        """
                        {"stream":"gw/1/history","seq":1,"n":"gw/attic/temperature","u":"Cel","v":20.5,"t":1763900000.25}
                        {"stream":"gw/1/history","seq":2,"n":"gw/loss","vs":"{}","t":1763900001}
                        {"stream":"gw/1/history","seq":3,"n":"gw/attic/temperature","u":"Cel","v":64,"t":1763900001,"q":"uncertain"}
                        {"stream":"gw/1/alarm","seq":1,"n":"gw/attic/temperature","u":"Cel","v":99,"t":1763900002}
                        """,
                        "replay",
                        LIGHT,
                        "-");

        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("2 readings, 1 hazards, 0 batches undecided"), ran.out());
        assertTrue(ran.out().contains("2025-11-23T12:13:21Z RAISE  LIGHT_HIGH"), ran.out());
    }

    @Test
    void aSignedPolicyIsTakenAndAChangedOneIsNot() throws IOException {
        Path module = Files.copy(Path.of(LIGHT), folder.resolve("light.wasm"));
        String trust = folder.resolve("trust").toString();
        for (String key : List.of("root", "anna", "bert")) {
            assertEquals(0, Ran.of("keygen", folder.resolve(key).toString()).code());
        }
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("anna.pem"))));
        Ran trusted =
                Ran.of(
                        "trust",
                        trust,
                        "--site",
                        "harbour",
                        "--root",
                        folder.resolve("root.pem").toString(),
                        "--operator",
                        "Anna=" + folder.resolve("anna.pub.pem"),
                        "--author",
                        "Bert=" + folder.resolve("bert.pub.pem"));
        assertEquals(0, trusted.code(), trusted.err());

        assertEquals(2, Ran.of("verify", module.toString(), "--trust", trust).code());
        assertEquals(0, sign(module, "bert", "--counter", "7").code());
        Ran byAuthor = Ran.of("verify", module.toString(), "--trust", trust);
        assertEquals(1, byAuthor.code());
        assertTrue(byAuthor.err().contains("WRONG_ROLE"), byAuthor.err());

        Ran added = sign(module, "anna", "--add");
        assertEquals(0, added.code(), added.err());
        assertTrue(added.out().contains("light 1.0.0, counter 7"), added.out());
        Ran verified = Ran.of("verify", module.toString(), "--trust", trust);
        assertEquals(0, verified.code(), verified.err());
        assertTrue(verified.out().contains("a node would install it"), verified.out());

        byte[] bytes = Files.readAllBytes(module);
        bytes[bytes.length - 20] ^= 1;
        Files.write(module, bytes);
        Ran changed = Ran.of("verify", module.toString(), "--trust", trust);
        assertEquals(1, changed.code(), changed.out());
    }

    private Ran sign(Path module, String key, String... more) {
        var words = new ArrayList<>(List.of("sign", module.toString(), "--key"));
        words.add(folder.resolve(key + ".pem").toString());
        words.addAll(List.of(more));
        return Ran.of(words.toArray(String[]::new));
    }

    @Test
    void aModuleThatBreaksTheRulesIsRefusedWithItsReason() throws IOException {
        Path module =
                Files.copy(
                        Path.of("src/test/resources/fixtures/grows.wasm"),
                        folder.resolve("grows.wasm"));
        Path manifest =
                Files.writeString(
                        folder.resolve("manifest.json"),
                        """
                        {"abi":1,"id":"x","version":"1","stateVersion":0,"columns":["val"],
                        "quantities":["temperature"],"hazards":{},"settings":[],"budget":{"pages":1,"slots":8}}
                        """);

        Ran ran = Ran.of("pack", module.toString(), "--manifest", manifest.toString());

        assertEquals(1, ran.code());
        assertTrue(ran.err().contains("grows.wasm"), ran.err());
        assertTrue(ran.err().toLowerCase(Locale.ROOT).contains("memory"), ran.err());
    }

    @Test
    void aKeyIsNeverWrittenOverAnother() {
        assertEquals(0, Ran.of("keygen", folder.resolve("key").toString()).code());

        Ran again = Ran.of("keygen", folder.resolve("key").toString());

        assertEquals(2, again.code());
        assertTrue(again.err().contains("key.pem can't be made"), again.err());
    }
}
