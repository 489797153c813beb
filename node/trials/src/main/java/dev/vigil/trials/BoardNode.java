package dev.vigil.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private static final Duration BOUND = Duration.ofSeconds(60);

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

    /** As {@link #shown}, for people. */
    String said(String id) {
        return shown(id).map(Shown::json).orElse("the page does not show it");
    }

    /** The open incident of a zone, by its id. */
    Optional<String> incident(String zone) {
        Matcher matcher =
                Pattern.compile("\"(%s-[0-9TZ.]+)\"".formatted(Pattern.quote(zone)))
                        .matcher(status());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The page's JSON; on a machine that is busy it is asked again. */
    String status() {
        return answer(() -> process.page("/api/status"));
    }

    NodeMetrics metrics() {
        return answer(() -> NodeMetrics.of(process));
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws IOException;
    }

    private <T> T answer(Question<T> question) {
        List<T> answers = new ArrayList<>(1);
        Waiting.require(
                BOUND,
                () -> {
                    try {
                        return answers.add(question.ask());
                    } catch (IOException e) {
                        return false;
                    }
                },
                () -> "the node's page does not answer:%n%s".formatted(process.logTail(40)));
        return answers.getFirst();
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

    /** True when the sensor's last reading has this quality and value. */
    BooleanSupplier reads(String sensor, String quality, double value, double within) {
        return () ->
                shown(sensor)
                        .filter(shown -> shown.text("quality").equals(quality))
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

    /** True when the page knows the sensor and shows no value of it. */
    BooleanSupplier hasNoReading(String sensor) {
        return () -> shown(sensor).filter(shown -> shown.number("value").isEmpty()).isPresent();
    }

    /** True when the sensor's last reading is of this quality. */
    BooleanSupplier qualityIs(String sensor, String quality) {
        return () ->
                shown(sensor).filter(shown -> shown.text("quality").equals(quality)).isPresent();
    }
}
