package dev.vigil.node.watch;

import dev.vigil.policy.Hazard;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The open incidents, at most one a zone. Immutable: every step returns the next value and what
 * changed.
 *
 * <p>Life cycle (ISA-18.2 / IEC 62682): a hazard opens an incident or joins its zone's; a higher
 * level escalates it. When the last hazard has been cleared for {@link #HOLD}, an incident that
 * ever was an alarm stays latched until a person resets it; a pre-warning closes by itself. A
 * hazard that comes back within the hold time changes nothing, so chatter is no news.
 */
public final class Incidents {
    /** Off-delay (OPC 10000-9, annex B.1.5). */
    public static final Duration HOLD = Duration.ofSeconds(60);

    /** From this level on an incident is an alarm: it sounds, and it latches. */
    public static final Hazard.Level ALARM = Hazard.Level.SEVERE;

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final SortedMap<String, Incident> openByZone;

    private Incidents(SortedMap<String, Incident> openByZone) {
        this.openByZone = openByZone;
    }

    /** The next value and what led to it. */
    public record Step(Incidents incidents, List<IncidentChange> changes) {}

    public static Incidents none() {
        return new Incidents(new TreeMap<>());
    }

    /** With incidents that an earlier run of the node left open, in zones that have none yet. */
    public Incidents withRestored(Collection<Incident> left) {
        SortedMap<String, Incident> byZone = new TreeMap<>(openByZone);
        left.forEach(incident -> byZone.putIfAbsent(incident.zone(), incident));
        return new Incidents(byZone);
    }

    public Collection<Incident> open() {
        return openByZone.values();
    }

    /** True while somebody has to be woken: an alarm nobody has acknowledged. */
    public boolean alarmUnacknowledged() {
        for (Incident incident : openByZone.values()) {
            if (incident.level().compareTo(ALARM) >= 0 && !incident.acknowledged()) {
                return true;
            }
        }
        return false;
    }

    /** True until the last alarm is reset, acknowledged or not. */
    public boolean alarmOpen() {
        for (Incident incident : openByZone.values()) {
            if (incident.level().compareTo(ALARM) >= 0) {
                return true;
            }
        }
        return false;
    }

    public Step observe(Instant now, List<Hazard> hazards) {
        if (hazards.isEmpty()) {
            return new Step(this, List.of());
        }
        SortedMap<String, Incident> next = new TreeMap<>(openByZone);
        List<IncidentChange> changes = new ArrayList<>();
        for (Hazard hazard : hazards) {
            switch (hazard.change()) {
                case RAISE, UPDATE -> raise(next, hazard, now, changes);
                case CLEAR -> clear(next, hazard, now);
            }
        }
        return new Step(new Incidents(next), changes);
    }

    /** Lets the hold time pass. */
    public Step tick(Instant now) {
        SortedMap<String, Incident> next = null;
        List<IncidentChange> changes = new ArrayList<>();
        for (Incident incident : openByZone.values()) {
            boolean over =
                    incident.quietSince()
                            .map(since -> !now.isBefore(since.plus(HOLD)))
                            .orElse(false);
            if (!over || incident.latched()) {
                continue;
            }
            next = next == null ? new TreeMap<>(openByZone) : next;
            if (incident.level().compareTo(ALARM) >= 0) {
                Incident latched = incident.latched(now);
                next.put(incident.zone(), latched);
                changes.add(
                        new IncidentChange(
                                IncidentChange.Kind.RETURNED, latched, now, "waits for a reset"));
            } else {
                next.remove(incident.zone());
                changes.add(
                        new IncidentChange(
                                IncidentChange.Kind.CLOSED, incident, now, "back to normal"));
            }
        }
        return new Step(next == null ? this : new Incidents(next), changes);
    }

    /**
     * Somebody knows: sounders stop, the incident stays. No change when there is no such incident.
     */
    public Step acknowledge(Instant now, String id, String who) {
        Optional<Incident> found = find(id).filter(incident -> !incident.acknowledged());
        if (found.isEmpty()) {
            return new Step(this, List.of());
        }
        Incident acknowledged = found.get().acknowledged(now);
        SortedMap<String, Incident> next = new TreeMap<>(openByZone);
        next.put(acknowledged.zone(), acknowledged);
        return new Step(
                new Incidents(next),
                List.of(
                        new IncidentChange(
                                IncidentChange.Kind.ACKNOWLEDGED, acknowledged, now, who)));
    }

    /**
     * Closes an incident whose hazards are gone. No change while one is active: a fire can't be
     * reset away.
     */
    public Step reset(Instant now, String id, String who) {
        Optional<Incident> found = find(id).filter(incident -> incident.active().isEmpty());
        if (found.isEmpty()) {
            return new Step(this, List.of());
        }
        SortedMap<String, Incident> next = new TreeMap<>(openByZone);
        next.remove(found.get().zone());
        return new Step(
                new Incidents(next),
                List.of(new IncidentChange(IncidentChange.Kind.CLOSED, found.get(), now, who)));
    }

    public Optional<Incident> find(String id) {
        return openByZone.values().stream()
                .filter(incident -> incident.id().equals(id))
                .findFirst();
    }

    private static void raise(
            SortedMap<String, Incident> next,
            Hazard hazard,
            Instant now,
            List<IncidentChange> changes) {
        String zone = hazard.channel().zone();
        Incident before = next.get(zone);
        if (before == null) {
            Incident opened = Incident.opened(zone + "-" + ID_TIME.format(now), hazard, now);
            next.put(zone, opened);
            changes.add(new IncidentChange(IncidentChange.Kind.OPENED, opened, now, ""));
            return;
        }
        Incident after = before.joined(hazard, now);
        next.put(zone, after);
        if (after.level() != before.level() || before.latched()) {
            changes.add(new IncidentChange(IncidentChange.Kind.ESCALATED, after, now, ""));
        } else if (!before.active().containsKey(Incident.Key.of(hazard))
                && before.quietSince().isEmpty()) {
            changes.add(new IncidentChange(IncidentChange.Kind.JOINED, after, now, ""));
        }
    }

    private static void clear(SortedMap<String, Incident> next, Hazard hazard, Instant now) {
        Incident before = next.get(hazard.channel().zone());
        if (before != null && before.active().containsKey(Incident.Key.of(hazard))) {
            next.put(before.zone(), before.without(Incident.Key.of(hazard), now));
        }
    }
}
