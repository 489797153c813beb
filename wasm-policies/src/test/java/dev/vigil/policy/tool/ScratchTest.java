package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScratchTest {
    @Test
    void itIsGoneWithItsFilesAlsoAfterAFailure() {
        List<Path> folders = new ArrayList<>();

        assertThrows(
                ToolFailure.class,
                () -> {
                    try (Scratch scratch = Scratch.of("vigil-scratch-test")) {
                        folders.add(scratch.folder());
                        Disk.write(scratch.file("one"), "1");
                        Disk.write(scratch.file("two"), "2");
                        assertTrue(Files.exists(scratch.file("two")));
                        throw ToolFailure.broken("it broke");
                    }
                });

        assertFalse(Files.exists(folders.getFirst()));
    }
}
