package dev.vigil.node.watch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What an output is for. That decides how long it is on: what is heard stops when somebody has
 * acknowledged the alarm (EN 54-2, 8.2: silencing), what is seen or switched stays until the alarm
 * is reset.
 */
public enum OutputKind {
    SIREN(true, true),
    STROBE(false, true),
    /** A contact that passes the alarm on: to a panel, a door holder, a ventilation. */
    RELAY(false, true),
    /** Stops water, gas or smoke: it must not move because the node is stopped. */
    VALVE(false, false),
    /** A message that is played. */
    VOICE(true, true),
    /** A device somewhere on the network is told. */
    COMMAND(false, true);

    private final boolean heard;
    private final boolean offAtStop;

    OutputKind(boolean heard, boolean offAtStop) {
        this.heard = heard;
        this.offAtStop = offAtStop;
    }

    /** Switched off when the node is stopped, unless the site says otherwise. */
    public boolean offAtStop() {
        return offAtStop;
    }

    /** Whether these incidents want it on. */
    boolean wanted(Incidents incidents) {
        return heard ? incidents.alarmUnacknowledged() : incidents.alarmOpen();
    }

    /** As in site.yaml: {@code siren}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(OutputKind::word).toList();
    }
}
