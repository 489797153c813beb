package dev.vigil.policy.trust;

import java.util.Map;

/** One version of a policy in a {@link PolicyStore}. Immutable. */
public record Stored(String policy, String version, long counter, String sha256) {
    public static Stored of(Statement statement) {
        return new Stored(
                statement.policy(), statement.version(), statement.counter(), statement.sha256());
    }

    static Stored read(String policy, Members members) {
        members.only("version", "counter", "sha256");
        return new Stored(
                policy,
                members.text("version"),
                members.whole("counter", 1, Statement.COUNTER_MAX),
                members.text("sha256"));
    }

    Map<String, Object> members() {
        return Map.of("version", version, "counter", counter, "sha256", sha256);
    }

    @Override
    public String toString() {
        return "%s %s (counter %d)".formatted(policy, version, counter);
    }

    /** Part of the names of its two files: a counter is used once. */
    String files() {
        return policy + "." + counter;
    }

    String wasmFile() {
        return files() + ".wasm";
    }

    String signatureFile() {
        return files() + ".sig.json";
    }
}
