package dev.vigil.policy.tool;

import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.Statement;
import dev.vigil.policy.trust.TrustFault;
import dev.vigil.policy.trust.TrustStore;
import dev.vigil.policy.trust.TrustTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code verify}: what a node would say to a module and its signature. Stateless. */
final class VerifyCommand {
    private VerifyCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of("--signature", "--trust"), Set.of());
        Path module = Path.of(arguments.name("module"));
        byte[] wasm = Disk.read(module);
        ModuleCheck.check(module);
        io.out().println("%s: keeps the rules of ABI v1, and a node loads it".formatted(module));
        if (!arguments.has("--trust")) {
            io.out()
                    .println(
                            "its signature was not looked at: name a node's keys with --trust FOLDER");
            return 0;
        }
        Path file =
                arguments
                        .one("--signature")
                        .map(Path::of)
                        .orElse(Disk.withSuffix(module, ".sig.json"));
        TrustStore trust = trust(Path.of(arguments.need("--trust")));
        TrustTime now = new TrustTime.Known(CommandTime.now());
        return switch (Bundle.verify(wasm, Disk.read(file), trust, now)) {
            case Bundle.Refused(Bundle.Reason reason, String message) ->
                    throw ToolFailure.broken("%s: %s: %s".formatted(file, reason, message));
            case Bundle.Verified verified -> {
                Statement statement = verified.statement();
                io.out()
                        .println(
                                "%s: %s %s, counter %d, signed by operator key %s of '%s': a node would install it"
                                        .formatted(
                                                file,
                                                statement.policy(),
                                                statement.version(),
                                                statement.counter(),
                                                verified.operator(),
                                                trust.site()));
                yield 0;
            }
        };
    }

    private static TrustStore trust(Path folder) {
        try {
            return TrustStore.load(folder);
        } catch (TrustFault e) {
            throw ToolFailure.usage(String.valueOf(e.getMessage()));
        }
    }
}
