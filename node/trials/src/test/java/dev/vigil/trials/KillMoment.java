package dev.vigil.trials;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * When a node is killed, told by what has happened, not by a clock. Immutable.
 *
 * @param acknowledged messages acknowledged by this run of the node
 * @param attempts attempts to connect, if it has not answered by then: a kill while it starts and
 *     recovers its journal; {@link Integer#MAX_VALUE} for a kill under load
 * @param flipKafka Kafka is stopped before this run, or started when it was stopped
 */
record KillMoment(int acknowledged, int attempts, boolean flipKafka) {
    private static final double LOG_10_OF_MOST = 4.2;
    private static final int ONE_IN_WHILE_STARTING = 8;
    private static final int ONE_IN_FLIPS_KAFKA = 7;

    /**
     * The same moments for the same seed; from 1 acknowledgement to 16,000, evenly by logarithm.
     */
    static List<KillMoment> seeded(long seed, int count) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<KillMoment> moments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int acknowledged = (int) Math.pow(10, random.nextDouble() * LOG_10_OF_MOST);
            int attempts =
                    random.nextInt(ONE_IN_WHILE_STARTING) == 0
                            ? 1 + random.nextInt(40)
                            : Integer.MAX_VALUE;
            moments.add(
                    new KillMoment(
                            acknowledged, attempts, random.nextInt(ONE_IN_FLIPS_KAFKA) == 0));
        }
        return List.copyOf(moments);
    }
}
