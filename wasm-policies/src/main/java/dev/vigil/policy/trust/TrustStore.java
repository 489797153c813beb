package dev.vigil.policy.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which keys may do what at a site, and which may no longer. Immutable.
 *
 * <p>Everything in it is signed with the root key, whose public half lies beside it and is put
 * there by whoever sets the node up: {@code root.pub.pem}, {@code keys.json}, {@code revoked.json}
 * (may be missing).
 */
public final class TrustStore {
    /** Names of the files in the folder. */
    public static final String ROOT_FILE = "root.pub.pem";

    public static final String KEYS_FILE = "keys.json";
    public static final String REVOKED_FILE = "revoked.json";

    static final String KEYS_TYPE = "application/vnd.vigil.keys.v1+json";
    static final String REVOKED_TYPE = "application/vnd.vigil.revoked.v1+json";
    static final long SERIAL_MAX = Statement.COUNTER_MAX;
    private static final long FILE_BYTES_MAX = 256 * 1024;
    private static final int KEYS_MAX = 64;

    private final String site;
    private final boolean authorRequired;
    private final Map<String, TrustedKey> keys;
    private final Map<String, String> revoked;
    private final Serials serials;

    /** A key, by {@link Keys#id}. */
    public record TrustedKey(String id, Role role, String name, PublicKey key) {}

    /**
     * Numbers that only go up, so that an old list can't be put in the place of a newer one.
     *
     * @param issued the later of the two documents' times
     */
    record Serials(long keys, long revoked, Instant issued) {}

    private TrustStore(
            String site,
            boolean authorRequired,
            Map<String, TrustedKey> keys,
            Map<String, String> revoked,
            Serials serials) {
        this.site = site;
        this.authorRequired = authorRequired;
        this.keys = Map.copyOf(keys);
        this.revoked = Map.copyOf(revoked);
        this.serials = serials;
    }

    /**
     * Reads a folder.
     *
     * @throws TrustFault naming the file, what is there and the rule
     */
    public static TrustStore load(Path folder) {
        byte[] root = read(folder.resolve(ROOT_FILE));
        Path revoked = folder.resolve(REVOKED_FILE);
        try {
            return of(
                    new String(root, StandardCharsets.US_ASCII),
                    read(folder.resolve(KEYS_FILE)),
                    Files.exists(revoked) ? Optional.of(read(revoked)) : Optional.empty());
        } catch (TrustFault e) {
            throw new TrustFault("%s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /**
     * @param root the public key, PEM
     * @throws TrustFault naming the document, what is there and the rule
     */
    public static TrustStore of(String root, byte[] keys, Optional<byte[]> revoked) {
        try {
            PublicKey rootKey = Keys.publicKey(root);
            Members members = signed(keys, KEYS_TYPE, KEYS_FILE, rootKey);
            members.only("site", "serial", "issued", "authorRequired", "keys");
            Instant issued = members.time("issued");
            Map<String, String> gone = new HashMap<>();
            long serial = 0;
            if (revoked.isPresent()) {
                Members list = signed(revoked.get(), REVOKED_TYPE, REVOKED_FILE, rootKey);
                list.only("site", "serial", "issued", "revoked");
                if (!list.text("site").equals(members.text("site"))) {
                    throw list.wrong(
                            "site is '%s', that of %s is '%s'"
                                    .formatted(list.text("site"), KEYS_FILE, members.text("site")));
                }
                serial = list.whole("serial", 1, SERIAL_MAX);
                issued = list.time("issued").isAfter(issued) ? list.time("issued") : issued;
                for (Members each : list.objects("revoked")) {
                    each.only("id", "reason");
                    gone.put(each.text("id"), each.text("reason"));
                }
            }
            return new TrustStore(
                    members.text("site"),
                    members.truth("authorRequired"),
                    keys(members, rootKey),
                    gone,
                    new Serials(members.whole("serial", 1, SERIAL_MAX), serial, issued));
        } catch (IllegalArgumentException e) {
            throw new TrustFault(String.valueOf(e.getMessage()), e);
        }
    }

    /** The site all this is for; grants name it too. */
    public String site() {
        return site;
    }

    /** Whether a policy needs an author's signature beside the operator's. */
    public boolean authorRequired() {
        return authorRequired;
    }

    public List<TrustedKey> keys() {
        return keys.values().stream()
                .sorted((a, b) -> (a.role() + a.id()).compareTo(b.role() + b.id()))
                .toList();
    }

    /** Why a key or a module (by the SHA-256 of it, in hex) may no longer be used. */
    public Optional<String> revoked(String id) {
        return Optional.ofNullable(revoked.get(id));
    }

    Serials serials() {
        return serials;
    }

    Optional<TrustedKey> key(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** Keys of that role, not revoked, that signed it. */
    List<TrustedKey> signers(Envelope envelope, Role role) {
        return envelope.signatures().stream()
                .map(each -> keys.get(each.keyId()))
                .filter(key -> key != null && key.role() == role)
                .filter(key -> !revoked.containsKey(key.id()))
                .filter(key -> envelope.signedBy(key.key()))
                .distinct()
                .toList();
    }

    private static Members signed(byte[] json, String type, String what, PublicKey root) {
        Envelope envelope = Envelope.read(json, type, what);
        if (!envelope.signedBy(root)) {
            throw new IllegalArgumentException(
                    "%s: it is not signed with the root key %s".formatted(what, Keys.id(root)));
        }
        return Members.read(envelope.payload().array(), what);
    }

    private static Map<String, TrustedKey> keys(Members members, PublicKey root) {
        List<Members> list = members.objects("keys");
        if (list.size() > KEYS_MAX) {
            throw members.wrong("it has %d keys, allowed are %d".formatted(list.size(), KEYS_MAX));
        }
        var keys = new HashMap<String, TrustedKey>();
        for (Members each : list) {
            each.only("role", "name", "key");
            PublicKey key = publicKey(each);
            var trusted = new TrustedKey(Keys.id(key), Role.of(each), each.text("name"), key);
            if (keys.put(trusted.id(), trusted) != null || key.equals(root)) {
                throw each.wrong(
                        "key %s ('%s') appears twice, or is the root key: a key has one role"
                                .formatted(trusted.id(), trusted.name()));
            }
        }
        return keys;
    }

    private static PublicKey publicKey(Members members) {
        try {
            return Keys.publicKey(Base64.getDecoder().decode(members.text("key")));
        } catch (IllegalArgumentException e) {
            throw members.wrong(
                    "key of '%s' is not the base64 of an Ed25519 public key"
                            .formatted(members.text("name")));
        }
    }

    static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > FILE_BYTES_MAX) {
                throw new TrustFault(
                        "%s has %d bytes, allowed are %d".formatted(file, size, FILE_BYTES_MAX));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TrustFault("%s can't be read: %s".formatted(file, e), e);
        }
    }

    /** For documents about keys. */
    static List<Map<String, Object>> describe(List<TrustedKey> keys) {
        var list = new ArrayList<Map<String, Object>>();
        for (TrustedKey key : keys) {
            list.add(
                    Map.of(
                            "role",
                            key.role().word(),
                            "name",
                            key.name(),
                            "key",
                            Base64.getEncoder().encodeToString(key.key().getEncoded())));
        }
        return list;
    }
}
