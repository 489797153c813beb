package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the SDKs have besides readings: a tick, another version's state, new settings, metrics and
 * look-ups. sdk/samples/absence uses all of them, in Rust, C and AssemblyScript, compiled; all say
 * the same on every machine.
 */
class AbsenceSampleTest {
    private static final Path SAMPLES = Path.of("sdk", "samples", "absence");
    private static final SensorChannel HALL = Rooms.channel("hall", Quantity.TEMPERATURE);
    private static final Grant SITE =
            new Grant(
                    Grant.SITE.fuelPerReading(),
                    Grant.SITE.fuelPerCall(),
                    Duration.ofSeconds(60),
                    64,
                    64,
                    4 << 20,
                    4096,
                    Set.of("log", "abort", "metric", "lookup:limits"));

    static Stream<Arguments> languagesAndEngines() {
        return Stream.of("rust", "c", "as")
                .flatMap(
                        language ->
                                Stream.of(
                                                Engine.INTERPRETER,
                                                Engine.RUNTIME_COMPILED,
                                                Engine.REGISTER)
                                        .map(engine -> Arguments.of(language, engine)));
    }

    /** The sample with three channels bound; slot 1 has a limit of its own in the table. */
    private static final class Sample implements AutoCloseable {
        private final Watchdog watchdog = new Watchdog(Duration.ofMillis(10));
        private final PolicyModule module;
        private WasmPolicy policy;

        Sample(String language, Engine engine) throws IOException {
            byte[] wasm = Files.readAllBytes(SAMPLES.resolve("absence-" + language + ".wasm"));
            module = PolicyModule.load("absence", wasm, engine, SITE);
            policy = fresh();
        }

        WasmPolicy fresh() {
            WasmPolicy made =
                    new WasmPolicy(
                            module,
                            settings(60, 50, 5),
                            Conform.slots(3),
                            watchdog,
                            new GuestLog("absence"));
            ByteBuffer row = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(70);
            made.pin(
                    new ReferenceTables(
                            List.of(
                                    new ReferenceTables.Table(
                                            "limits", "1", Map.of(1L, row.array())))));
            return made;
        }

        String judge(long second, int slot, double value) {
            policy.abi()
                    .reading(
                            0, 1000 * second, Rooms.reading(HALL, 0, value, Quality.GOOD), slot, 0);
            return said(policy.process(1, 0, 1000 * second, 0));
        }

        String tick(long second) {
            return said(policy.tick(1000 * second));
        }

        private static String said(List<GuestAbi.HazardRecord> hazards) {
            StringBuilder said = new StringBuilder();
            for (GuestAbi.HazardRecord hazard : hazards) {
                said.append(
                        "%s %s %d %.1f %.1f;"
                                .formatted(
                                        hazard.change(),
                                        hazard.code(),
                                        hazard.slot(),
                                        hazard.score(),
                                        hazard.limit()));
            }
            return said.toString();
        }

        @Override
        public void close() {
            watchdog.close();
        }
    }

    private static SortedMap<Integer, Double> settings(double high, double low, double silence) {
        return new TreeMap<>(Map.of(1, high, 2, low, 3, silence));
    }

    @ParameterizedTest(name = "tick, look-up and metric, {0}, {1}")
    @MethodSource("languagesAndEngines")
    void whatTheNodeTellsAndWhatItIsTold(String language, Engine engine) throws IOException {
        try (Sample sample = new Sample(language, engine)) {
            assertEquals("", sample.judge(1, 0, 59));
            assertEquals("RAISE ABSENCE_HIGH 0 61.0 60.0;", sample.judge(2, 0, 61));
            assertEquals(Map.of("highest", 61.0), sample.policy.metrics());
            assertEquals("", sample.judge(2, 1, 61), "its limit in the table is 70");
            assertEquals("RAISE ABSENCE_HIGH 1 70.5 70.0;", sample.judge(3, 1, 70.5));
            assertEquals("CLEAR ABSENCE_HIGH 0 49.0 50.0;", sample.judge(4, 0, 49));

            assertEquals("", sample.tick(7));
            assertEquals("RAISE ABSENCE_SILENT 1 5.0 5.0;", sample.tick(8));
            assertEquals("RAISE ABSENCE_SILENT 0 5.5 5.0;", said(sample, 9500));
            assertEquals("", sample.tick(20), "once is enough; slot 2 was never heard");
            assertEquals("CLEAR ABSENCE_SILENT 0 4.0 5.0;", sample.judge(21, 0, 20));
        }
    }

    private static String said(Sample sample, long millis) {
        return Sample.said(sample.policy.tick(millis));
    }

    @ParameterizedTest(name = "another version''s state, {0}, {1}")
    @MethodSource("languagesAndEngines")
    void theStateOfVersionOneIsMadeVersionTwo(String language, Engine engine) throws IOException {
        try (Sample sample = new Sample(language, engine)) {
            ByteBuffer old = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
            for (int slot = 0; slot < 3; slot++) {
                old.putLong(1000L * (slot + 1)).putLong(100L * slot);
            }
            assertTrue(sample.policy.takeOver(1, old.array()));
            assertEquals(
                    "RAISE ABSENCE_SILENT 0 6.0 5.0;RAISE ABSENCE_SILENT 1 5.0 5.0;",
                    sample.tick(7));
            assertEquals("CLEAR ABSENCE_SILENT 1 101.0 5.0;", sample.judge(8, 1, 20));

            GuestFault version =
                    assertThrows(GuestFault.class, () -> sample.fresh().takeOver(9, new byte[16]));
            GuestFault length =
                    assertThrows(GuestFault.class, () -> sample.fresh().takeOver(1, new byte[17]));
            assertEquals("vigil_migrate answered -3", version.text());
            assertEquals("vigil_migrate answered -3", length.text());
            // The whole arg region, for more slots than are bound: what is not bound is left out.
            assertTrue(sample.fresh().takeOver(1, new byte[16 * 1024]));
        }
    }

    @ParameterizedTest(name = "new settings, {0}, {1}")
    @MethodSource("languagesAndEngines")
    void newSettingsAreTakenWithTheStateKeptOrRefused(String language, Engine engine)
            throws IOException {
        try (Sample sample = new Sample(language, engine)) {
            sample.judge(1, 0, 61);
            var before = settings(60, 50, 5);
            var slots = Conform.slots(3);
            GuestFault refused =
                    assertThrows(
                            GuestFault.class,
                            () -> sample.policy.reconfigured(before, settings(60, 60, 5), slots));
            assertEquals("vigil_reconfigure answered -2", refused.text());
            assertEquals("", sample.judge(2, 0, 62), "the old settings hold, it is raised");

            sample.policy = sample.policy.reconfigured(before, settings(62, 50, 9), slots);

            assertEquals("RAISE ABSENCE_HIGH 0 62.0 62.0;", sample.judge(3, 0, 62));
            assertEquals("", sample.tick(11));
            assertEquals("RAISE ABSENCE_SILENT 0 9.0 9.0;", sample.tick(12));
            assertEquals("CLEAR ABSENCE_SILENT 0 4.0 9.0;", sample.judge(13, 0, 55));
        }
    }
}
