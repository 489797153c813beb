package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What the abstraction costs a reading: {@link SensorBusBench} by JMH. Of all shots the fastest
 * tenth counts, so that other work on the machine falsifies little.
 *
 * <pre>
 * mvn -pl node -am test -Dtest=SensorBusCostTest -Dvigil.bench=true -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@EnabledIfSystemProperty(named = "vigil.bench", matches = "true")
class SensorBusCostTest {
    private static final double GOAL = 1.2;

    @Test
    void aReadingCostsAtMostAFifthMoreThanByHand() throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(SensorBusBench.class.getName())
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();
        double driver = nanos(results, "driver");
        double hand = nanos(results, "byHand");
        double layer = nanos(results, "plausibility") - nanos(results, "withoutPlausibility");
        report(driver, hand, layer);
        assertTrue(driver <= GOAL * hand, "%.1f ns, %.1f by hand".formatted(driver, hand));
    }

    /** For one reading. */
    private static double nanos(Collection<RunResult> results, String method) {
        double[] shots =
                results.stream()
                        .filter(r -> r.getParams().getBenchmark().endsWith("." + method))
                        .flatMap(r -> r.getBenchmarkResults().stream())
                        .flatMap(r -> r.getIterationResults().stream())
                        .mapToDouble(SensorBusCostTest::score)
                        .sorted()
                        .toArray();
        return shots[shots.length / 10]
                / (SensorBusBench.SAMPLES * SensorBusBench.READINGS_PER_SAMPLE);
    }

    private static double score(IterationResult shot) {
        return shot.getPrimaryResult().getScore();
    }

    // CHECKSTYLE OFF: a bench prints
    private static void report(double driver, double hand, double layer) {
        System.out.printf(
                Locale.ROOT,
                "ns for a reading, bus bytes to inbox: driver and SensorBus %.1f, by hand %.1f, %.2f times; plausibility %.1f more%n",
                driver,
                hand,
                driver / hand,
                layer);
    }
    // CHECKSTYLE ON
}
