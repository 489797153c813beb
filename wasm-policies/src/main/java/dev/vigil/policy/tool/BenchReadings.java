package dev.vigil.policy.tool;

import dev.vigil.policy.Batch;
import dev.vigil.policy.Manifest;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What every machine is measured with: 256 channels, four to a zone, in turn of the quantities a
 * policy judges; a reading of each makes a round, and rounds are 100 ms apart. Owned by one thread.
 */
final class BenchReadings {
    static final int CHANNELS = 256;

    /** After so many rounds the values begin again; time goes on. */
    static final int ROUNDS = 512;

    private static final long START = 1_767_225_600_000L;
    private static final long ROUND_MILLIS = 100;

    private final List<SensorChannel> channels = new ArrayList<>();
    private final double[] values = new double[CHANNELS * ROUNDS];

    BenchReadings(Manifest manifest) {
        List<Quantity> quantities = manifest.quantities().stream().sorted().toList();
        for (int i = 0; i < CHANNELS; i++) {
            Quantity quantity = quantities.get(i % quantities.size());
            channels.add(
                    new SensorChannel(
                            new SensorId("c" + i + "/" + quantity.senmlName()),
                            quantity,
                            "zone" + i / 4));
        }
        List<Reading> made =
                SampleReadings.of(Quantity.TEMPERATURE, 1, CHANNELS, ROUNDS, 7).readings();
        for (int i = 0; i < values.length; i++) {
            values[i] = made.get(i).value() * scale(channels.get(i % CHANNELS).quantity());
        }
    }

    /** 20 to 90 degrees are 2 to 9 % of light lost over a metre, and 20 to 90 ppm. */
    private static double scale(Quantity quantity) {
        return switch (quantity) {
            case OBSCURATION -> 1e-3;
            case CARBON_MONOXIDE, CARBON_DIOXIDE, OXYGEN -> 1e-6;
            default -> 1;
        };
    }

    List<SensorChannel> channels() {
        return channels;
    }

    static long millis(int round) {
        return START + round * ROUND_MILLIS;
    }

    double value(int round, int channel) {
        return values[round % ROUNDS * CHANNELS + channel];
    }

    Batch batch(int round) {
        Instant at = Instant.ofEpochMilli(millis(round));
        List<Reading> readings = new ArrayList<>(CHANNELS);
        for (int i = 0; i < CHANNELS; i++) {
            readings.add(new Reading(channels.get(i), value(round, i), Quality.GOOD, at));
        }
        return new Batch(at, (long) round * CHANNELS, readings);
    }

    /** All values, little-endian, for a program in another language. */
    byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }
}
