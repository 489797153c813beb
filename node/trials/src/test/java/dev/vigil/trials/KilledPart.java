package dev.vigil.trials;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/** A process that is killed again and again, and when it was back. Owned by the trial's thread. */
final class KilledPart {
    private final String kind;
    private final Runnable killAndLaunch;
    private final BooleanSupplier isBack;
    private final List<Long> recoveries = new ArrayList<>();
    private long killedAt;
    private int kills;
    private boolean down;
    private long progressWhenBack;

    /**
     * Of one that runs.
     *
     * @param killAndLaunch SIGKILL, and it is started again; how long that takes is a part of how
     *     long it is away
     * @param isBack whether it does its work again since then
     */
    KilledPart(String kind, Runnable killAndLaunch, BooleanSupplier isBack) {
        this.kind = kind;
        this.killAndLaunch = killAndLaunch;
        this.isBack = isBack;
    }

    void kill() {
        long now = System.nanoTime();
        killAndLaunch.run();
        kills++;
        if (!down) {
            killedAt = now;
        }
        down = true;
    }

    /**
     * Looks whether it is back. {@code progress}: records that have arrived at the end until now.
     */
    void look(long progress) {
        if (down && isBack.getAsBoolean()) {
            down = false;
            progressWhenBack = progress;
            recoveries.add(System.nanoTime() - killedAt);
        }
    }

    /** It is back, and something has arrived since: killed at once it would never do anything. */
    boolean isRipe(long progress) {
        return !down && progress > progressWhenBack;
    }

    boolean isDown() {
        return down;
    }

    String kind() {
        return kind;
    }

    int kills() {
        return kills;
    }

    /** Nanoseconds from each kill until it was back. */
    LongStream recoveries() {
        return recoveries.stream().mapToLong(Long::longValue);
    }
}
