package dev.vigil.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * An ext4 file system of its own in a file, which the kernel can be made to find broken. Owned by
 * the test that mounts it, which unmounts it. Needs root and a loop device, as CI has them; without
 * them the test fails and says so.
 */
final class Ext4Disk implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Path image;
    private final Path folder;

    private Ext4Disk(Path image, Path folder) {
        this.image = image;
        this.folder = folder;
    }

    /** Makes one of so many megabytes and mounts it. */
    static Ext4Disk mount(Path image, Path folder, int megabytes) {
        run("truncate", "-s", megabytes + "M", image.toString());
        run("mke2fs", "-q", "-t", "ext4", image.toString());
        var disk = new Ext4Disk(image, folder);
        disk.mount();
        return disk;
    }

    /**
     * The kernel finds an error in it, and from now on it is read-only, for files that are open
     * too, as it is with {@code errors=remount-ro} on a card that dies.
     */
    void findError() throws IOException {
        String device =
                run("losetup", "--noheadings", "--output", "NAME", "-j", image.toString()).strip();
        Files.writeString(
                Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString())
                        .resolve("trigger_fs_error"),
                "1",
                StandardCharsets.US_ASCII,
                StandardOpenOption.WRITE);
    }

    /** As a restart of the machine does; nobody may use it. */
    void remount() {
        run("umount", folder.toString());
        mount();
    }

    private void mount() {
        run("mount", "-o", "loop,errors=remount-ro", image.toString(), folder.toString());
    }

    @Override
    public void close() {
        run("umount", "--lazy", folder.toString());
    }

    private static String run(String... command) {
        return Tool.asRoot(BOUND, "mount", "mounts a disk in a file", List.of(command));
    }
}
