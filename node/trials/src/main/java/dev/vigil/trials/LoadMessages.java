package dev.vigil.trials;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The benchmark's messages: rooms with a thermometer and a smoke meter each, a bare number per
 * message, values of a quiet room with two decimals. Immutable after construction; all bytes are
 * made before.
 */
final class LoadMessages implements SenderClient.Source {
    static final int ROOMS = 12;
    private static final int CHANNELS = 2 * ROOMS;
    private static final int VARIANTS = 4096;
    private static final long SEED = 1;

    private final byte[][] topics = new byte[CHANNELS][];
    private final byte[][] temperatures = new byte[VARIANTS][];
    private final byte[][] obscurations = new byte[VARIANTS][];

    LoadMessages() {
        for (int room = 0; room < ROOMS; room++) {
            topics[2 * room] = ascii("load/room-%d/temperature".formatted(room));
            topics[2 * room + 1] = ascii("load/room-%d/obsc_per_m".formatted(room));
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        for (int i = 0; i < VARIANTS; i++) {
            temperatures[i] =
                    ascii(String.format(Locale.ROOT, "%.2f", 21 + 0.2 * random.nextGaussian()));
            obscurations[i] =
                    ascii(String.format(Locale.ROOT, "%.4f", 0.002 + 0.002 * random.nextDouble()));
        }
    }

    @Override
    public byte[] topic(long ticket) {
        return topics[(int) (ticket % CHANNELS)];
    }

    @Override
    public int payload(long ticket, byte[] into) {
        byte[][] values = ticket % 2 == 0 ? temperatures : obscurations;
        byte[] value = values[(int) ((ticket * 31) % VARIANTS)];
        System.arraycopy(value, 0, into, 0, value.length);
        return value.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
