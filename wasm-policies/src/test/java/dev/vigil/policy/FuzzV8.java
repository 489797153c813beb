package dev.vigil.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** V8 in a process of node that lives as long as this. Owned by the test's thread. */
final class FuzzV8 implements AutoCloseable {
    private final Process node;
    private final Writer in;
    private final BufferedReader out;

    static boolean installed() {
        return answers("node", "--version");
    }

    static boolean answers(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param folder for the script it runs
     */
    FuzzV8(Path folder) throws IOException {
        Path script = folder.resolve("v8.js");
        try (InputStream text =
                Objects.requireNonNull(FuzzV8.class.getResourceAsStream("/fuzz/v8.js"))) {
            Files.write(script, text.readAllBytes());
        }
        node =
                new ProcessBuilder("node", "--expose-gc", script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        in = node.outputWriter(StandardCharsets.ISO_8859_1);
        out = node.inputReader(StandardCharsets.ISO_8859_1);
    }

    List<String> trace(byte[] transparent, List<FuzzCall> calls, long fuel) {
        String request =
                calls.stream()
                        .map(FuzzCall::toString)
                        .collect(
                                Collectors.joining(
                                        " ",
                                        Base64.getEncoder().encodeToString(transparent)
                                                + " "
                                                + fuel
                                                + " ",
                                        "\n"));
        try {
            in.write(request);
            in.flush();
            List<String> trace = new ArrayList<>();
            for (String line = out.readLine(); !".".equals(line); line = out.readLine()) {
                if (line == null) {
                    throw new IOException("node ended in the middle of " + trace);
                }
                trace.add(line);
            }
            return trace;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        node.destroy();
    }
}
