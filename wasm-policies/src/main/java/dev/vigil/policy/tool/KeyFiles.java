package dev.vigil.policy.tool;

import dev.vigil.policy.trust.Keys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;

/** Keys as {@code keygen} writes them. Stateless. */
final class KeyFiles {
    private KeyFiles() {}

    /** Both halves: {@code NAME.pem} and, beside it, {@code NAME.pub.pem}. */
    static KeyPair pair(Path secret) {
        if (!secret.toString().endsWith(".pem")) {
            throw ToolFailure.usage("%s: a key's file ends with .pem".formatted(secret));
        }
        String name = secret.toString().replaceFirst("\\.pem$", ".pub.pem");
        try {
            return new KeyPair(
                    publicKey(Path.of(name)),
                    Keys.privateKey(new String(Disk.read(secret), StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            throw ToolFailure.usage("%s: %s".formatted(secret, e.getMessage()));
        }
    }

    static PublicKey publicKey(Path file) {
        try {
            return Keys.publicKey(new String(Disk.read(file), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw ToolFailure.usage("%s: %s".formatted(file, e.getMessage()));
        }
    }
}
