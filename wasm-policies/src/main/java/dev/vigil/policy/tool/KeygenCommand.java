package dev.vigil.policy.tool;

import dev.vigil.policy.trust.Keys;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Set;

/** {@code keygen}: a new key. Stateless. */
final class KeygenCommand {
    private KeygenCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of(), Set.of());
        String file = arguments.name("file");
        KeyPair pair = Keys.generate();
        Path secret = Path.of(file + ".pem");
        Path open = Path.of(file + ".pub.pem");
        Disk.writeSecret(secret, Keys.pem(pair.getPrivate()));
        Disk.write(open, Keys.pem(pair.getPublic()));
        io.out()
                .println(
                        "key %s: %s is private and stays with its owner, %s is for everybody"
                                .formatted(Keys.id(pair.getPublic()), secret, open));
        return 0;
    }
}
