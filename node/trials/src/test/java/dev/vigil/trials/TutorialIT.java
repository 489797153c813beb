package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * wasm-policies/TUTORIAL.md as its reader would follow it: every shell block, in order, in one
 * shell; what the page shows as printed was printed.
 */
class TutorialIT {
    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final Path ROOT = Workplace.repositoryRoot();
    private static final Pattern BLOCK = Pattern.compile("```(sh|text)\n(.*?)```", Pattern.DOTALL);
    private static final String MARK = "=== block ";

    @Test
    void whatTheTutorialSaysHappens() throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/rustc"))
                        && Files.isDirectory(Path.of("/usr/lib/rustlib/wasm32-unknown-unknown")),
                "the tutorial needs: apt-get install rustc libstd-rust-dev-wasm32 lld-14");
        Path folder = Workplace.fresh("tutorial").folder();
        like(folder);
        List<Integer> ports = Workplace.freePorts(2);
        String text =
                Files.readString(ROOT.resolve("wasm-policies/TUTORIAL.md"))
                        .replace("port: 8080", "port: " + ports.get(0))
                        .replace("127.0.0.1:8080", "127.0.0.1:" + ports.get(0))
                        .replace("port: 1883", "port: " + ports.get(1))
                        .replace("-p 1883", "-p " + ports.get(1))
                        // Commands that talk to the node, which has another port than the usual one
                        // here.
                        .replaceAll(
                                "\\./vigil policy (install|shadow|list|arm)\\b",
                                "$0 --page http://127.0.0.1:" + ports.get(0));
        StringBuilder script = new StringBuilder("set -e\n");
        // When a command fails, the node that was started is ended, by its id.
        script.append("trap 'test -z \"$node\" || kill $node 2> /dev/null || true' EXIT\n");
        List<List<String>> shown = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(text); block.find(); ) {
            if (block.group(1).equals("sh")) {
                script.append("echo '").append(MARK).append(shown.size()).append("'\n");
                script.append(block.group(2));
                shown.add(List.of());
            } else {
                shown.set(shown.size() - 1, block.group(2).lines().toList());
            }
        }
        Path session = Files.writeString(folder.resolve("session.sh"), script);

        Tool.Ended ended =
                Tool.run(
                        BOUND,
                        "",
                        "",
                        List.of(
                                "sh",
                                "-c",
                                "cd '%s' && exec timeout -k 10 240 sh '%s'"
                                        .formatted(folder, session)));

        assertEquals(0, ended.code(), ended.output());
        String[] printed = ended.output().split(MARK, -1);
        assertEquals(shown.size() + 1, printed.length, ended.output());
        assertTrue(shown.size() >= 8, "the tutorial has blocks: " + shown.size());
        for (int block = 0; block < shown.size(); block++) {
            for (String line : shown.get(block)) {
                Pattern pattern =
                        Pattern.compile(
                                "^" + Pattern.quote(line).replace("...", "\\E.*\\Q") + "$",
                                Pattern.MULTILINE);
                assertTrue(
                        pattern.matcher(printed[block + 1]).find(),
                        "'%s' is shown, printed was:%n%s".formatted(line, printed[block + 1]));
            }
        }
    }

    /** The folder looks like the repository's root; what is built is not built again. */
    private static void like(Path folder) throws IOException {
        String script =
                Files.readString(ROOT.resolve("vigil"))
                        .replaceFirst("(?m)^root=.*$", "root=" + ROOT)
                        .replaceAll("(?m)^ +build$", "");
        Path vigil = Files.writeString(folder.resolve("vigil"), script);
        assertTrue(vigil.toFile().setExecutable(true));
        Files.createSymbolicLink(folder.resolve("sensor-drivers"), ROOT.resolve("sensor-drivers"));
    }
}
