package dev.vigil.policy.trust;

import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the documents of a {@link TrustStore} and a site's grants: what an operator's command line
 * calls. Stateless.
 */
public final class TrustDocument {
    private TrustDocument() {}

    /**
     * {@code keys.json}.
     *
     * @param serial higher than that of the one before
     * @param root signs
     */
    public static byte[] keys(
            String site,
            long serial,
            Instant issued,
            boolean authorRequired,
            List<TrustStore.TrustedKey> keys,
            KeyPair root) {
        var members = head(site, serial, issued);
        members.put("authorRequired", authorRequired);
        members.put("keys", TrustStore.describe(keys));
        return signed(TrustStore.KEYS_TYPE, members, root);
    }

    public static TrustStore.TrustedKey key(Role role, String name, PublicKey key) {
        return new TrustStore.TrustedKey(Keys.id(key), role, name, key);
    }

    /**
     * {@code revoked.json}.
     *
     * @param revoked ids of keys, or SHA-256 of modules, and why
     */
    public static byte[] revoked(
            String site, long serial, Instant issued, Map<String, String> revoked, KeyPair root) {
        var list = new ArrayList<Map<String, Object>>();
        revoked.forEach((id, reason) -> list.add(Map.of("id", id, "reason", reason)));
        var members = head(site, serial, issued);
        members.put("revoked", list);
        return signed(TrustStore.REVOKED_TYPE, members, root);
    }

    static Map<String, Object> head(String site, long serial, Instant issued) {
        var members = new LinkedHashMap<String, Object>();
        members.put("site", site);
        members.put("serial", serial);
        members.put("issued", issued.toString());
        return members;
    }

    static byte[] signed(String type, Map<String, Object> members, KeyPair key) {
        return Envelope.signed(type, Json.canonical(members), key.getPublic(), key.getPrivate())
                .json();
    }
}
