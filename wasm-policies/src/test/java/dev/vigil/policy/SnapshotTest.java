package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** State that survives a restart (POLICY-ABI, 5.7 and 5.10: 37, 39, 40). */
class SnapshotTest {
    private static final List<SensorChannel> CHANNELS =
            List.of(
                    Rooms.channel("kitchen", Quantity.TEMPERATURE),
                    Rooms.channel("kitchen", Quantity.OBSCURATION),
                    Rooms.channel("hall", Quantity.TEMPERATURE),
                    Rooms.channel("hall", Quantity.CARBON_MONOXIDE));

    /** A fire that comes and goes, some readings late, some bad. */
    private static List<Batch> batches(long seed, int count) {
        Random random = new Random(seed);
        var batches = new ArrayList<Batch>();
        long sequence = 1;
        double second = 0;
        for (int i = 0; i < count; i++) {
            var readings = new ArrayList<Reading>();
            int rows = 1 + random.nextInt(40);
            for (int row = 0; row < rows; row++) {
                second += random.nextDouble() * 0.5;
                double late = random.nextInt(10) == 0 ? -3 : 0;
                SensorChannel channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
                double heat = Math.max(0, Math.sin(second / 60));
                double value =
                        switch (channel.quantity()) {
                            case TEMPERATURE -> 20 + 60 * heat + random.nextGaussian();
                            case OBSCURATION ->
                                    Math.clamp(0.1 * heat + 0.002 * random.nextGaussian(), 0, 1);
                            default -> 1e-6 * (2 + 300 * heat);
                        };
                Quality quality = random.nextInt(30) == 0 ? Quality.BAD : Quality.GOOD;
                readings.add(Rooms.reading(channel, second + late, value, quality));
            }
            batches.add(new Batch(Rooms.at(second + 1), sequence, readings));
            sequence += rows;
        }
        return batches;
    }

    private static PolicySpec spec(String module) {
        return new PolicySpec(module, module, CHANNELS, Map.of());
    }

    static Stream<Arguments> policiesOnEngines() {
        return Stream.of("heat", "smoke")
                .flatMap(
                        module ->
                                Stream.of(Engine.values())
                                        .map(engine -> Arguments.of(module, engine)));
    }

    @ParameterizedTest(name = "37 {0} restored at every batch, {1}")
    @MethodSource("policiesOnEngines")
    void restoredAtEveryBatchItGoesOnAsIfNothingHadHappened(String module, Engine engine) {
        List<Batch> batches = batches(module.hashCode(), 30);
        var snapshots = new ArrayList<byte[]>();
        var said = new ArrayList<List<Hazard>>();
        PolicySnapshot end;
        try (PolicySet whole = PolicySet.load(List.of(spec(module)), engine)) {
            for (Batch batch : batches) {
                long before = batch.firstSequence() - 1;
                snapshots.add(SnapshotCodec.encode(whole.snapshots("s", before).getFirst()));
                said.add(Rooms.hazards(whole.evaluate(batch)));
            }
            end = whole.snapshots("s", 0).getFirst();
        }
        assertTrue(said.stream().mapToInt(List::size).sum() > 1, "a fire was raised");
        for (int kill = 0; kill < batches.size(); kill++) {
            PolicySnapshot snapshot = SnapshotCodec.decode(snapshots.get(kill));
            try (PolicyCandidate restored = PolicyCandidate.load(spec(module), engine)) {
                assertEquals(java.util.Optional.empty(), restored.restore(snapshot));
                for (int next = kill; next < batches.size(); next++) {
                    assertEquals(
                            said.get(next),
                            Rooms.hazards(List.of(restored.replay(batches.get(next)))));
                }
                PolicySnapshot after = restored.snapshot("s", 0).orElseThrow();
                assertArrayEquals(end.state(), after.state(), "killed before batch " + kill);
                assertEquals(end.slots(), after.slots());
                assertEquals(List.copyOf(end.raised()), List.copyOf(after.raised()));
            }
        }
    }

    @Test
    void aSnapshotComesBackAsItWas() {
        PolicySnapshot snapshot = snapshot();
        PolicySnapshot back = SnapshotCodec.decode(SnapshotCodec.encode(snapshot));
        assertEquals(snapshot.owner(), back.owner());
        assertEquals(snapshot.stream(), back.stream());
        assertEquals(snapshot.lastSequence(), back.lastSequence());
        assertEquals(snapshot.nowMillis(), back.nowMillis());
        assertEquals(snapshot.tickedMillis(), back.tickedMillis());
        assertEquals(snapshot.gap(), back.gap());
        assertEquals(snapshot.slots(), back.slots());
        assertEquals(snapshot.raised(), back.raised());
        assertArrayEquals(snapshot.state(), back.state());
        assertTrue(snapshot.state().length > 100 && !snapshot.raised().isEmpty());
    }

    @Test
    void everyFlippedByteAndEveryLengthIsNoticed() {
        byte[] whole = SnapshotCodec.encode(snapshot());
        Random random = new Random(4);
        for (int i = 0; i < 2000; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(IllegalArgumentException.class, () -> SnapshotCodec.decode(flipped));
        }
        for (int length = 0; length < whole.length; length += 1 + random.nextInt(20)) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThrows(IllegalArgumentException.class, () -> SnapshotCodec.decode(torn));
        }
    }

    @Test
    void aSnapshotOfAnotherModuleOtherSettingsOrOtherChannelsIsRefused() {
        PolicySnapshot snapshot = snapshot();
        var owner = snapshot.owner();
        var other =
                new PolicySnapshot(
                        new PolicySnapshot.Owner(
                                owner.policy(), "00".repeat(32), 1, 1, owner.configuration()),
                        "s",
                        9,
                        0,
                        0,
                        false,
                        snapshot.slots(),
                        snapshot.state(),
                        List.of());
        assertRefused(spec("heat"), other, "00000000");
        assertRefused(spec("heat"), other, "it is of another version of the policy");
        assertRefused(
                new PolicySpec("heat", "heat", CHANNELS, Map.of("alarm_temperature", 60.0)),
                snapshot,
                "armed is");
        assertRefused(
                new PolicySpec("heat", "heat", CHANNELS.reversed(), Map.of()),
                snapshot,
                "other channels");
    }

    private static void assertRefused(PolicySpec spec, PolicySnapshot snapshot, String reason) {
        try (PolicyCandidate candidate = PolicyCandidate.load(spec)) {
            String refusal = candidate.restore(snapshot).orElse("taken");
            assertTrue(refusal.contains(reason), refusal);
        }
    }

    private static PolicySnapshot snapshot() {
        try (PolicySet set = PolicySet.load(List.of(spec("heat")))) {
            batches(1, 20).forEach(set::evaluate);
            set.evaluate(
                    Rooms.batch(
                            List.of(
                                    new Reading(
                                            CHANNELS.getFirst(),
                                            95,
                                            Quality.GOOD,
                                            Rooms.at(1e4)))));
            return set.snapshots("node/abc/HISTORY", 4711).getFirst();
        }
    }
}
