package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.Keys;
import dev.vigil.policy.trust.Role;
import dev.vigil.policy.trust.SiteGrants;
import dev.vigil.policy.trust.TrustDocument;
import dev.vigil.policy.trust.TrustStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Policies for trials: the test modules of wasm-policies, packed, signed, sent to a node. */
final class Bundles {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration VALID = Duration.ofDays(30);

    private final Workplace place;
    private final KeyPair operator = Keys.generate();
    private final KeyPair stranger = Keys.generate();
    private final Instant now = InstantSource.system().instant();

    /** With a trust folder {@code trust} in the workplace. */
    Bundles(Workplace place) {
        this.place = place;
        KeyPair root = Keys.generate();
        Path trust = place.file("trust");
        try {
            Files.createDirectories(trust);
            Files.writeString(trust.resolve(TrustStore.ROOT_FILE), Keys.pem(root.getPublic()));
            Files.write(
                    trust.resolve(TrustStore.KEYS_FILE),
                    TrustDocument.keys(
                            "trial",
                            1,
                            now,
                            false,
                            List.of(
                                    TrustDocument.key(
                                            Role.OPERATOR, "operator", operator.getPublic())),
                            root));
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + trust, e);
        }
    }

    /** The manifest of mischief.wat under this id. */
    static String mischief(String id, String version) {
        return """
        {"abi":1,"id":"%s","version":"%s","stateVersion":3,"columns":["ts","val","slot","qual","seq"],
        "quantities":["temperature","co"],"hazards":{"1":"HOT","2":"TICKED"},
        "settings":[{"key":1,"name":"level","unit":"Cel","default":100,"min":50,"max":200}],
        "budget":{"pages":1,"slots":64}}
        """
                .formatted(id, version);
    }

    /** The manifest of counter-1.wat and counter-2.wat. */
    static String counter(String id, String version, int stateVersion) {
        return """
        {"abi":1,"id":"%s","version":"%s","stateVersion":%d,"columns":["val","slot"],
        "quantities":["temperature"],"hazards":{"1":"HOT"},"settings":[],
        "budget":{"pages":1,"slots":64}}
        """
                .formatted(id, version, stateVersion);
    }

    /** A fixture of wasm-policies with a manifest. */
    static byte[] module(String fixture, String manifest) {
        return module(fixture, manifest, Optional.empty());
    }

    /**
     * @param golden readings to measure its cost with
     */
    static byte[] module(String fixture, String manifest, Optional<String> golden) {
        Path file =
                Workplace.repositoryRoot()
                        .resolve("wasm-policies/src/test/resources/fixtures")
                        .resolve(fixture + ".wasm");
        try {
            return Bundle.pack(
                    Files.readAllBytes(file),
                    manifest.getBytes(StandardCharsets.UTF_8),
                    golden.map(text -> text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }

    byte[] signed(byte[] wasm, long counter) {
        return Bundle.sign(wasm, counter, now.minus(VALID), now.plus(VALID), operator);
    }

    /** As above, to be installed within {@code from} and {@code until} as counted from now. */
    byte[] signed(byte[] wasm, long counter, Duration from, Duration until) {
        return Bundle.sign(wasm, counter, now.plus(from), now.plus(until), operator);
    }

    /** Says in the trust folder what the site gives its policies. */
    void grant(String plain, long serial) {
        Path file = place.file("trust").resolve(SiteGrants.FILE);
        try {
            Files.write(
                    file,
                    SiteGrants.sign(
                            plain.getBytes(StandardCharsets.UTF_8),
                            "trial",
                            serial,
                            now,
                            operator));
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + file, e);
        }
    }

    byte[] signedByAStranger(byte[] wasm, long counter) {
        return Bundle.sign(wasm, counter, now.minus(VALID), now.plus(VALID), stranger);
    }

    /** Writes both files; the module's path. */
    Path files(String name, byte[] wasm, byte[] signature) {
        Path module = place.file(name + ".wasm");
        try {
            Files.write(module, wasm);
            Files.write(place.file(name + ".sig.json"), signature);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + module, e);
        }
        return module;
    }

    Path bundle(String name, byte[] wasm, long counter) {
        return files(name, wasm, signed(wasm, counter));
    }

    /** A fixture with a manifest and another memory or table section in place of its own. */
    static byte[] withSection(byte[] module, int id, byte... content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(module, 0, 8);
        boolean written = false;
        int at = 8;
        while (at < module.length) {
            int section = module[at];
            int size = 0;
            int shift = 0;
            int next = at + 1;
            do {
                size |= (module[next] & 0x7F) << shift;
                shift += 7;
            } while ((module[next++] & 0x80) != 0);
            if (!written && section >= id) {
                out.write(id);
                out.write(content.length);
                out.writeBytes(content);
                written = true;
            }
            if (section != id) {
                out.write(module, at, next + size - at);
            }
            at = next + size;
        }
        return out.toByteArray();
    }

    /** An order at {@code /api/policies}: status and text. */
    static String order(NodeProcess node, String path, byte[] body) throws IOException {
        HttpResponse<String> answer = node.post("/api/policies" + path, body);
        return answer.statusCode() + " " + answer.body();
    }

    /** As above, and it has to be done. */
    static void ok(NodeProcess node, String path, byte[] body) throws IOException {
        String answer = order(node, path, body);
        assertTrue(answer.startsWith("200 "), answer);
    }

    static byte[] body(byte[] wasm, byte[] signature) {
        return ByteBuffer.allocate(Integer.BYTES + wasm.length + signature.length)
                .putInt(wasm.length)
                .put(wasm)
                .put(signature)
                .array();
    }

    /** What {@code vigil policy list} prints; nothing when the node does not answer. */
    static String list(NodeProcess node) {
        try {
            return node.page("/api/policies");
        } catch (IOException e) {
            return "";
        }
    }

    /** {@code vigil policy ...} against the node. */
    static Tool.Ended policy(NodeProcess node, String... words) {
        List<String> all = new ArrayList<>(List.of("policy"));
        all.addAll(Arrays.asList(words));
        return Tool.vigil(BOUND, node, all);
    }

    /** As {@link #policy}, and it has to be done; what it says. */
    static String done(NodeProcess node, String... words) {
        Tool.Ended ended = policy(node, words);
        assertEquals(0, ended.code(), () -> ended.output() + node.logTail(20));
        return ended.output();
    }

    /** As {@link #policy}, and it has to be refused for this reason. */
    static void refused(NodeProcess node, String reason, String... words) {
        Tool.Ended ended = policy(node, words);
        assertEquals(1, ended.code(), ended.output());
        assertTrue(ended.output().contains(reason), ended.output());
    }
}
