package dev.vigil.policy.tool;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Made-up readings for golden vectors and measurements: a few channels of one quantity, one reading
 * each a second, at rest with some noise; now and then one jumps, rises for two minutes or gets
 * hot. The same seed gives the same readings everywhere: only whole numbers and one division are
 * used. Immutable.
 *
 * @param readings in order of time
 */
record SampleReadings(List<SensorChannel> channels, List<Reading> readings) {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** What a channel does at present, in hundredths of its unit. */
    private static final class Course {
        int level = 2000;
        int step;
        int seconds;
    }

    /**
     * @param scale what a hundredth stands for in the quantity's unit
     */
    static SampleReadings of(Quantity quantity, double scale, int channels, int seconds, int seed) {
        List<SensorChannel> all =
                IntStream.range(0, channels)
                        .mapToObj(
                                i ->
                                        new SensorChannel(
                                                new SensorId(
                                                        "room" + i + "/" + quantity.senmlName()),
                                                quantity,
                                                "room" + i))
                        .toList();
        List<Course> courses = all.stream().map(channel -> new Course()).toList();
        Random random = new Random(seed);
        List<Reading> readings = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            Instant at = START.plusSeconds(second);
            for (int i = 0; i < channels; i++) {
                int hundredths = next(courses.get(i), random);
                readings.add(new Reading(all.get(i), hundredths * scale / 100.0, Quality.GOOD, at));
            }
        }
        return new SampleReadings(all, readings);
    }

    private static int next(Course course, Random random) {
        if (course.seconds == 0) {
            course.seconds = 60 + random.nextInt(120);
            course.step =
                    switch (random.nextInt(8)) {
                        case 0 -> 40;
                        case 1 -> 15;
                        case 2, 3 -> course.level > 2000 ? -30 : 0;
                        default -> 0;
                    };
        }
        course.seconds--;
        course.level = Math.clamp(course.level + course.step, 1000, 9000);
        if (course.step < 0 && course.level < 2000) {
            course.step = 0;
        }
        int jump = random.nextInt(1500) == 0 ? 1500 * (1 + random.nextInt(3)) : 0;
        return course.level + jump + random.nextInt(61) - 30;
    }
}
