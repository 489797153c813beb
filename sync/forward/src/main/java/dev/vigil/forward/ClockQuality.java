package dev.vigil.forward;

/** How far a node's clock can be trusted, in rising order. */
public enum ClockQuality {
    /** Nobody said. */
    UNKNOWN("unknown", 0),
    /** Never set since the boot: it began at some date of its own. */
    NONE("none", 1),
    /** Set from a battery-backed clock at the boot. */
    RTC("rtc", 2),
    /** Kept by a time server. */
    NTP("ntp", 3);

    private final String word;
    private final byte code;

    ClockQuality(String word, int code) {
        this.word = word;
        this.code = (byte) code;
    }

    /** In a block's envelope. */
    byte code() {
        return code;
    }

    static ClockQuality of(byte code) {
        for (ClockQuality quality : values()) {
            if (quality.code == code) {
                return quality;
            }
        }
        return UNKNOWN;
    }

    /** The word in headers, files and records. */
    public String word() {
        return word;
    }

    /** The quality a word stands for; {@link #UNKNOWN} when it is none of ours. */
    public static ClockQuality of(String word) {
        for (ClockQuality quality : values()) {
            if (quality.word.equals(word)) {
                return quality;
            }
        }
        return UNKNOWN;
    }
}
