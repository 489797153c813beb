package dev.vigil.sensor;

import org.jspecify.annotations.Nullable;

/**
 * The name of one measuring channel, unique in a node: {@code kitchen/temperature}. It is the SenML
 * name of the channel's records, so it obeys RFC 8428, section 4.5.1: letters, digits and {@code -
 * : . / _}, beginning with a letter or digit; at most 128 characters here.
 */
public record SensorId(String name) implements Comparable<SensorId> {
    public static final int LENGTH_MAX = 128;

    public SensorId {
        if (name.isEmpty() || name.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "sensor id has %d characters, allowed are 1 to %d: '%s'"
                            .formatted(
                                    name.length(),
                                    LENGTH_MAX,
                                    name.substring(0, Math.min(name.length(), LENGTH_MAX))));
        }
        if (!isLetterOrDigit(name.charAt(0)) || !name.chars().allMatch(SensorId::isNameCharacter)) {
            throw new IllegalArgumentException(
                    "sensor id '%s' is not a SenML name (RFC 8428, 4.5.1): letters, digits and - : . / _, beginning with a letter or digit"
                            .formatted(name));
        }
    }

    /** Written out: a record's own takes a native executable 15 us (decision 0064). */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SensorId(String otherName) && name.equals(otherName);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(SensorId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }

    private static boolean isNameCharacter(int c) {
        return isLetterOrDigit(c) || c == '-' || c == ':' || c == '.' || c == '/' || c == '_';
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
