package dev.vigil.policy.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A temporary folder of a command, without folders in it, that is gone when it is closed. */
record Scratch(Path folder) implements AutoCloseable {
    static Scratch of(String prefix) {
        try {
            return new Scratch(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw ToolFailure.usage("no temporary folder can be made: %s".formatted(e));
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be deleted: %s".formatted(folder, e));
        }
    }
}
