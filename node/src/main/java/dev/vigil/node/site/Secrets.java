package dev.vigil.node.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Passwords of a site.yaml; no message ever shows one. Stateless. */
final class Secrets {
    private static final int BYTES_MAX = 1_024;

    private Secrets() {}

    /** {@code password}, or the first line of {@code password-file}. */
    static Optional<String> password(YamlMap map, Path directory) {
        Optional<String> inline = map.text("password").map(YamlMap.Text::value);
        Optional<Path> file = Paths.resolved(map, "password-file", directory);
        if (inline.isPresent() && file.isPresent()) {
            map.mistake("password", "given beside 'password-file' - keep one of them");
        }
        if (inline.isPresent() && inline.get().isEmpty()) {
            map.mistake("password", "empty - a password has at least one character");
        }
        return inline.or(() -> file.flatMap(path -> fromFile(map, path)));
    }

    private static Optional<String> fromFile(YamlMap map, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(BYTES_MAX + 1), StandardCharsets.UTF_8);
            String password = text.lines().findFirst().orElse("");
            if (text.length() > BYTES_MAX || password.isEmpty()) {
                map.wrong(
                        "password-file",
                        file.toString(),
                        "its first line must be the password; at most 1024 bytes");
                return Optional.empty();
            }
            return Optional.of(password);
        } catch (IOException e) {
            map.wrong("password-file", file.toString(), "must be a file the node can read");
            return Optional.empty();
        }
    }
}
