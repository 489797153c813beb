package dev.vigil.policy.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A site with keys of all roles, for tests. */
final class TrustSite {
    static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    static final Instant END = Instant.parse("2027-11-01T00:00:00Z");
    static final String NAME = "north-harbour";

    final KeyPair root = Keys.generate();
    final KeyPair operator = Keys.generate();
    final KeyPair successor = Keys.generate();
    final KeyPair author = Keys.generate();
    final KeyPair stranger = Keys.generate();
    private final TrustStore trust = trust(false, Map.of());

    TrustStore trust() {
        return trust;
    }

    TrustStore trust(boolean authorRequired, Map<String, String> revoked) {
        return TrustStore.of(
                Keys.pem(root.getPublic()), keys(1, authorRequired), revoked(1, revoked));
    }

    byte[] keys(long serial, boolean authorRequired) {
        return TrustDocument.keys(
                NAME,
                serial,
                BEGIN,
                authorRequired,
                List.of(
                        TrustDocument.key(Role.OPERATOR, "Anna", operator.getPublic()),
                        TrustDocument.key(Role.OPERATOR, "Carla", successor.getPublic()),
                        TrustDocument.key(Role.AUTHOR, "Bert", author.getPublic())),
                root);
    }

    Optional<byte[]> revoked(long serial, Map<String, String> revoked) {
        return Optional.of(TrustDocument.revoked(NAME, serial, BEGIN, revoked, root));
    }

    /**
     * A module that is none an engine would take, but has sections; its content depends on the
     * version.
     */
    static byte[] module(String policy, String version) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        out.writeBytes(new byte[] {1, 4, 1, 0x60, 0, 0});
        String manifest =
                "{\"version\": \"%s\", \"id\": \"%s\", \"abi\": 1}".formatted(version, policy);
        return Bundle.pack(
                out.toByteArray(), manifest.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    byte[] signed(byte[] wasm, long counter) {
        return Bundle.sign(wasm, counter, BEGIN, END, operator);
    }

    /** A version that is in order. */
    Bundle.Verified verified(String policy, long counter) {
        byte[] wasm = module(policy, "1." + counter);
        return (Bundle.Verified) Bundle.verify(wasm, signed(wasm, counter), trust(), known(NOW));
    }

    static TrustTime known(Instant now) {
        return new TrustTime.Known(now);
    }
}
