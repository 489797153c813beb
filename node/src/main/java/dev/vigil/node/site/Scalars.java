package dev.vigil.node.site;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the texts of a site.yaml become values; empty for what isn't one. Stateless. */
final class Scalars {
    private static final Pattern WITH_UNIT =
            Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?) ?([a-zA-Z]+)");
    private static final Pattern RATE =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?) ?([a-zA-Z]+)/s");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?\\d{1,15}(?:\\.\\d{1,15})?(?:[eE][-+]?\\d{1,3})?");
    private static final double NANOS_PER_SECOND = 1e9;

    private Scalars() {}

    /** {@code 500ms}, {@code 10s}, {@code 15m}, {@code 24h}, {@code 7d}. */
    static Optional<Duration> duration(String text) {
        Matcher matcher = WITH_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double seconds =
                switch (matcher.group(2)) {
                    case "ms" -> 0.001;
                    case "s" -> 1;
                    case "m", "min" -> 60;
                    case "h" -> 3_600;
                    case "d" -> 86_400;
                    default -> Double.NaN; // strings have no exhaustive switch
                };
        double nanos = Double.parseDouble(matcher.group(1)) * seconds * NANOS_PER_SECOND;
        return nanos < Long.MAX_VALUE // false for NaN
                ? Optional.of(Duration.ofNanos(Math.round(nanos)))
                : Optional.empty();
    }

    /** Bytes: {@code 64MiB}, {@code 2GiB}, {@code 500kB}, {@code 100B}. */
    static OptionalLong bytes(String text) {
        Matcher matcher = WITH_UNIT.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        double factor =
                switch (matcher.group(2)) {
                    case "B" -> 1;
                    case "kB", "KB" -> 1e3;
                    case "MB" -> 1e6;
                    case "GB" -> 1e9;
                    case "TB" -> 1e12;
                    case "KiB" -> 0x1p10;
                    case "MiB" -> 0x1p20;
                    case "GiB" -> 0x1p30;
                    case "TiB" -> 0x1p40;
                    default -> Double.NaN; // strings have no exhaustive switch
                };
        double bytes = Double.parseDouble(matcher.group(1)) * factor;
        return bytes < Long.MAX_VALUE ? OptionalLong.of(Math.round(bytes)) : OptionalLong.empty();
    }

    /** Bytes a second: {@code 64kbit/s}, {@code 2Mbit/s}, {@code 8kB/s}. */
    static OptionalLong rate(String text) {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        double factor =
                switch (matcher.group(2)) {
                    case "bit" -> 1 / 8.0;
                    case "kbit" -> 1e3 / 8;
                    case "Mbit" -> 1e6 / 8;
                    case "Gbit" -> 1e9 / 8;
                    default -> 0; // of bytes, which have their own rule
                };
        return factor == 0
                ? bytes(matcher.group(1) + matcher.group(2))
                : OptionalLong.of(Math.round(Double.parseDouble(matcher.group(1)) * factor));
    }

    static OptionalDouble number(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    static OptionalLong integer(String text) {
        return text.matches("[-+]?\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }
}
