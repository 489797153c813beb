package dev.vigil.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a figure was measured on. Immutable. */
record Machine(
        String processor,
        int cores,
        String kernel,
        String java,
        String commit,
        String disk,
        String load) {
    static Machine here(Path root, Path data) {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor")
                        + " "
                        + System.getProperty("java.runtime.version"),
                firstLine(root, List.of("git", "describe", "--always", "--dirty")),
                fileSystem(data),
                loadAverage());
    }

    String sentence() {
        return "%s, %d cores, %s, journal on %s; %s; commit %s; load average of the minute before %s"
                .formatted(processor, cores, kernel, disk, java, commit, load);
    }

    private static String processorName() {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        try {
            return Files.readAllLines(cpuinfo, StandardCharsets.UTF_8).stream()
                    .filter(line -> line.startsWith("model name") || line.startsWith("Model"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** Who else was using the machine: a figure from a busy one is worth less. */
    private static String loadAverage() {
        try {
            String line = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.UTF_8);
            return line.substring(0, line.indexOf(' '));
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String fileSystem(Path data) {
        try {
            return Files.getFileStore(data).type();
        } catch (IOException e) {
            return "an unknown file system";
        }
    }

    private static String firstLine(Path folder, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start();
            String line = process.inputReader(StandardCharsets.UTF_8).readLine();
            boolean ended = process.waitFor(5, TimeUnit.SECONDS);
            return line == null || !ended || process.exitValue() != 0 ? "unknown" : line;
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
