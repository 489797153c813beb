package dev.vigil.policy.tool;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** The clock of the command line. Stateless. */
final class CommandTime {
    private CommandTime() {}

    static Instant now() {
        // CHECKSTYLE OFF: a command line is where the time comes from
        return Instant.now();
        // CHECKSTYLE ON
    }

    /** What documents are dated with: this second. */
    static Instant second() {
        return now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Of {@code --serial}; without it the seconds since 1970, which only go up. */
    static long serial(Arguments arguments, Instant now) {
        return arguments
                .one("--serial")
                .map(text -> whole("--serial", text))
                .orElse(now.getEpochSecond());
    }

    /** A whole number of an option. */
    static long whole(String option, String text) {
        if (!text.matches("[0-9]{1,15}")) {
            throw ToolFailure.usage(
                    "%s is '%s', it is a whole number of up to 15 digits".formatted(option, text));
        }
        return Long.parseLong(text);
    }

    static Instant instant(String option, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ToolFailure.usage(
                    "%s is '%s', it is a time as in 2026-11-23T12:00:00Z".formatted(option, text));
        }
    }
}
