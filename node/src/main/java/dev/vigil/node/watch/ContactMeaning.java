package dev.vigil.node.watch;

import java.util.Locale;
import java.util.Optional;

/** What it means when a contact is closed, as the site says it. */
public enum ContactMeaning {
    /** Somebody reports a fire (EN 54-11 calls the device a manual call point). */
    CALL_POINT(700),
    /** Water where there must be none. */
    FLOOD_SWITCH(700),
    /** Somebody is at the node or at a sensor: a warning, no alarm. */
    TAMPER(300);

    private final int severity;

    ContactMeaning(int severity) {
        this.severity = severity;
    }

    /** 0 to 1000, as a policy's hazards have it. */
    int severity() {
        return severity;
    }

    /** As in site.yaml: {@code call-point}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The meaning a configuration names {@code word}. */
    public static Optional<ContactMeaning> named(String word) {
        for (ContactMeaning meaning : values()) {
            if (meaning.word().equals(word)) {
                return Optional.of(meaning);
            }
        }
        return Optional.empty();
    }
}
