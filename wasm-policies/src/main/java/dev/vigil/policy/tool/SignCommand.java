package dev.vigil.policy.tool;

import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.Statement;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/** {@code sign}: the signature file beside a module. Stateless. */
final class SignCommand {
    private static final int VALID_DAYS = 365;

    private SignCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments =
                Arguments.of(
                        words,
                        Set.of("--key", "--counter", "--from", "--until", "-o"),
                        Set.of("--add"));
        Path module = Path.of(arguments.name("module"));
        Path file = arguments.one("-o").map(Path::of).orElse(Disk.withSuffix(module, ".sig.json"));
        KeyPair key = KeyFiles.pair(Path.of(arguments.need("--key")));
        byte[] wasm = Disk.read(module);
        ModuleCheck.check(module);
        byte[] signature =
                arguments.has("--add")
                        ? add(wasm, file, key)
                        : signature(arguments, module, wasm, key);
        Disk.write(file, signature);
        Statement statement = Bundle.statement(signature);
        io.out()
                .println(
                        "%s: %s %s, counter %d, can be installed from %s to %s"
                                .formatted(
                                        file,
                                        statement.policy(),
                                        statement.version(),
                                        statement.counter(),
                                        statement.notBefore(),
                                        statement.expires()));
        return 0;
    }

    private static byte[] signature(Arguments arguments, Path module, byte[] wasm, KeyPair key) {
        Instant now = CommandTime.second();
        Instant from =
                arguments.one("--from").map(t -> CommandTime.instant("--from", t)).orElse(now);
        Instant until =
                arguments
                        .one("--until")
                        .map(t -> CommandTime.instant("--until", t))
                        .orElse(from.plus(VALID_DAYS, ChronoUnit.DAYS));
        long counter = CommandTime.whole("--counter", arguments.need("--counter"));
        try {
            return Bundle.sign(wasm, counter, from, until, key);
        } catch (IllegalArgumentException e) {
            throw ToolFailure.broken("%s: %s".formatted(module, e.getMessage()));
        }
    }

    private static byte[] add(byte[] wasm, Path file, KeyPair key) {
        try {
            return Bundle.countersign(wasm, Disk.read(file), key);
        } catch (IllegalArgumentException e) {
            throw ToolFailure.broken("%s: %s".formatted(file, e.getMessage()));
        }
    }
}
