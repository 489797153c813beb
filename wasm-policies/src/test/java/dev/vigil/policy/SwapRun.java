package dev.vigil.policy;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link HotSwapMetaspaceIT} runs in a process of its own: 300 swaps of a compiled policy. */
final class SwapRun {
    static final int METASPACE_MIB = 36;
    private static final SensorChannel HALL = Rooms.channel("hall", Quantity.TEMPERATURE);
    private static final int MEASURED = 20;

    private SwapRun() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Files.createTempFile("vigil-swap", ".wasm");
        Files.write(file, ModuleSource.read("heat"));
        PolicySpec spec = new PolicySpec("heat", file.toString(), List.of(HALL), Map.of());
        long kept = keptKib(spec);
        try (PolicySet set = PolicySet.load(List.of(spec), Engine.RUNTIME_COMPILED)) {
            swap(set, spec, 0, 100);
            long before = heap();
            swap(set, spec, 100, 300);
            print("heap_grown", heap() - before);
            print("swaps", set.states().getFirst().readings());
        }
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        print("unloaded", classes.getUnloadedClassCount());
        print("kept_kib", kept);
        Files.delete(file);
    }

    /** KiB of metaspace that one version takes as long as it is used. */
    private static long keptKib(PolicySpec spec) {
        PolicyCandidate.load(spec, Engine.RUNTIME_COMPILED).close();
        List<PolicyCandidate> kept = new ArrayList<>();
        long before = metaspace();
        for (int i = 0; i < MEASURED; i++) {
            kept.add(PolicyCandidate.load(spec, Engine.RUNTIME_COMPILED));
        }
        long bytes = metaspace() - before;
        kept.forEach(PolicyCandidate::close);
        return bytes / MEASURED / 1024;
    }

    private static void swap(PolicySet set, PolicySpec spec, int from, int to) {
        for (int swap = from; swap < to; swap++) {
            set.evaluate(Rooms.batch(List.of(Rooms.reading(HALL, swap, 20))));
            try (var candidate = PolicyCandidate.load(spec, Engine.RUNTIME_COMPILED)) {
                set.swap(candidate);
            }
        }
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(SwapRun::used)
                .sum();
    }

    private static long used(MemoryPoolMXBean pool) {
        return pool.getUsage().getUsed();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void print(String name, long value) {
        // CHECKSTYLE OFF: a command line prints
        System.out.println(name + "=" + value);
        // CHECKSTYLE ON
    }
}
