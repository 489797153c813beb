package dev.vigil.policy.tool;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** The clock of the command line. Stateless. */
final class CommandTime {
    private CommandTime() {}

    static Instant now() {
        // CHECKSTYLE OFF: a command line is where the time comes from
        return Instant.now();
        // CHECKSTYLE ON
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
