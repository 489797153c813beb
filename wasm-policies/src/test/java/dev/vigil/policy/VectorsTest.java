package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.tool.Vectors;
import dev.vigil.sensor.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy's vectors.csv on every engine. */
class VectorsTest {
    private static final int BATCH = 64;

    static Stream<Arguments> vectors() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (String policy : List.of("heat", "smoke")) {
            List<String> lines = Files.readAllLines(Path.of("policies", policy, "vectors.csv"));
            for (Vectors.Case vector : Vectors.of(lines)) {
                for (Engine engine : Engine.values()) {
                    all.add(Arguments.of(policy, vector, engine));
                }
            }
        }
        assertTrue(all.size() > 100, "vectors were read");
        return all.stream();
    }

    @ParameterizedTest(name = "{0}: {1} ({2})")
    @MethodSource("vectors")
    void answersAsTheVectorsSay(String policy, Vectors.Case vector, Engine engine) {
        List<Hazard> hazards = new ArrayList<>();
        try (PolicySet set = PolicySet.load(List.of(vector.spec(policy)), engine)) {
            List<Reading> readings = vector.readings();
            for (int from = 0; from < readings.size(); from += BATCH) {
                int to = Math.min(from + BATCH, readings.size());
                hazards.addAll(
                        Rooms.hazards(set.evaluate(Rooms.batch(readings.subList(from, to)))));
            }
            assertEquals(0, set.states().getFirst().failures());
        }
        for (Vectors.Expectation expectation : vector.expectations()) {
            assertEquals("", expectation.broken(hazards), expectation.line());
        }
    }
}
