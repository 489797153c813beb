package dev.vigil.node;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code vigil policy install FILE.wasm [--sig FILE] | list | shadow ID | arm ID [--unseen] |
 * rollback ID}, each with {@code --page URL}: tells the running node.
 */
final class PolicyCommand {
    private static final String USAGE =
            "usage: vigil policy install FILE.wasm [--sig FILE.sig.json] | list | shadow ID | arm ID [--unseen] | rollback ID"
                    + "   [--page http://127.0.0.1:8080]";
    private static final String SUFFIX = ".wasm";
    private static final long FILE_BYTES_MAX = 256 * 1024;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(70);
    private static final int MISUSE = 2;

    private PolicyCommand() {}

    static int run(List<String> given, PrintStream out, PrintStream err) {
        List<String> words = new ArrayList<>(given);
        String page = option(words, "--page").orElse(NodeRequest.PAGE);
        Optional<String> signature = option(words, "--sig");
        boolean unseen = words.remove("--unseen");
        String action = words.isEmpty() ? "" : words.getFirst();
        boolean right =
                switch (action) {
                    case "list" -> words.size() == 1;
                    case "install", "shadow", "arm", "rollback" -> words.size() == 2;
                    default -> false;
                };
        if (!right
                || (signature.isPresent() && !action.equals("install"))
                || (unseen && !action.equals("arm"))) {
            err.println(USAGE);
            return MISUSE;
        }
        try {
            return request(page, action, words, signature, unseen).send(ANSWER_MAX, 200, out, err);
        } catch (IllegalArgumentException e) {
            err.println("vigil: " + e.getMessage());
            return MISUSE;
        }
    }

    private static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 >= words.size()) {
            return Optional.empty();
        }
        words.remove(at);
        return Optional.of(words.remove(at));
    }

    private static NodeRequest request(
            String page,
            String action,
            List<String> words,
            Optional<String> signature,
            boolean unseen) {
        String path = "/api/policies";
        return switch (action) {
            case "list" -> NodeRequest.get(page, path);
            case "install" -> NodeRequest.post(page, path, bundle(words.get(1), signature));
            default ->
                    NodeRequest.post(
                            page,
                            "%s/%s/%s%s"
                                    .formatted(
                                            path,
                                            words.get(1),
                                            action,
                                            unseen ? "?unseen=true" : ""),
                            new byte[0]);
        };
    }

    /** Module and signature file as one body. */
    private static byte[] bundle(String wasm, Optional<String> signature) {
        String beside =
                wasm.endsWith(SUFFIX)
                        ? wasm.substring(0, wasm.length() - SUFFIX.length()) + ".sig.json"
                        : wasm + ".sig.json";
        byte[] module = read(wasm);
        byte[] signed = read(signature.orElse(beside));
        return ByteBuffer.allocate(Integer.BYTES + module.length + signed.length)
                .putInt(module.length)
                .put(module)
                .put(signed)
                .array();
    }

    private static byte[] read(String name) {
        try {
            Path file = Path.of(name);
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "%s has %d bytes, the most is %d"
                                .formatted(name, Files.size(file), FILE_BYTES_MAX));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("%s can't be read: %s".formatted(name, e), e);
        }
    }
}
