package dev.vigil.policy.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A signed text: the DSSE envelope, version 1, with Ed25519. The type is signed with the payload,
 * so that a signature under one kind of document is none under another. Immutable.
 */
record Envelope(String type, Bytes payload, List<SignedBy> signatures) {
    private static final int SIGNATURES_MAX = 8;
    private static final String TYPE_MEMBER = "payloadType";

    /** One signature; the key's id is a hint for finding the key, nothing rests on it. */
    record SignedBy(String keyId, Bytes signature) {}

    Envelope {
        signatures = List.copyOf(signatures);
    }

    /**
     * @param type what is expected
     * @throws IllegalArgumentException naming the member, its value and the rule
     */
    static Envelope read(byte[] json, String type, String what) {
        Members members = Members.read(json, what).only(TYPE_MEMBER, "payload", "signatures");
        String found = members.text(TYPE_MEMBER);
        if (!found.equals(type)) {
            throw members.wrong("payloadType is '%s', expected '%s'".formatted(found, type));
        }
        List<Members> list = members.objects("signatures");
        if (list.isEmpty() || list.size() > SIGNATURES_MAX) {
            throw members.wrong(
                    "it has %d signatures, allowed are 1 to %d"
                            .formatted(list.size(), SIGNATURES_MAX));
        }
        var signatures = new ArrayList<SignedBy>();
        for (Members each : list) {
            each.only("keyid", "sig");
            signatures.add(new SignedBy(each.text("keyid"), base64(each, "sig")));
        }
        return new Envelope(type, longBase64(members), signatures);
    }

    static Envelope signed(String type, byte[] payload, PublicKey key, PrivateKey secret) {
        return new Envelope(type, new Bytes(payload), List.of()).with(key, secret);
    }

    /** With one more signature, in place of an older one of the same key. */
    Envelope with(PublicKey key, PrivateKey secret) {
        byte[] signature = Keys.sign(secret, encoded());
        if (!Keys.verifies(key, encoded(), signature)) {
            throw new IllegalArgumentException(
                    "the private key does not belong to the public key " + Keys.id(key));
        }
        var all = new ArrayList<SignedBy>(signatures);
        all.removeIf(each -> each.keyId().equals(Keys.id(key)));
        all.add(new SignedBy(Keys.id(key), new Bytes(signature)));
        return new Envelope(type, payload, all);
    }

    boolean signedBy(PublicKey key) {
        String id = Keys.id(key);
        return signatures.stream()
                .anyMatch(
                        each ->
                                each.keyId().equals(id)
                                        && Keys.verifies(key, encoded(), each.signature().array()));
    }

    byte[] json() {
        var members = new LinkedHashMap<String, Object>();
        members.put(TYPE_MEMBER, type);
        members.put("payload", Base64.getEncoder().encodeToString(payload.array()));
        members.put(
                "signatures",
                signatures.stream()
                        .map(
                                each ->
                                        Map.of(
                                                "keyid",
                                                each.keyId(),
                                                "sig",
                                                Base64.getEncoder()
                                                        .encodeToString(each.signature().array())))
                        .toList());
        var out = new ByteArrayOutputStream();
        out.writeBytes(Json.canonical(members));
        out.write('\n');
        return out.toByteArray();
    }

    /** DSSE's pre-authentication encoding: what is really signed. */
    byte[] encoded() {
        byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                "DSSEv1 %d %s %d "
                        .formatted(typeBytes.length, type, payload.length())
                        .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload.array());
        return out.toByteArray();
    }

    private static Bytes base64(Members members, String member) {
        return decode(members, member, members.text(member));
    }

    /** The payload is longer than other texts. */
    private static Bytes longBase64(Members members) {
        if (members.map().get("payload") instanceof String text) {
            return decode(members, "payload", text);
        }
        throw members.wrong("'payload' is not a text");
    }

    private static Bytes decode(Members members, String member, String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            // Spare bits that are set would make two texts of the same bytes.
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return new Bytes(bytes);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw members.wrong("'%s' is not base64".formatted(member));
    }
}
