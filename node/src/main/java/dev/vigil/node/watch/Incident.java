package dev.vigil.node.watch;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hazards of one zone that belong together, from the first until a person closes it. Immutable.
 *
 * @param id zone and time of opening: {@code kitchen-20261123T071502.120Z}
 * @param level the highest since it was opened
 * @param active hazards raised and not cleared
 * @param cause the hazard that set {@code level}
 * @param acknowledged somebody has said that they know
 * @param quietSince since when no hazard is active; empty while one is
 * @param latched all hazards have been gone for the hold time; waits for a reset
 */
public record Incident(
        String id,
        String zone,
        Instant openedAt,
        Instant changedAt,
        Hazard.Level level,
        Map<Key, Hazard> active,
        Hazard cause,
        boolean acknowledged,
        Optional<Instant> quietSince,
        boolean latched) {

    /** What makes two hazards the same one. */
    public record Key(String policy, SensorId sensor, String code) {
        /** Written out, as in {@link SensorId}: asked with each hazard. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && policy.equals(key.policy)
                    && sensor.equals(key.sensor)
                    && code.equals(key.code);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * policy.hashCode() + sensor.hashCode()) + code.hashCode();
        }

        static Key of(Hazard hazard) {
            return new Key(hazard.policy(), hazard.channel().id(), hazard.code());
        }
    }

    public Incident {
        active = Collections.unmodifiableMap(new LinkedHashMap<>(active));
    }

    /** In the words of ISA-18.2 / IEC 62682. */
    public String state() {
        String known = acknowledged ? "acknowledged" : "unacknowledged";
        if (latched) {
            return "latched, " + known;
        }
        return quietSince.isPresent() ? "returned, " + known : known;
    }

    static Incident opened(String id, Hazard hazard, Instant now) {
        return new Incident(
                id,
                hazard.channel().zone(),
                now,
                now,
                hazard.level(),
                Map.of(Key.of(hazard), hazard),
                hazard,
                false,
                Optional.empty(),
                false);
    }

    /**
     * With {@code hazard} active; a level not reached before, or a return from latched, wants a new
     * acknowledgement.
     */
    Incident joined(Hazard hazard, Instant now) {
        boolean higher = hazard.level().compareTo(level) > 0;
        Map<Key, Hazard> hazards = new LinkedHashMap<>(active);
        hazards.put(Key.of(hazard), hazard);
        return new Incident(
                id,
                zone,
                openedAt,
                now,
                higher ? hazard.level() : level,
                hazards,
                higher ? hazard : cause,
                acknowledged && !higher && !latched,
                Optional.empty(),
                false);
    }

    Incident without(Key key, Instant now) {
        Map<Key, Hazard> hazards = new LinkedHashMap<>(active);
        hazards.remove(key);
        return new Incident(
                id,
                zone,
                openedAt,
                changedAt,
                level,
                hazards,
                cause,
                acknowledged,
                hazards.isEmpty() ? Optional.of(now) : Optional.empty(),
                latched);
    }

    Incident latched(Instant now) {
        return new Incident(
                id, zone, openedAt, now, level, active, cause, acknowledged, quietSince, true);
    }

    Incident acknowledged(Instant now) {
        return new Incident(
                id, zone, openedAt, now, level, active, cause, true, quietSince, latched);
    }
}
