package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Engine;
import dev.vigil.policy.Hazard;
import dev.vigil.policy.Judgement;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.Verdict;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One policy in Rust, C, AssemblyScript and Java: on every engine the same answers, bit for bit
 * (conformance 18). The answers are checked in as sdk/samples/light/golden.csv.
 */
class SamplesTest {
    private static final Path SAMPLES = Path.of("sdk", "samples");
    private static final SampleReadings READINGS =
            SampleReadings.of(Quantity.TEMPERATURE, 1, 16, 2048, 18);
    private static final List<String> LIGHT_CODES =
            List.of("", "LIGHT_HIGH", "LIGHT_RISE", "LIGHT_UNUSUAL");

    static Stream<Arguments> modulesAndEngines() {
        return Stream.of("light-rust", "light-c", "light-as")
                .flatMap(
                        module ->
                                Stream.of(Engine.values())
                                        .filter(engine -> engine != Engine.BUILD_TIME_COMPILED)
                                        .map(engine -> Arguments.of(module, engine)));
    }

    @Test
    void javaGivesTheGoldenVectors() throws IOException {
        List<String> java = ofJava(new LightInJava(READINGS.channels().size()), LIGHT_CODES);
        // Where the sample is changed on purpose, this is the new golden file.
        Files.write(Path.of("target", "light-golden.csv"), java);

        List<String> golden = golden();
        assertTrue(golden.size() > 100, "there is something to compare: " + golden.size());
        for (String code : LIGHT_CODES.subList(1, LIGHT_CODES.size())) {
            assertTrue(golden.stream().anyMatch(line -> line.contains("RAISE," + code)), code);
        }
        assertSame(golden, java);
    }

    @ParameterizedTest
    @MethodSource("modulesAndEngines")
    void everyLanguageGivesTheGoldenVectorsOnEveryEngine(String module, Engine engine)
            throws IOException {
        assertSame(golden(), ofModule("light/" + module + ".wasm", engine));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void leastSquaresAnswersAsItsJava(Engine engine) {
        List<String> java =
                ofJava(
                        new LeastSquaresInJava(READINGS.channels().size()),
                        List.of("", "SLOPE_RISE"));

        assertTrue(java.size() > 20, "there is something to compare: " + java.size());
        assertSame(java, ofModule("least-squares/least-squares.wasm", engine));
    }

    static Stream<Engine> engines() {
        return Stream.of(Engine.values()).filter(engine -> engine != Engine.BUILD_TIME_COMPILED);
    }

    /** As equality of the lists, but a failure shows one line. */
    private static void assertSame(List<String> expected, List<String> actual) {
        for (int line = 0; line < Math.min(expected.size(), actual.size()); line++) {
            assertEquals(expected.get(line), actual.get(line), "line " + (line + 1));
        }
        assertEquals(expected.size(), actual.size(), "lines");
    }

    private static List<String> golden() throws IOException {
        return Files.readAllLines(SAMPLES.resolve("light/golden.csv"));
    }

    private static List<String> ofJava(PlainJava policy, List<String> codes) {
        Map<SensorChannel, Integer> slots = new HashMap<>();
        READINGS.channels().forEach(channel -> slots.put(channel, slots.size()));
        List<String> lines = new ArrayList<>();
        for (Reading reading : READINGS.readings()) {
            policy.judge(
                    slots.getOrDefault(reading.channel(), -1),
                    reading.at().toEpochMilli(),
                    reading.value(),
                    (slot, change, code, score, value, limit) ->
                            lines.add(
                                    line(
                                            reading,
                                            reading.channel(),
                                            change,
                                            codes.get(code),
                                            score,
                                            value,
                                            limit)));
        }
        return lines;
    }

    private static List<String> ofModule(String module, Engine engine) {
        PolicySpec spec =
                new PolicySpec(
                        "sample",
                        SAMPLES.resolve(module).toString(),
                        READINGS.channels(),
                        Map.of());
        List<String> lines = new ArrayList<>();
        try (PolicySet set = PolicySet.load(List.of(spec), engine)) {
            List<Reading> all = READINGS.readings();
            for (int from = 0; from < all.size(); from += 300) {
                List<Reading> batch = all.subList(from, Math.min(from + 300, all.size()));
                for (Judgement judgement :
                        set.evaluate(new Batch(batch.getLast().at(), from, batch))) {
                    if (judgement.verdict() instanceof Verdict.Hazardous(List<Hazard> found)) {
                        found.forEach(hazard -> lines.add(line(hazard)));
                    }
                }
            }
            assertEquals(0, set.states().getFirst().failures());
        }
        return lines;
    }

    private static String line(Hazard hazard) {
        return "%s,%s,%s,%s,%016x,%016x,%016x"
                .formatted(
                        hazard.at(),
                        hazard.channel().id(),
                        hazard.change(),
                        hazard.code(),
                        Double.doubleToRawLongBits(hazard.score()),
                        Double.doubleToRawLongBits(hazard.value()),
                        Double.doubleToRawLongBits(hazard.limit()));
    }

    private static String line(
            Reading reading,
            SensorChannel channel,
            Hazard.Change change,
            String code,
            double score,
            double value,
            double limit) {
        return "%s,%s,%s,%s,%016x,%016x,%016x"
                .formatted(
                        reading.at(),
                        channel.id(),
                        change,
                        code,
                        Double.doubleToRawLongBits(score),
                        Double.doubleToRawLongBits(value),
                        Double.doubleToRawLongBits(limit));
    }
}
