package dev.vigil.policy.trust;

import dev.vigil.policy.Sha256;
import dev.vigil.policy.WasmSections;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy as it travels: {@code X.wasm} with its manifest inside, and {@code X.sig.json}.
 * Stateless.
 */
public final class Bundle {
    private static final int MODULE_BYTES_MAX = 256 * 1024;
    private static final int SIGNATURE_BYTES_MAX = 32 * 1024;
    private static final String SIGNATURE = "signature file";

    private Bundle() {}

    /** What came of a verification. */
    public sealed interface Verification {}

    /**
     * It is what an operator of this site wants to run. Only a verification makes one. Immutable.
     */
    public static final class Verified implements Verification {
        private final Statement statement;
        private final Bytes wasm;
        private final Bytes signature;
        private final boolean datesJudged;
        private final String operator;
        private final Optional<String> author;

        private Verified(
                Statement statement,
                Bytes wasm,
                Bytes signature,
                boolean datesJudged,
                String operator,
                Optional<String> author) {
            this.statement = statement;
            this.wasm = wasm;
            this.signature = signature;
            this.datesJudged = datesJudged;
            this.operator = operator;
            this.author = author;
        }

        public Statement statement() {
            return statement;
        }

        public Bytes wasm() {
            return wasm;
        }

        public Bytes signature() {
            return signature;
        }

        /** False when the clock was not good enough to judge them, or nobody asked. */
        public boolean datesJudged() {
            return datesJudged;
        }

        /** Id of the operator's key that let it in. */
        public String operator() {
            return operator;
        }

        /** Id of the author's key, when one signed. */
        public Optional<String> author() {
            return author;
        }
    }

    /** It is not installed. */
    public record Refused(Reason reason, String message) implements Verification {}

    /** Why a bundle is refused. */
    public enum Reason {
        MALFORMED,
        /** The module is not the one that was signed. */
        ALTERED,
        /** No key of the trust store signed it. */
        UNKNOWN_KEY,
        /** A trusted key signed it, but not one of the role that is needed. */
        WRONG_ROLE,
        REVOKED,
        NOT_YET_VALID,
        EXPIRED,
        /** An older release than one that was installed before. */
        OLDER_COUNTER,
        /** No room for one more policy. */
        STORE_FULL
    }

    /**
     * The module with its manifest in canonical form.
     *
     * @param manifest JSON
     * @param golden readings to measure the cost with, see {@link WasmSections#GOLDEN}
     * @throws IllegalArgumentException naming what is wrong
     */
    public static byte[] pack(byte[] wasm, byte[] manifest, Optional<byte[]> golden) {
        Map<?, ?> members = Json.object(manifest, "manifest");
        new Identity(members);
        byte[] packed = WasmSections.with(wasm, WasmSections.MANIFEST, Json.canonical(members));
        if (golden.isPresent()) {
            packed = WasmSections.with(packed, WasmSections.GOLDEN, golden.get());
        }
        checkSize(packed);
        return packed;
    }

    /**
     * A new signature file.
     *
     * @param counter higher than in every release before
     * @throws IllegalArgumentException naming what is wrong
     */
    public static byte[] sign(
            byte[] wasm, long counter, Instant notBefore, Instant expires, KeyPair key) {
        Identity identity = identity(wasm);
        var statement =
                new Statement(
                        identity.policy,
                        identity.version,
                        counter,
                        Sha256.hex(wasm),
                        notBefore,
                        expires);
        return Envelope.signed(Statement.TYPE, statement.json(), key.getPublic(), key.getPrivate())
                .json();
    }

    /**
     * The same signature file with one more signature: an author's bundle, signed by an operator.
     *
     * @throws IllegalArgumentException when the file does not belong to the module
     */
    public static byte[] countersign(byte[] wasm, byte[] signature, KeyPair key) {
        Envelope envelope = Envelope.read(signature, Statement.TYPE, SIGNATURE);
        belongs(Statement.read(envelope.payload()), wasm)
                .ifPresent(
                        refused -> {
                            throw new IllegalArgumentException(refused.message());
                        });
        return envelope.with(key.getPublic(), key.getPrivate()).json();
    }

    /** What a signature file says, believed or not. */
    public static Statement statement(byte[] signature) {
        return Statement.read(Envelope.read(signature, Statement.TYPE, SIGNATURE).payload());
    }

    /** For an installation. */
    public static Verification verify(
            byte[] wasm, byte[] signature, TrustStore trust, TrustTime time) {
        return switch (signed(wasm, signature, trust)) {
            case Refused refused -> refused;
            case Verified verified -> dated(verified, time);
        };
    }

    /**
     * For what is installed already: its dates are not judged, because a policy that watches is
     * worth more than a date (decision 0090).
     */
    public static Verification verifyInstalled(byte[] wasm, byte[] signature, TrustStore trust) {
        return signed(wasm, signature, trust);
    }

    private static Verification dated(Verified verified, TrustTime time) {
        Statement statement = verified.statement();
        if (time.isBefore(statement.notBefore())) {
            return new Refused(
                    Reason.NOT_YET_VALID,
                    "%s is valid from %s on, it is now %s"
                            .formatted(name(statement), statement.notBefore(), time.text()));
        }
        if (time.isAtOrAfter(statement.expires())) {
            return new Refused(
                    Reason.EXPIRED,
                    "%s could be installed until %s, it is now %s"
                            .formatted(name(statement), statement.expires(), time.text()));
        }
        return new Verified(
                statement,
                verified.wasm(),
                verified.signature(),
                time instanceof TrustTime.Known,
                verified.operator(),
                verified.author());
    }

