package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one command, before anything is built or found. */
class ScriptIT {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Path VIGIL = Workplace.repositoryRoot().resolve("vigil");

    @Test
    void withoutAJdkItSaysWhatToInstall(@TempDir Path empty) throws IOException {
        // The same script, looking for JDKs where there are none.
        String script = Files.readString(VIGIL).replace("/usr/lib/jvm", empty.toString());
        Path here = Files.writeString(empty.resolve("vigil"), script);

        Tool.Ended ended =
                Tool.run(BOUND, "", "", List.of("env", "-u", "JAVA_HOME", "sh", here + "", "demo"));

        assertEquals(1, ended.code());
        assertTrue(ended.output().contains("no JDK 25 or newer found"), ended.output());
        assertTrue(
                ended.output().contains("apt-get install openjdk-25-jdk-headless"), ended.output());
    }

    @Test
    void anUnknownCommandIsAnErrorThatListsTheCommands() {
        Tool.Ended ended = Tool.run(BOUND, "", "", List.of("sh", VIGIL.toString(), "dmeo"));

        assertEquals(1, ended.code());
        assertTrue(ended.output().contains("there is no command 'dmeo'"), ended.output());
        assertTrue(ended.output().contains("check site.yaml"), ended.output());
    }
}
