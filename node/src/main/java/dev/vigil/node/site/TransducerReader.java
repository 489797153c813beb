package dev.vigil.node.site;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.ads1115.Ads1115;
import dev.vigil.sensor.ads1115.Ads1115Range;
import dev.vigil.sensor.analog.CurrentLoop;
import dev.vigil.sensor.analog.GasSensor;
import dev.vigil.sensor.analog.LinearVoltage;
import dev.vigil.sensor.analog.SupervisedContact;
import dev.vigil.sensor.analog.Transducer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is at an input of an ads1115, of a site.yaml. Stateless. */
final class TransducerReader {
    private static final List<String> KINDS = List.of("volt", "loop", "gas", "line");
    private static final double OHM_MAX = 1e9;

    private TransducerReader() {}

    /** The input a sensor's {@code from} describes; empty when it has a mistake. */
    static Optional<Ads1115.Input> input(YamlMap from, SensorChannel channel) {
        int pin = from.integer("input", 0, 0, 3);
        Ads1115Range range = range(from);
        Duration warmUp =
                from.duration("warm-up", Duration.ZERO, Duration.ZERO, Duration.ofDays(7));
        List<String> given = KINDS.stream().filter(from::has).toList();
        if (given.size() != 1) {
            from.mistake(
                    "chip",
                    "has %s - an ads1115 needs exactly one of %s"
                            .formatted(
                                    given.isEmpty() ? "none" : String.join(" and ", given),
                                    String.join(", ", KINDS)));
            KINDS.forEach(from::map);
            return Optional.empty();
        }
        String kind = given.getFirst();
        return from.map(kind)
                .flatMap(map -> transducer(from, kind, map, channel.quantity()))
                .flatMap(
                        transducer ->
                                checked(
                                        from,
                                        kind,
                                        () ->
                                                new Ads1115.Input(
                                                        pin, range, transducer, channel, warmUp)));
    }

    private static Ads1115Range range(YamlMap from) {
        double volt = from.number("range", Ads1115Range.V4_096.fullScale());
        Optional<Ads1115Range> range =
                Arrays.stream(Ads1115Range.values()).filter(r -> r.fullScale() == volt).findFirst();
        if (range.isEmpty()) {
            from.wrong(
                    "range",
                    Double.toString(volt),
                    "must be 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256");
        }
        return range.orElse(Ads1115Range.V4_096);
    }

    private static Optional<Transducer> transducer(
            YamlMap from, String kind, YamlMap map, Quantity quantity) {
        Optional<Transducer> transducer =
                checked(
                        from,
                        kind,
                        () ->
                                switch (kind) {
                                    case "volt" ->
                                            new LinearVoltage(
                                                    quantity,
                                                    map.number("factor", 1),
                                                    map.number("offset", 0));
                                    case "loop" ->
                                            new CurrentLoop(
                                                    quantity,
                                                    map.number("at-4", Double.NaN),
                                                    map.number("at-20", Double.NaN),
                                                    ohm(map, "shunt", 100));
                                    case "gas" -> gas(map, quantity);
                                    default ->
                                            new SupervisedContact(
                                                    map.number("supply", 3.3, 0, 1000),
                                                    ohm(map, "pull-up", 0),
                                                    ohm(map, "end", 0),
                                                    ohm(map, "contact", 0),
                                                    map.number("tolerance", 0.2, 0, 1));
                                });
        map.keys(); // one mistake at a time: what was not read after it is not unknown
        return transducer;
    }

    private static GasSensor gas(YamlMap map, Quantity quantity) {
        List<GasSensor.Point> curve =
                map.maps("curve").stream()
                        .map(
                                point ->
                                        new GasSensor.Point(
                                                point.number("ppm", 0) / 1e6,
                                                point.number("ratio", 0)))
                        .toList();
        return new GasSensor(
                quantity,
                map.number("supply", 5, 0, 1000),
                ohm(map, "load", 0),
                ohm(map, "clean-air", 0),
                curve);
    }

    private static double ohm(YamlMap map, String key, double otherwise) {
        return map.number(key, otherwise, 0, OHM_MAX);
    }

    /** What it makes; a value it refuses is a mistake of that key. */
    static <T> Optional<T> checked(YamlMap map, String key, Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            map.mistake(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
