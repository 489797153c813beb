package dev.vigil.sensor.plausibility;

import dev.vigil.sensor.Quality;
import java.util.Locale;

/** Why a channel can't be believed, or not fully. */
public enum Doubt {
    /** Nothing heard for longer than it may be silent. */
    STALE(0x01, Quality.GOOD),
    /** Its sensor could not be read: no answer, a wrong chip, a wrong checksum, a broken wire. */
    UNREADABLE(0x02, Quality.GOOD),
    /** Its driver says itself that the value is none. */
    REPORTED(0x04, Quality.BAD),
    /** Outside of what the quantity, or the site, can be. */
    RANGE(0x08, Quality.BAD),
    /** Exactly the value its chip has after power-on, and not come to step by step. */
    POWER_ON(0x10, Quality.BAD),
    /**
     * Changed faster than it can. A fire is fast too: the value is judged, but what follows from it
     * is "likely", not "observed".
     */
    RATE(0x20, Quality.UNCERTAIN),
    /** Exactly the same for longer than a live sensor can be. */
    STUCK(0x40, Quality.UNCERTAIN),
    /** For long apart from the others of its zone. */
    DISAGREES(0x80, Quality.UNCERTAIN);

    private final int bit;
    private final Quality quality;

    Doubt(int bit, Quality quality) {
        this.bit = bit;
        this.quality = quality;
    }

    /** The best quality a reading under this doubt can have. */
    public Quality quality() {
        return quality;
    }

    /** As in subjects of faults: {@code power-on}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In a set of doubts. */
    int bit() {
        return bit;
    }
}
