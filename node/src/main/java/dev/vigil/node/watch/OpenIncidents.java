package dev.vigil.node.watch;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.SensorChannel;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out from the ALARM lane's records which incidents were open when the node stopped: the last
 * record of each incident tells. Their hazards are not active (policies begin anew and raise what
 * is still there); acknowledged ones stay acknowledged, so a restart sounds nothing that a person
 * has silenced.
 */
final class OpenIncidents {
    private final Map<String, SensorChannel> channels;
    private final Map<String, Map<String, String>> lastByIncident = new LinkedHashMap<>();

    /**
     * Ready for the first record.
     *
     * @param channels of the site, by name: an incident whose sensor is no longer there is
     *     forgotten
     */
    OpenIncidents(Map<String, SensorChannel> channels) {
        this.channels = channels;
    }

    /**
     * The next record of the ALARM lane; those that are not about incidents, or not readable, are
     * passed over.
     */
    void record(SenmlRecord record) {
        String text = record.text();
        if (text == null || !record.name().startsWith("alarm/")) {
            return;
        }
        Map<String, String> fields = AlarmRecord.fields(text);
        String incident = fields.get("incident");
        if (incident == null) {
            return;
        }
        if (IncidentChange.Kind.CLOSED.name().equals(fields.get("change"))) {
            lastByIncident.remove(incident);
        } else {
            lastByIncident.put(incident, fields);
        }
    }

    /** The open ones, as of {@code now}, at which their hold time begins. */
    Collection<Incident> open(Instant now) {
        return lastByIncident.values().stream()
                .map(fields -> restore(fields, now))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Incident> restore(Map<String, String> fields, Instant now) {
        SensorChannel channel = channels.get(fields.getOrDefault("cause.sensor", ""));
        if (channel == null) {
            return Optional.empty();
        }
        try {
            Hazard.Level level =
                    Hazard.Level.valueOf(
                            fields.getOrDefault("severity", "").toUpperCase(java.util.Locale.ROOT));
            String state = fields.getOrDefault("state", "");
            Instant openedAt = Instant.parse(fields.getOrDefault("openedAt", ""));
            return Optional.of(
                    new Incident(
                            fields.getOrDefault("incident", ""),
                            fields.getOrDefault("zone", channel.zone()),
                            openedAt,
                            now,
                            level,
                            Map.of(),
                            cause(fields, channel, level, openedAt),
                            state.endsWith(" acknowledged") || state.equals("acknowledged"),
                            Optional.of(now),
                            state.startsWith("latched")));
        } catch (IllegalArgumentException | DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Hazard cause(
            Map<String, String> fields, SensorChannel channel, Hazard.Level level, Instant at) {
        int severity =
                switch (level) {
                    case MINOR -> 0;
                    case MODERATE -> 250;
                    case SEVERE -> 500;
                    case EXTREME -> 800;
                };
        return new Hazard(
                fields.getOrDefault("cause.policy", ""),
                channel,
                Hazard.Change.RAISE,
                fields.getOrDefault("cause.code", ""),
                severity,
                Quality.GOOD,
                number(fields, "cause.score"),
                number(fields, "cause.value"),
                number(fields, "cause.limit"),
                at);
    }

    private static double number(Map<String, String> fields, String name) {
        return Double.parseDouble(fields.getOrDefault(name, "0"));
    }
}
