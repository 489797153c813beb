package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Promise 3, against the whole fault model (sync/docs/FAULT-MODEL.md): crash at any point, disks
 * that fail, networks that lose, double and delay, clocks that step. {@code -Dvigil.lives=10000}
 * for more, {@code -Dvigil.lives.from=} for others.
 */
class NodeLifeSimulationTest {
    private static final long FROM = Long.getLong("vigil.lives.from", 1);
    private static final int LIVES = Integer.getInteger("vigil.lives", 500);

    @Test
    void whateverFailsNothingAcknowledgedIsLostOrDoubledAndEveryGapIsTold() {
        long[] total =
                LongStream.range(FROM, FROM + LIVES)
                        .parallel()
                        .mapToObj(NodeLifeSimulationTest::live)
                        .map(NodeLife.Summary::figures)
                        .reduce(new long[6], NodeLifeSimulationTest::sum);
        assertTrue(total[0] > 0 && total[1] > 0, "nothing happened");
        // CHECKSTYLE OFF: the figures of a campaign
        System.out.printf(
                "%d lives: %d acknowledged records, 0 lost; %d cuts and kills, %d faults of the disk,"
                        + " %d copies, %d loss records, %d of them of thinned readings%n",
                LIVES, total[0], total[1], total[2], total[3], total[4], total[5]);
        // CHECKSTYLE ON
    }

    /** In the life of seed 37 alarms on a full disk take the room of undelivered history. */
    @Test
    void anAlarmOnAFullDiskTakesTheRoomOfHistoryAndThatIsTold() {
        assertTrue(live(37).told() > 0, "nothing was given up");
    }

    private static long[] sum(long[] one, long[] other) {
        return IntStream.range(0, one.length).mapToLong(i -> one[i] + other[i]).toArray();
    }

    private static NodeLife.Summary live(long seed) {
        try (NodeLife life = new NodeLife(seed)) {
            return life.live();
        }
    }
}
