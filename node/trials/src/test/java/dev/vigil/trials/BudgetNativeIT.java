package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the executable may cost. The figures are printed beside the goals; what is asserted leaves
 * an eighth above the goals for memory, because how much garbage a node still holds depends on when
 * its last collection was (62 to 63 MB idle, 85 to 97 MB with a backlog were seen), and is the CPU
 * time of a start, because the wall clock tells how busy the machine is, too. MB of memory are MiB.
 */
class BudgetNativeIT {
    private static final long SIZE_BYTES_MAX = 80_000_000;
    private static final long ARMED_CPU_MILLIS_MAX = 300;
    private static final long IDLE_KIB_MAX = 72 * 1024;
    private static final long BACKLOG_KIB_MAX = 112 * 1024;

    private final List<String> command = NodeProcess.nodeCommand();

    @Test
    void itsSizeIsAtMost80Megabytes() throws Exception {
        long size = Files.size(Path.of(command.getFirst()));

        print("size %.1f MB".formatted(size / 1e6));
        assertTrue(size <= SIZE_BYTES_MAX, () -> size + " bytes");
    }

    @Test
    void itIsArmedAfterLittleWork() throws Exception {
        List<Long> wall = new ArrayList<>();
        List<Long> cpu = new ArrayList<>();
        try (Started started = new Started()) {
            for (int i = 0; i < 9; i++) {
                Workplace place = Workplace.fresh("budget-start-" + i);
                TrialSite site = BenchRun.plan(true).write(place);
                NodeStart start =
                        NodeStart.of(
                                () ->
                                        started.node(
                                                () ->
                                                        NodeProcess.start(
                                                                site.file(),
                                                                site.pagePort(),
                                                                place.file("node.log"))),
                                InstantSource.system());
                wall.add(start.untilArmed().toMillis());
                cpu.add(start.cpu().toMillis());
                start.node().close();
            }
        }
        print(
                "armed after %d ms (goal 150 ms; all: %s), CPU time until then %d ms"
                        .formatted(ComparisonRun.median(wall), wall, ComparisonRun.median(cpu)));
        assertTrue(ComparisonRun.median(cpu) <= ARMED_CPU_MILLIS_MAX, () -> "CPU ms " + cpu);
    }

    @Test
    void itsMemoryIsBoundedIdleAndWithAMillionReadingsWaiting() throws Exception {
        try (Started started = new Started()) {
            ComparisonRun run =
                    new ComparisonRun(
                            Workplace.fresh("budget"),
                            "native",
                            command,
                            started,
                            PROGRESS,
                            InstantSource.system());
            Footprint idle = run.idle();
            ComparisonRun.Backlog backlog = run.backlog();

            print("resident idle (goal 64 MB) " + text(idle));
            print(
                    "resident after taking in 1,000,000 readings that wait on disk, 10 policies (goal 96 MB): "
                            + text(backlog.after()));
            print(
                    "resident, started anew on them: "
                            + text(backlog.anew())
                            + ", armed after "
                            + backlog.armed().toMillis()
                            + " ms");
            assertTrue(idle.resident() <= IDLE_KIB_MAX, idle::toString);
            assertTrue(backlog.after().resident() <= BACKLOG_KIB_MAX, backlog::toString);
            assertTrue(backlog.anew().resident() <= BACKLOG_KIB_MAX, backlog::toString);
        }
    }

    private static String text(Footprint footprint) {
        return "%s (anonymous %s, peak %s)"
                .formatted(
                        Footprint.mib(footprint.resident()),
                        Footprint.mib(footprint.anonymous()),
                        Footprint.mib(footprint.peak()));
    }

    // CHECKSTYLE OFF: the figures are what this test is for
    private static final java.io.PrintStream PROGRESS = System.out;

    private static void print(String figure) {
        System.out.println("BudgetNativeIT: " + figure);
    }
    // CHECKSTYLE ON
}
