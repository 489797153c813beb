package dev.vigil.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGNING.md does what it says: its commands print what is printed there, keys and times apart. */
final class SigningPageIT {
    private static final String PROMPT = "$ ./vigil policy ";
    private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
    private static final Pattern STEP = Pattern.compile("^(?=\\$ )", Pattern.MULTILINE);
    private static final Pattern HASH = Pattern.compile("\\b([0-9a-f]{64}|[0-9a-f]{32})\\b");
    private static final Path SAMPLE = Path.of("sdk", "samples", "light");

    @TempDir Path folder;

    /** Keys and hashes of the page, and those of this run, in the order they are first seen. */
    private final List<String> theirs = new ArrayList<>();

    private final List<String> ours = new ArrayList<>();

    @Test
    void everyCommandOnThePageDoesWhatThePageSays() throws Exception {
        String page = Files.readString(Path.of("SIGNING.md"));
        prepare(page);
        int commands = 0;
        Matcher blocks = BLOCK.matcher(page);
        while (blocks.find()) {
            for (String step : STEP.split(blocks.group(1), -1)) {
                if (!step.isBlank()) {
                    step(step.strip());
                    commands++;
                }
            }
        }
        assertTrue(commands >= 13, commands + " commands on the page");
    }

    private void prepare(String page) throws IOException {
        Files.copy(SAMPLE.resolve("light-c.wasm"), folder.resolve("light.wasm"));
        Files.writeString(
                folder.resolve("other.json"),
                Files.readString(SAMPLE.resolve("manifest.json"))
                        .replaceFirst("\"version\" *: *\"[^\"]+\"", "\"version\":\"9.9.9\""));
        Matcher grants = JSON.matcher(page);
        assertTrue(grants.find(), "the page has no grants");
        Files.writeString(folder.resolve("grants.json"), grants.group(1));
    }

    private void step(String step) throws IOException, InterruptedException {
        assertTrue(step.startsWith(PROMPT), step);
        List<String> lines = step.lines().toList();
        String command = lines.getFirst().substring(PROMPT.length());
        if (command.startsWith("pack ")) {
            // What the page calls signed.wasm later is what was signed before this.
            Files.copy(folder.resolve("light.wasm"), folder.resolve("signed.wasm"));
            Files.copy(folder.resolve("light.sig.json"), folder.resolve("signed.sig.json"));
        }
        String said = run(ourNames(command));
        assertEquals(
                masked(String.join("\n", lines.subList(1, lines.size())), theirs),
                masked(said.strip(), ours),
                command);
    }

    private List<String> ourNames(String command) {
        String words = command;
        for (int i = 0; i < theirs.size(); i++) {
            words = words.replace(theirs.get(i), ours.get(i));
        }
        return List.of(words.split(" ", -1));
    }

    private static String masked(String text, List<String> seen) {
        Matcher hashes = HASH.matcher(text);
        String named =
                hashes.replaceAll(
                        found -> {
                            if (!seen.contains(found.group())) {
                                seen.add(found.group());
                            }
                            return "hash-" + seen.indexOf(found.group());
                        });
        return named.replaceAll("serial [0-9]+", "serial N").replaceAll("[0-9]+ bytes", "N bytes");
    }

    private String run(List<String> words) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                absolute(System.getProperty("java.class.path")),
                                PolicyTool.class.getName()));
        command.addAll(words);
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), words + " does not end");
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String absolute(String classPath) {
        return String.join(
                ":",
                Stream.of(classPath.split(":", -1))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }
}
