package dev.vigil.trials;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A file system of its own (tmpfs) for a test that fills it or can't write to it. Owned by the test
 * that mounts it, which unmounts it. Mounting needs root, which is what CI runs as; without it the
 * test fails and says so.
 */
record SmallDisk(Path folder) implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(20);

    /**
     * Mounts one.
     *
     * @param options of mount(8): {@code size=8m}, {@code ro}
     */
    static SmallDisk mount(Path folder, String options) {
        run(List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString()));
        return new SmallDisk(folder);
    }

    void resize(String options) {
        run(List.of("mount", "-o", "remount," + options, folder.toString()));
    }

    @Override
    public void close() {
        run(List.of("umount", "--lazy", folder.toString()));
    }

    private static void run(List<String> command) {
        Tool.asRoot(BOUND, "mount", "mounts a small disk", command);
    }
}
