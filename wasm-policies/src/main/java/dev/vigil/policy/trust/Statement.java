package dev.vigil.policy.trust;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the signature of a policy says: this module, under this name, from then till then.
 * Immutable.
 *
 * @param counter higher in every release of a policy: a node never goes back to a lower one
 * @param sha256 of the module with its manifest, in hex
 * @param expires first moment at which it may no longer be installed
 */
public record Statement(
        String policy,
        String version,
        long counter,
        String sha256,
        Instant notBefore,
        Instant expires) {
    static final String TYPE = "application/vnd.vigil.policy.v1+json";
    static final long COUNTER_MAX = 999_999_999_999_999L;
    private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public Statement {
        checkId(policy);
        if (version.isBlank() || version.length() > 64) {
            throw new IllegalArgumentException(
                    "version '%s' has not 1 to 64 characters".formatted(version));
        }
        if (counter < 1 || counter > COUNTER_MAX) {
            throw new IllegalArgumentException(
                    "counter is %d, allowed are 1 to %d".formatted(counter, COUNTER_MAX));
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "sha256 is '%s', expected 64 hex digits".formatted(sha256));
        }
        if (!notBefore.isBefore(expires)) {
            throw new IllegalArgumentException(
                    "it is valid from %s until %s, which is no time at all"
                            .formatted(notBefore, expires));
        }
    }

    /** A policy's id is part of file names. */
    static void checkId(String policy) {
        if (!ID.matcher(policy).matches() || policy.contains("..")) {
            throw new IllegalArgumentException(
                    "policy id '%s' is not 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends"
                            .formatted(policy));
        }
    }

    static Statement read(Bytes payload) {
        Members members =
                Members.read(payload.array(), "statement")
                        .only("policy", "version", "counter", "sha256", "notBefore", "expires");
        return new Statement(
                members.text("policy"),
                members.text("version"),
                members.whole("counter", 1, COUNTER_MAX),
                members.text("sha256"),
                members.time("notBefore"),
                members.time("expires"));
    }

    byte[] json() {
        return Json.canonical(
                Map.of(
                        "policy",
                        policy,
                        "version",
                        version,
                        "counter",
                        counter,
                        "sha256",
                        sha256,
                        "notBefore",
                        notBefore.toString(),
                        "expires",
                        expires.toString()));
    }
}
