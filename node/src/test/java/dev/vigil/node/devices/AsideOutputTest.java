package dev.vigil.node.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.OutputFault;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsideOutputTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final long BOUND_SECONDS = 30;

    private final AtomicLong nanos = new AtomicLong();
    private final Hanging hanging = new Hanging();

    @Test
    void whatHangsHoldsUpNobodyIsAFaultAndHearsTheLatestWordWhenItIsBack() throws Exception {
        AsideOutput output = AsideOutput.start(hanging, Clock.systemUTC(), nanos::get);
        assertTrue(hanging.entered.await(BOUND_SECONDS, TimeUnit.SECONDS));
        output.set(true, T0, "alarm");
        output.set(false, T0, "over");
        output.set(true, T0, "again");
        output.prepare();

        nanos.addAndGet(AsideOutput.HANGS_AFTER.toNanos() + 1);
        OutputFault fault = assertThrows(OutputFault.class, output::prepare);
        assertTrue(String.valueOf(fault.getMessage()).contains("output horn hangs"));

        hanging.released.countDown();
        assertEquals("READY ", hanging.kept.poll(BOUND_SECONDS, TimeUnit.SECONDS));
        assertEquals("ON again", hanging.kept.poll(BOUND_SECONDS, TimeUnit.SECONDS));
        output.set(false, T0, "the node stops");
        output.close();
        assertTrue(hanging.kept.contains("OFF the node stops"), hanging.kept.toString());
        assertEquals(1, hanging.closed);
    }

    @Test
    void aProgramThatIsNotThereIsAFaultBeforeItIsNeededAndWhenItIs(@TempDir Path directory) {
        Player player =
                new Player(
                        "voice",
                        new SiteConfig.Actuator.Play(List.of("./no-player", "x.wav"), directory),
                        nanos::get);
        OutputFault before =
                assertThrows(OutputFault.class, () -> player.keep(SlowOutput.Wanted.READY, ""));
        assertEquals("output voice: no program './no-player'", before.getMessage());
        OutputFault then =
                assertThrows(OutputFault.class, () -> player.keep(SlowOutput.Wanted.ON, "alarm"));
        assertTrue(
                String.valueOf(then.getMessage())
                        .startsWith("output voice: './no-player x.wav' can't be started: "),
                then.getMessage());
        player.close();
    }

    /** Waits in its first turn until it is released. */
    private static final class Hanging implements SlowOutput {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);
        final BlockingQueue<String> kept = new LinkedBlockingQueue<>();
        private String last = "";
        int closed;

        @Override
        public String id() {
            return "horn";
        }

        @Override
        public void keep(Wanted wanted, String why) throws OutputFault {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new OutputFault("interrupted", e);
            }
            String now = wanted + " " + why;
            if (!now.equals(last)) {
                last = now;
                kept.add(now);
            }
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
