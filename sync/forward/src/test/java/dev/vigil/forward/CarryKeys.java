package dev.vigil.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A node's keys for files that are carried by hand, as {@code ./vigil policy keygen} writes them.
 */
public final class CarryKeys {
    private CarryKeys() {}

    /** {@code NODE.pem} and {@code NODE.pub.pem}. */
    public static void make(Path folder, String node) {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            pem(folder.resolve(node + ".pem"), "PRIVATE KEY", pair.getPrivate().getEncoded());
            pem(folder.resolve(node + ".pub.pem"), "PUBLIC KEY", pair.getPublic().getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException("keys of " + node, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has Ed25519", e);
        }
    }

    private static void pem(Path file, String kind, byte[] der) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind));
    }
}
