package dev.vigil.sensor.plausibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlausibilityTest {
    private static final Instant T0 = Instant.parse("2026-11-23T12:00:00Z");
    private static final SensorChannel KITCHEN = channel("kitchen/a");
    private static final Bounds BOUNDS = Bounds.range(-40, 125);

    @Test
    void whatIsPlausiblePassesAsItIs() {
        Plausibility layer = layer(BOUNDS.rate(1));
        List<Reading> readings = List.of(reading(20, 0), reading(20.5, 1), reading(21, 2));
        assertSame(readings, layer.judge(readings));
        assertEquals(List.of(), layer.tick(T0));
    }

    @Test
    void outOfItsRangeItIsBadUntilItIsBack() {
        Plausibility layer = layer(BOUNDS);
        assertEquals(List.of(Quality.BAD), qualities(layer, reading(125.1, 0)));
        assertEquals(
                List.of(
                        new Finding(
                                KITCHEN,
                                Doubt.RANGE,
                                "125.1 Cel is outside of -40.0 to 125.0 Cel")),
                layer.tick(T0));
        assertEquals(1, layer.tick(T0.plusSeconds(1)).size(), "while it lasts");
        assertEquals(List.of(Quality.GOOD), qualities(layer, reading(125, 2)));
        assertEquals(List.of(), layer.tick(T0.plusSeconds(2)));
    }

    @Test
    void aDoubtOfOneReadingBetweenTwoTicksIsToldOnce() {
        Plausibility layer = layer(BOUNDS);
        layer.judge(List.of(reading(500, 0), reading(20, 0.1)));
        assertEquals(List.of(Doubt.RANGE), doubts(layer.tick(T0.plusSeconds(1))));
        assertEquals(List.of(), doubts(layer.tick(T0.plusSeconds(2))));
    }

    @Test
    void theValueAndTheTimeAreNeverChanged() {
        Reading wrong = reading(500, 3);
        Reading judged = layer(BOUNDS).judge(List.of(wrong)).getFirst();
        assertEquals(new Reading(KITCHEN, 500, Quality.BAD, wrong.at()), judged);
    }

    @Test
    void aQualityIsNeverRaised() {
        Plausibility layer = layer(BOUNDS.rate(1));
        Reading uncertain = new Reading(KITCHEN, 20, Quality.UNCERTAIN, T0);
        Reading bad = new Reading(KITCHEN, 80, Quality.BAD, T0.plusSeconds(1));
        assertEquals(List.of(Quality.UNCERTAIN, Quality.BAD), qualities(layer, uncertain, bad));
        assertEquals(List.of(Doubt.REPORTED), doubts(layer.tick(T0)));
    }

    @Test
    void aStepThatIsTooFastIsUncertainAndTheNewLevelGood() {
        Plausibility layer = layer(BOUNDS.rate(2));
        assertEquals(
                List.of(Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.GOOD),
                qualities(layer, reading(20, 0), reading(29, 5), reading(50, 6), reading(51, 7)));
    }

    @Test
    void noiseOfAFastSensorIsNoRate() {
        Plausibility layer = layer(BOUNDS.rate(2));
        assertEquals(
                List.of(Quality.GOOD, Quality.GOOD),
                qualities(layer, reading(20, 0), reading(21.9, 0.01)));
    }

    @Test
    void aStepIsMeasuredFromTheLastValueThatWasBelieved() {
        Plausibility layer = layer(BOUNDS.rate(2));
        assertEquals(
                List.of(Quality.GOOD, Quality.BAD, Quality.GOOD),
                qualities(layer, reading(20, 0), reading(9999, 1), reading(20, 2)));
    }

    @Test
    void thePowerOnValueIsBadWhenItComesFromNowhereAndGoodWhenItIsReached() {
        Plausibility layer = layer(BOUNDS.powerOn(85));
        assertEquals(List.of(Quality.BAD), qualities(layer, reading(85, 0)));
        assertEquals(
                List.of(Quality.GOOD, Quality.BAD, Quality.BAD, Quality.GOOD),
                qualities(layer, reading(21, 1), reading(85, 2), reading(85, 3), reading(21.1, 4)));
        assertEquals(
                List.of(Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.GOOD),
                qualities(
                        layer,
                        reading(60, 60),
                        reading(84.9, 61),
                        reading(85, 62),
                        reading(85.1, 63)));
    }

    @Test
    void aValueThatNeverChangesIsUncertainUntilItDoes() {
        Plausibility layer = layer(BOUNDS.stuck(Duration.ofMinutes(1)));
        assertEquals(
                List.of(Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.GOOD),
                qualities(
                        layer,
                        reading(20, 0),
                        reading(20, 59),
                        reading(20, 60),
                        reading(20.1, 61)));
        assertEquals(List.of(Doubt.STUCK), doubts(layer.tick(T0)));
        assertEquals(List.of(), doubts(layer.tick(T0)));
    }

    @Test
    void silenceIsToldAndOverWithTheNextReading() {
        Plausibility layer = layer(BOUNDS.stale(Duration.ofSeconds(3)));
        assertEquals(List.of(), layer.tick(T0));
        assertEquals(List.of(), layer.tick(T0.plusSeconds(2)));
        List<Finding> never = layer.tick(T0.plusSeconds(3));
        assertEquals("nothing heard yet, expected within 3s", never.getFirst().detail());
        layer.judge(List.of(reading(20, 3)));
        assertEquals(List.of(), layer.tick(T0.plusSeconds(5)));
        assertEquals(List.of(Doubt.STALE), doubts(layer.tick(T0.plusSeconds(6))));
    }

    @Test
    void aJumpOfTheClockIsNoSilence() {
        Plausibility layer = layer(BOUNDS.stale(Duration.ofSeconds(30)));
        layer.tick(T0);
        assertEquals(List.of(), layer.tick(T0.plus(Duration.ofDays(365))));
        assertEquals(List.of(), layer.tick(T0));
        assertEquals(List.of(), layer.tick(T0.plusSeconds(1)));
    }

    @Test
    void anUnreadableSensorIsTellingSoUntilItCanBeRead() {
        Plausibility layer = layer(BOUNDS);
        layer.unreadable(List.of(KITCHEN, channel("unknown")), "its id is 0x58");
        assertEquals(
                List.of(new Finding(KITCHEN, Doubt.UNREADABLE, "its id is 0x58")), layer.tick(T0));
        assertEquals(1, layer.tick(T0.plusSeconds(1)).size());
        assertEquals(List.of(Quality.GOOD), qualities(layer, reading(20, 2)));
        assertEquals(List.of(), layer.tick(T0.plusSeconds(2)));
    }

    @Test
    void oneThatIsForLongApartFromItsZoneIsUncertain() {
        SensorChannel b = channel("kitchen/b");
        SensorChannel c = channel("kitchen/c");
        Map<SensorChannel, Bounds> bounds = new LinkedHashMap<>();
        List.of(KITCHEN, b, c).forEach(each -> bounds.put(each, BOUNDS.agree(5)));
        Plausibility layer = new Plausibility(bounds);
        List<Reading> apart =
                List.of(
                        reading(20, 0),
                        new Reading(b, 21, Quality.GOOD, T0),
                        new Reading(c, 40, Quality.GOOD, T0));
        layer.judge(apart);
        Instant now = T0;
        assertEquals(List.of(), layer.tick(now));
        while (now.isBefore(T0.plus(Plausibility.DISAGREES_AFTER))) {
            assertSame(apart, layer.judge(apart), "a fire begins near one of them");
            now = now.plusSeconds(1);
            layer.tick(now);
        }
        assertEquals(
                "40.0 Cel, but the median of 3 in kitchen is 21.0 Cel; 5.0 is allowed",
                layer.tick(now).getFirst().detail());
        assertEquals(
                List.of(Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN),
                layer.judge(apart).stream().map(Reading::quality).toList());
        layer.judge(List.of(new Reading(c, 24, Quality.GOOD, now)));
        layer.tick(now);
        assertEquals(List.of(), layer.tick(now));
    }

    @Test
    void ofTwoThatDisagreeNeitherIsBelievedFully() {
        SensorChannel b = channel("kitchen/b");
        Plausibility layer = new Plausibility(Map.of(KITCHEN, BOUNDS.agree(5), b, BOUNDS.agree(5)));
        List<Reading> apart = List.of(reading(20, 0), new Reading(b, 40, Quality.GOOD, T0));
        layer.judge(apart);
        Instant now = T0;
        while (!now.isAfter(T0.plus(Plausibility.DISAGREES_AFTER))) {
            layer.tick(now);
            now = now.plusSeconds(1);
        }
        assertEquals(List.of(Doubt.DISAGREES, Doubt.DISAGREES), doubts(layer.tick(now)));
    }

    @Test
    void anUnknownChannelPasses() {
        List<Reading> unknown = List.of(new Reading(channel("attic/a"), 1e9, Quality.GOOD, T0));
        assertSame(unknown, layer(BOUNDS).judge(unknown));
    }

    @ParameterizedTest
    @EnumSource(Quantity.class)
    void everyQuantityHasBounds(Quantity quantity) {
        Bounds bounds = Bounds.of(quantity);
        assertTrue(bounds.min() <= 0 && bounds.max() > 0, bounds::toString);
    }

    @Test
    void refusesBoundsThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> Bounds.range(1, 1));
        assertThrows(IllegalArgumentException.class, () -> BOUNDS.rate(0));
        assertThrows(IllegalArgumentException.class, () -> BOUNDS.agree(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> BOUNDS.stuck(Duration.ofSeconds(-1)));
    }

    private static Plausibility layer(Bounds bounds) {
        return new Plausibility(Map.of(KITCHEN, bounds));
    }

    private static SensorChannel channel(String name) {
        return new SensorChannel(new SensorId(name), Quantity.TEMPERATURE, "kitchen");
    }

    private static Reading reading(double value, double second) {
        return new Reading(KITCHEN, value, Quality.GOOD, T0.plusMillis(Math.round(second * 1000)));
    }

    private static List<Quality> qualities(Plausibility layer, Reading... readings) {
        return layer.judge(List.of(readings)).stream().map(Reading::quality).toList();
    }

    private static List<Doubt> doubts(List<Finding> findings) {
        return findings.stream().map(Finding::doubt).toList();
    }
}
