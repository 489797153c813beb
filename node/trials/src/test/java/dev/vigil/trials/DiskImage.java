package dev.vigil.trials;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An ext4 file system in a file, made and read with e2fsprogs: neither needs root. Immutable. */
record DiskImage(Path file) {
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final String PACKAGE = "e2fsprogs";

    static DiskImage create(Path file, long bytes) {
        try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("can't make " + file, e);
        }
        tool(
                0,
                "/sbin/mkfs.ext4",
                "-q",
                "-F",
                "-J",
                "size=4",
                "-E",
                "lazy_itable_init=0,lazy_journal_init=0",
                file.toString());
        return new DiskImage(file);
    }

    DiskImage copyTo(Path copy) {
        tool(0, "cp", "--sparse=always", file.toString(), copy.toString());
        return new DiskImage(copy);
    }

    /** Does what mounting does after a power cut: finishes what the file system's log says. */
    void replayLog() {
        tool(1, "/sbin/e2fsck", "-E", "journal_only", "-p", file.toString());
    }

    /** Copies a folder and what is in it into a fresh folder of this machine. */
    void extract(String folder, Path into) {
        try {
            Workplace.deleteTree(into);
            Files.createDirectories(into);
        } catch (IOException e) {
            throw new UncheckedIOException("can't make " + into, e);
        }
        tool(0, "/sbin/debugfs", "-R", "rdump %s %s".formatted(folder, into), file.toString());
    }

    private static void tool(int codeMax, String... command) {
        Tool.Ended ended = Tool.run(BOUND, PACKAGE, "", List.of(command));
        if (ended.code() > codeMax) {
            throw new TrialFailure(
                    "%s ended with %d: %s"
                            .formatted(List.of(command), ended.code(), ended.output()));
        }
    }
}
