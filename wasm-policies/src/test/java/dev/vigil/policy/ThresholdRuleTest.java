package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdRuleTest {
    /** Below the threshold, at it, in the hysteresis, calm, at it again. */
    @ParameterizedTest
    @CsvSource({
        "TEMPERATURE, 56.9, 57, 50, 49.9",
        "OBSCURATION, 0.0509, 0.051, 0.025, 0.0249",
        "CARBON_MONOXIDE, 0.000199, 0.0002, 0.0001, 0.000099",
        "CARBON_DIOXIDE, 0.039, 0.04, 0.03, 0.029",
        "OXYGEN, 0.196, 0.195, 0.20, 0.201"
    })
    void raisesAtTheThresholdAndClearsBelowItsHysteresis(
            Quantity quantity, double under, double at, double between, double calm) {
        SensorChannel channel = Rooms.channel("room", quantity);
        ThresholdRule rule = new ThresholdRule("heat", List.of(channel));
        List<Hazard> hazards = new ArrayList<>();
        double second = 0;
        for (double value : new double[] {under, at, at, between, at, calm, calm, at}) {
            rule.judge(0, Rooms.reading(channel, second++, value), hazards);
        }
        assertEquals(
                List.of("RAISE " + at, "CLEAR " + calm, "RAISE " + at),
                hazards.stream().map(h -> h.change() + " " + h.value()).toList());
        assertEquals("BUILT_IN_" + quantity, hazards.getFirst().code());
        assertEquals("heat", hazards.getFirst().policy());
        assertEquals(Hazard.Level.SEVERE, hazards.getFirst().level());
        assertEquals(1, rule.raised());
    }

    @Test
    void aBadReadingNeitherRaisesNorClears() {
        SensorChannel channel = Rooms.channel("room", Quantity.TEMPERATURE);
        ThresholdRule rule = new ThresholdRule("heat", List.of(channel));
        List<Hazard> hazards = new ArrayList<>();
        rule.judge(0, Rooms.reading(channel, 0, 90, Quality.BAD), hazards);
        assertEquals(List.of(), hazards);
        rule.judge(0, Rooms.reading(channel, 1, 90), hazards);
        rule.judge(0, Rooms.reading(channel, 2, 0, Quality.BAD), hazards);
        assertEquals(1, hazards.size());
        assertEquals(1, rule.raised());
    }

    @Test
    void aQuantityWithoutAThresholdIsNoHazardAtAnyValue() {
        SensorChannel channel = Rooms.channel("room", Quantity.PRESSURE);
        ThresholdRule rule = new ThresholdRule("heat", List.of(channel));
        List<Hazard> hazards = new ArrayList<>();
        rule.judge(0, Rooms.reading(channel, 0, Double.MAX_VALUE), hazards);
        rule.judge(0, Rooms.reading(channel, 1, -Double.MAX_VALUE), hazards);
        assertEquals(List.of(), hazards);
    }
}
