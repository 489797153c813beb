package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is simulated: the machine, and its GPIO lines. The kernel is Debian's for arm64, the node
 * the executable for a Raspberry Pi. Skipped, with the reason, where QEMU or that executable isn't.
 */
class BurstsNightlyIT {
    /** More than the guest takes at most (run.sh), which ends by itself. */
    private static final Duration BOUND = Duration.ofMinutes(25);

    private static final Path GUEST =
            Workplace.repositoryRoot().resolve("device-images/arm64").toAbsolutePath();
    private static final Path EXECUTABLE =
            Workplace.repositoryRoot().resolve("native-build/target/vigil-node-linux-arm64");

    @BeforeAll
    static void everythingIsHere() {
        assumeTrue(
                Files.isExecutable(EXECUTABLE),
                EXECUTABLE + " is not there: ./vigil native --target linux-arm64 builds it");
        Tool.Ended parts = run(List.of(GUEST.resolve("build-guest.sh").toString()));
        assumeFalse(parts.output().contains("missing: "), parts.output());
        assertEquals(0, parts.code(), parts.output());
    }

    @Test
    void contactsBounceAndLinesBurstAndEachEdgeIsToldOrCounted() {
        Tool.Ended ended = run(trial(GUEST.resolve("bursts.sh")));
        ended.assertDone(
                List.of(
                        "a call point that bounces, 30 times: each time the siren sounded once",
                        "10000 pulses in",
                        "100 alarms, 0 lost",
                        "100 alarms amidst bursts, 0 lost",
                        "a contact in a burst of 20002 edges",
                        "the journal has 230 alarms, each once, and no other"));
    }

    /** The trial itself is tried: it must see what a missing debounce does. */
    @Test
    void aNodeThatDoesNotDebounceIsFoundOut() throws IOException {
        String script =
                Files.readString(GUEST.resolve("bursts.sh"))
                        .replace("debounce: 20ms", "debounce: 0s")
                        .replace("presses=100", "presses=10")
                        .replace("bounced_alarms=30", "bounced_alarms=2")
                        .replace("\nalarms=100", "\nalarms=2");
        Path changed = Workplace.fresh("bursts").file("undebounced.sh");
        Tool.Ended ended = run(trial(Files.writeString(changed, script, StandardCharsets.UTF_8)));
        assertEquals(1, ended.code(), ended.output());
        String why = "FAILED: a door that bounces, debounced: events in the journal";
        assertTrue(ended.output().contains(why), ended.output());
    }

    private static List<String> trial(Path script) {
        return List.of(
                GUEST.resolve("run.sh").toString(), EXECUTABLE.toString(), script.toString());
    }

    private static Tool.Ended run(List<String> command) {
        return Tool.run(BOUND, "", "", command);
    }
}
