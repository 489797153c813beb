package dev.vigil.policy.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files of the command line, with failures that name them. Stateless. */
final class Disk {
    private static final long BYTES_MAX = 64L << 20;

    private Disk() {}

    static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > BYTES_MAX) {
                throw ToolFailure.usage(
                        "%s has %d bytes, allowed are %d".formatted(file, size, BYTES_MAX));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be read: %s".formatted(file, e));
        }
    }

    static String text(Path file) {
        return new String(read(file), StandardCharsets.UTF_8);
    }

    static void write(Path file, byte[] bytes) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.write(file, bytes);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be written: %s".formatted(file, e));
        }
    }

    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file only its owner can read, that was not there before. */
    static void writeSecret(Path file, String text) {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be made: %s".formatted(file, e));
        }
    }

    /** {@code light.wasm} and {@code .sig.json} give {@code light.sig.json}. */
    static Path withSuffix(Path module, String suffix) {
        String name = String.valueOf(module.getFileName());
        return module.resolveSibling(name.replaceFirst("\\.wasm$", "") + suffix);
    }
}
