package dev.vigil.policy.tool;

import dev.vigil.policy.trust.Keys;
import dev.vigil.policy.trust.Role;
import dev.vigil.policy.trust.TrustDocument;
import dev.vigil.policy.trust.TrustFault;
import dev.vigil.policy.trust.TrustStore;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code trust}: the folder that tells a node whose signatures count. Stateless. */
final class TrustCommand {
    private TrustCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments =
                Arguments.of(
                        words,
                        Set.of(
                                "--site",
                                "--root",
                                "--operator",
                                "--author",
                                "--revoke",
                                "--serial"),
                        Set.of("--author-required"));
        Path folder = Path.of(arguments.name("folder"));
        String site = arguments.need("--site");
        KeyPair root = KeyFiles.pair(Path.of(arguments.need("--root")));
        List<TrustStore.TrustedKey> keys = new ArrayList<>();
        keys.addAll(keys(arguments, "--operator", Role.OPERATOR));
        keys.addAll(keys(arguments, "--author", Role.AUTHOR));
        if (keys.stream().noneMatch(key -> key.role() == Role.OPERATOR)) {
            throw ToolFailure.usage(
                    "option --operator is missing: nothing is installed that no operator signed");
        }
        Map<String, String> revoked = new LinkedHashMap<>();
        for (String word : arguments.all("--revoke")) {
            String[] parts = parts("--revoke", word);
            revoked.put(parts[0], parts[1]);
        }
        Instant now = CommandTime.second();
        long serial = CommandTime.serial(arguments, now);
        boolean authorRequired = arguments.has("--author-required");
        Disk.write(folder.resolve(TrustStore.ROOT_FILE), Keys.pem(root.getPublic()));
        Disk.write(
                folder.resolve(TrustStore.KEYS_FILE),
                TrustDocument.keys(site, serial, now, authorRequired, keys, root));
        Disk.write(
                folder.resolve(TrustStore.REVOKED_FILE),
                TrustDocument.revoked(site, serial, now, revoked, root));
        try {
            TrustStore.load(folder);
        } catch (TrustFault e) {
            throw ToolFailure.usage(String.valueOf(e.getMessage()));
        }
        io.out()
                .println(
                        "%s: what the nodes of '%s' trust, serial %d"
                                .formatted(folder, site, serial));
        keys.forEach(
                key ->
                        io.out()
                                .println(
                                        "  %s %s ('%s')"
                                                .formatted(key.role(), key.id(), key.name())));
        revoked.forEach((id, reason) -> io.out().println("  revoked %s: %s".formatted(id, reason)));
        return 0;
    }

    private static List<TrustStore.TrustedKey> keys(Arguments arguments, String option, Role role) {
        return arguments.all(option).stream()
                .map(word -> parts(option, word))
                .map(
                        parts ->
                                TrustDocument.key(
                                        role, parts[0], KeyFiles.publicKey(Path.of(parts[1]))))
                .toList();
    }

    private static String[] parts(String option, String word) {
        String[] parts = word.split("=", 2);
        if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw ToolFailure.usage(
                    "%s is '%s', it is two words with a = between them".formatted(option, word));
        }
        return parts;
    }
}
