package dev.vigil.trials;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node on the guest's board, and what it says of itself. Owned by the trial's thread; the process
 * is ended by whoever started it.
 */
record BoardNode(NodeProcess process) {
    /** One of the objects with an id on {@code /api/status}; none of them holds another. */
    record Shown(String json) {
        /** A member that is a text; empty when it is null or isn't there. */
        String text(String name) {
            Matcher matcher =
                    Pattern.compile("\"%s\":\"((?:[^\"\\\\]|\\\\.)*)\"".formatted(name))
                            .matcher(json);
            return matcher.find() ? matcher.group(1) : "";
        }

        OptionalDouble number(String name) {
            Matcher matcher =
                    Pattern.compile("\"%s\":(-?[0-9][0-9.E+-]*)".formatted(name)).matcher(json);
            return matcher.find()
                    ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
                    : OptionalDouble.empty();
        }
    }

    /** A sensor, an output or an incident; empty when the page has none of this id. */
    Optional<Shown> shown(String id) {
        Matcher matcher =
                Pattern.compile("\\{\"id\":\"%s\"[^{}]*\\}".formatted(Pattern.quote(id)))
                        .matcher(status());
        return matcher.find() ? Optional.of(new Shown(matcher.group())) : Optional.empty();
    }

    /** The open incident of a zone, by its id. */
    Optional<String> incident(String zone) {
        Matcher matcher =
                Pattern.compile("\"(%s-[0-9TZ.]+)\"".formatted(Pattern.quote(zone)))
                        .matcher(status());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The page's JSON; empty when it does not answer. */
    String status() {
        try {
            return process.page("/api/status");
        } catch (IOException e) {
            return "";
        }
    }

    NodeMetrics metrics() {
        try {
            return NodeMetrics.of(process);
        } catch (IOException e) {
            throw new TrialFailure("the node's metrics can't be read: " + e);
        }
    }

    boolean acknowledge(String incident) {
        return ordered(() -> process.acknowledge(incident));
    }

    boolean reset(String incident) {
        return ordered(() -> process.reset(incident));
    }

    @FunctionalInterface
    private interface Order {
        boolean taken() throws IOException;
    }

    /** An answer may be late: whoever orders looks whether it was obeyed. */
    private static boolean ordered(Order order) {
        try {
            return order.taken();
        } catch (IOException e) {
            return false;
        }
    }

    /** True when the sensor's last value is this one, and believed. */
    BooleanSupplier reads(String sensor, double value, double within) {
        return () ->
                shown(sensor)
                        .filter(shown -> shown.text("quality").equals("GOOD"))
                        .map(shown -> shown.number("value"))
                        .filter(OptionalDouble::isPresent)
                        .filter(last -> Math.abs(last.getAsDouble() - value) <= within)
                        .isPresent();
    }

    /** True when the page says of the sensor that it has a fault, and these words. */
    BooleanSupplier saysOf(String sensor, String words) {
        return () ->
                shown(sensor)
                        .filter(shown -> shown.text("state").equals("fault"))
                        .filter(shown -> shown.text("fault").contains(words))
                        .isPresent();
    }

    /** True when the sensor's last reading is of this quality. */
    BooleanSupplier qualityIs(String sensor, String quality) {
        return () ->
                shown(sensor).filter(shown -> shown.text("quality").equals(quality)).isPresent();
    }
}
