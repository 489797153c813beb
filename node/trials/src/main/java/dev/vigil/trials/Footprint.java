package dev.vigil.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of a process at one moment, in KiB as Linux counts it. Immutable.
 *
 * @param resident all of it that is in memory
 * @param anonymous what the kernel can't drop: heap, stacks, changed pages
 * @param peak the most that was ever resident
 */
record Footprint(long resident, long anonymous, long peak) {
    static Footprint of(NodeProcess node) throws IOException {
        return parse(
                Files.readString(
                        Path.of("/proc", Long.toString(node.pid()), "status"),
                        StandardCharsets.US_ASCII));
    }

    static Footprint parse(String status) {
        return new Footprint(kib(status, "VmRSS:"), kib(status, "RssAnon:"), kib(status, "VmHWM:"));
    }

    private static long kib(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new TrialFailure("no %s in %s".formatted(name, status)));
    }

    static String mib(long kib) {
        return kib / 1024 + " MB";
    }
}
