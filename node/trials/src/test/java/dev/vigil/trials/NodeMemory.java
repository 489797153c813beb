package dev.vigil.trials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node's process holds: its memory as Linux counts it, its threads, and what a JVM has in
 * its heap. Immutable: one moment's picture.
 *
 * @param process after the full collection, when there was one
 * @param threads of the process
 * @param live what a JVM found in use in a full collection; nothing in a native executable, which
 *     nobody can ask
 */
record NodeMemory(Footprint process, long threads, Live live) {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final double MEBIBYTE = 1 << 20;

    /**
     * @param bytes of all objects
     * @param policies instances of policies
     * @param classes that are loaded
     */
    record Live(long bytes, long policies, long classes) {
        static final Live UNKNOWN = new Live(-1, -1, -1);
    }

    /**
     * Makes a JVM collect everything.
     *
     * @param file where what it says goes
     */
    static NodeMemory of(NodeProcess node, Path file) throws IOException {
        Path folder = Path.of("/proc/" + node.pid());
        boolean java =
                Files.readSymbolicLink(folder.resolve("exe")).endsWith(Path.of("bin", "java"));
        Live live = java ? live(node, file) : Live.UNKNOWN;
        String status = Files.readString(folder.resolve("status"));
        return new NodeMemory(Footprint.parse(status), number(status, "Threads:\\s+(\\d+)"), live);
    }

    private static Live live(NodeProcess node, Path file) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String script = "'%s' %d GC.class_histogram > '%s'".formatted(jcmd, node.pid(), file);
        Tool.run(BOUND, "dash", "", List.of("sh", "-c", script));
        String histogram = Files.readString(file);
        return new Live(
                number(histogram, "(?m)^Total +\\d+ +(\\d+)"),
                number(
                        histogram,
                        "(?m)^ *\\d+: +(\\d+) +\\d+ +dev\\.vigil\\.policy\\.WasmPolicy\\b(?!\\$)"),
                (long) NodeMetrics.of(node).sum("jvm_classes_loaded_classes", ""));
    }

    private static long number(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("'%s' is not in %s".formatted(pattern, text));
        }
        return Long.parseLong(matcher.group(1));
    }

    @Override
    public String toString() {
        String resident =
                "%s resident, %d threads".formatted(Footprint.mib(process.resident()), threads);
        return live.equals(Live.UNKNOWN)
                ? resident
                : String.format(
                        Locale.ROOT,
                        "%s, after a full collection %.1f MB live, %d instances of policies, %d classes",
                        resident,
                        live.bytes() / MEBIBYTE,
                        live.policies(),
                        live.classes());
    }
}
