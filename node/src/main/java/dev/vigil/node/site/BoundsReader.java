package dev.vigil.node.site;

import dev.vigil.sensor.plausibility.Bounds;
import java.time.Duration;
import java.util.Optional;

/** The {@code plausible} of a sensor in a site.yaml. Stateless. */
final class BoundsReader {
    private static final Duration YEAR = Duration.ofDays(365);

    private BoundsReader() {}

    /**
     * What a sensor's readings can be.
     *
     * @param otherwise what holds where the file says nothing
     */
    static Bounds read(YamlMap sensor, Bounds otherwise) {
        Optional<YamlMap> given = sensor.map("plausible");
        if (given.isEmpty()) {
            return otherwise;
        }
        YamlMap map = given.get();
        double min = map.number("min", otherwise.min());
        double max = map.number("max", otherwise.max());
        if (!(min < max)) {
            map.wrong("max", Double.toString(max), "must be more than min, %s".formatted(min));
            max = Double.MAX_VALUE;
            min = -Double.MAX_VALUE;
        }
        Bounds bounds =
                Bounds.range(min, max)
                        .rate(positive(map, "rate", otherwise.perSecondMax()))
                        .powerOn(map.number("power-on", otherwise.powerOn()))
                        .agree(positive(map, "agree", otherwise.agreeWithin()))
                        .stuck(duration(map, "stuck", otherwise.stuckAfter()))
                        .stale(duration(map, "stale", otherwise.staleAfter()));
        map.end();
        return bounds;
    }

    /** A number that is more than 0. */
    private static double positive(YamlMap map, String key, double otherwise) {
        return map.number(key, otherwise, Double.MIN_VALUE, Double.MAX_VALUE);
    }

    /** {@code never} is zero. */
    private static Duration duration(YamlMap map, String key, Duration otherwise) {
        if (map.text(key, "").equals("never")) {
            return Duration.ZERO;
        }
        return map.duration(key, otherwise, Duration.ofMillis(1), YEAR);
    }
}