    private static Verification signed(byte[] wasm, byte[] signature, TrustStore trust) {
        Envelope envelope;
        Statement statement;
        try {
            checkSize(wasm);
            if (signature.length > SIGNATURE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "the signature file has %d bytes, allowed are %d"
                                .formatted(signature.length, SIGNATURE_BYTES_MAX));
            }
            envelope = Envelope.read(signature, Statement.TYPE, SIGNATURE);
            statement = Statement.read(envelope.payload());
        } catch (IllegalArgumentException e) {
            return new Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
        List<TrustStore.TrustedKey> operators = trust.signers(envelope, Role.OPERATOR);
        List<TrustStore.TrustedKey> authors = trust.signers(envelope, Role.AUTHOR);
        if (operators.isEmpty()) {
            return unsigned(envelope, statement, Role.OPERATOR, trust);
        }
        if (trust.authorRequired() && authors.isEmpty()) {
            return unsigned(envelope, statement, Role.AUTHOR, trust);
        }
        Optional<Refused> foreign = belongs(statement, wasm);
        if (foreign.isPresent()) {
            return foreign.get();
        }
        Optional<String> withdrawn = trust.revoked(statement.sha256());
        if (withdrawn.isPresent()) {
            return new Refused(
                    Reason.REVOKED,
                    "%s is revoked: %s".formatted(name(statement), withdrawn.get()));
        }
        return new Verified(
                statement,
                new Bytes(wasm),
                new Bytes(signature),
                false,
                operators.getFirst().id(),
                authors.stream().findFirst().map(TrustStore.TrustedKey::id));
    }

    /** Says why there is no signature that counts; the most useful reason first. */
    private static Refused unsigned(
            Envelope envelope, Statement statement, Role needed, TrustStore trust) {
        Refused answer = null;
        for (Envelope.SignedBy each : envelope.signatures()) {
            Optional<TrustStore.TrustedKey> key =
                    trust.key(each.keyId()).filter(k -> envelope.signedBy(k.key()));
            if (key.isEmpty()) {
                continue;
            }
            Optional<String> revoked = trust.revoked(each.keyId());
            String signer = "key %s ('%s')".formatted(key.get().id(), key.get().name());
            if (revoked.isPresent() && key.get().role() == needed) {
                return new Refused(
                        Reason.REVOKED,
                        "%s is signed with the %s's %s, which is revoked: %s"
                                .formatted(name(statement), needed.word(), signer, revoked.get()));
            }
            if (revoked.isEmpty()) {
                answer =
                        new Refused(
                                Reason.WRONG_ROLE,
                                "%s is signed with the %s's %s, needed is an %s's"
                                        .formatted(
                                                name(statement),
                                                key.get().role().word(),
                                                signer,
                                                needed.word()));
            }
        }
        if (answer != null) {
            return answer;
        }
        return new Refused(
                Reason.UNKNOWN_KEY,
                "%s has no valid signature of a trusted key; signatures name %s, the %s keys of '%s' are %s"
                        .formatted(
                                name(statement),
                                envelope.signatures().stream()
                                        .map(Envelope.SignedBy::keyId)
                                        .toList(),
                                needed.word(),
                                trust.site(),
                                trust.keys().stream()
                                        .filter(k -> k.role() == needed)
                                        .map(TrustStore.TrustedKey::id)
                                        .toList()));
    }

    /** Empty when the statement is about this module. */
    private static Optional<Refused> belongs(Statement statement, byte[] wasm) {
        String hash = Sha256.hex(wasm);
        if (!hash.equals(statement.sha256())) {
            return Optional.of(
                    new Refused(
                            Reason.ALTERED,
                            "the module's SHA-256 is %s, signed was %s of %s"
                                    .formatted(hash, statement.sha256(), name(statement))));
        }
        try {
            Identity identity = identity(wasm);
            if (!identity.policy.equals(statement.policy())
                    || !identity.version.equals(statement.version())) {
                return Optional.of(
                        new Refused(
                                Reason.ALTERED,
                                "the manifest says %s %s, signed was %s"
                                        .formatted(
                                                identity.policy,
                                                identity.version,
                                                name(statement))));
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new Refused(Reason.MALFORMED, String.valueOf(e.getMessage())));
        }
    }

    /** Name and version, from the manifest in the module. */
    private static Identity identity(byte[] wasm) {
        checkSize(wasm);
        byte[] manifest =
                WasmSections.custom(wasm, WasmSections.MANIFEST)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the module has no custom section %s: pack it first"
                                                        .formatted(WasmSections.MANIFEST)));
        Map<?, ?> members = Json.object(manifest, "manifest");
        if (!Arrays.equals(manifest, Json.canonical(members))) {
            throw new IllegalArgumentException(
                    "the manifest in the module is not in canonical form (RFC 8785): pack it again");
        }
        return new Identity(members);
    }

    private static final class Identity {
        private final String policy;
        private final String version;

        Identity(Map<?, ?> manifest) {
            Members members = new Members(manifest, "manifest");
            policy = members.text("id");
            version = members.text("version");
            Statement.checkId(policy);
        }
    }

    private static void checkSize(byte[] wasm) {
        if (wasm.length > MODULE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the module has %d bytes, allowed are %d"
                            .formatted(wasm.length, MODULE_BYTES_MAX));
        }
    }

    private static String name(Statement statement) {
        return "%s %s (counter %d)"
                .formatted(statement.policy(), statement.version(), statement.counter());
    }
}
