package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The built-in rule: static thresholds with hysteresis, in Java, for when a policy is out. Owned by
 * the thread that owns its policy. Simple on purpose: it can't fail, and errs towards an alarm.
 *
 * <p>Thresholds: temperature 57 degC (HAZARDS, 3: North American practice 57.2; EN 54-5 class A1 54
 * to 65); obscuration 5.1 %/m (mean sensitivity of the alarms in NIST TN 1455); carbon monoxide 200
 * ppm (NIOSH ceiling); carbon dioxide 4 % (NIOSH IDLH); oxygen below 19.5 % (29 CFR 1910.146). For
 * other quantities no value is a hazard everywhere, so none is watched.
 */
final class ThresholdRule {
    static final String CODE_PREFIX = "BUILT_IN_";
    private static final int SEVERITY = 700;

    /**
     * {@code raise} and {@code clear} in the quantity's unit; a raise below clear means "under".
     */
    private record Threshold(double raise, double clear) {
        boolean over(double value) {
            return raise > clear ? value >= raise : value <= raise;
        }

        boolean calm(double value) {
            return raise > clear ? value < clear : value > clear;
        }
    }

    private final String policy;
    private final List<SensorChannel> channels;
    private final Threshold[] thresholds;
    private final @Nullable Hazard[] raised;
    private int raisedCount;

    /**
     * @param policy whose stand-in it is; its hazards bear this name
     * @param channels by slot
     */
    ThresholdRule(String policy, List<SensorChannel> channels) {
        this.policy = policy;
        this.channels = List.copyOf(channels);
        this.raised = new Hazard[channels.size()];
        this.thresholds =
                channels.stream().map(c -> threshold(c.quantity())).toArray(Threshold[]::new);
    }

    private static Threshold threshold(Quantity quantity) {
        return switch (quantity) {
            case TEMPERATURE -> new Threshold(57, 50);
            case OBSCURATION -> new Threshold(0.051, 0.025);
            case CARBON_MONOXIDE -> new Threshold(200e-6, 100e-6);
            case CARBON_DIOXIDE -> new Threshold(0.04, 0.03);
            case OXYGEN -> new Threshold(0.195, 0.20);
            case HUMIDITY,
                    PRESSURE,
                    ACCELERATION,
                    VELOCITY,
                    LEVEL,
                    STRAIN,
                    TILT,
                    VOLTAGE,
                    CURRENT,
                    RATE,
                    OCCUPANCY,
                    CONTACT,
                    PARTICULATE_MATTER,
                    VOLUME_FLOW ->
                    new Threshold(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        };
    }

    /** Hazards of the rule that are raised at present. */
    int raised() {
        return raisedCount;
    }

    /** The hazards that are raised at present. */
    List<Hazard> hazards() {
        return Arrays.stream(raised).filter(Objects::nonNull).toList();
    }

    /** What was raised when the node stopped, so that it can be cleared; others are passed over. */
    void restore(List<Hazard> hazards) {
        for (Hazard hazard : hazards) {
            int slot = channels.indexOf(hazard.channel());
            if (slot >= 0 && hazard.code().equals(code(slot)) && raised[slot] == null) {
                raised[slot] = hazard;
                raisedCount++;
            }
        }
    }

    /** Judges a reading of a slot; what changes is added to {@code hazards}. */
    void judge(int slot, Reading reading, List<Hazard> hazards) {
        if (reading.quality() == Quality.BAD) {
            return;
        }
        double value = reading.value();
        Threshold threshold = thresholds[slot];
        if (raised[slot] == null && threshold.over(value)) {
            Hazard hazard = hazard(slot, reading, Hazard.Change.RAISE, SEVERITY, threshold.raise());
            raised[slot] = hazard;
            raisedCount++;
            hazards.add(hazard);
        } else if (raised[slot] != null && threshold.calm(value)) {
            raised[slot] = null;
            raisedCount--;
            hazards.add(hazard(slot, reading, Hazard.Change.CLEAR, 0, threshold.clear()));
        }
    }

    private String code(int slot) {
        return CODE_PREFIX + channels.get(slot).quantity();
    }

    private Hazard hazard(
            int slot, Reading reading, Hazard.Change change, int severity, double limit) {
        return new Hazard(
                policy,
                channels.get(slot),
                change,
                code(slot),
                severity,
                reading.quality(),
                reading.value(),
                reading.value(),
                limit,
                reading.at());
    }
}
