package dev.vigil.policy.trust;

import dev.vigil.policy.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * Ed25519 keys, as the PEM files that the JDK and OpenSSL write and read: PKCS#8 ({@code PRIVATE
 * KEY}, without a password) and X.509 ({@code PUBLIC KEY}). Stateless.
 */
public final class Keys {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final int PEM_CHARACTERS_MAX = 4096;

    private Keys() {}

    public static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        }
    }

    public static String pem(PrivateKey key) {
        return pem(PRIVATE, key.getEncoded());
    }

    public static String pem(PublicKey key) {
        return pem(PUBLIC, key.getEncoded());
    }

    /**
     * @throws IllegalArgumentException when it is not an Ed25519 private key; never with its text
     */
    public static PrivateKey privateKey(String pem) {
        try {
            PrivateKey key =
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePrivate(new PKCS8EncodedKeySpec(der(PRIVATE, pem)));
            return key;
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it is not an Ed25519 private key", e);
        }
    }

    /**
     * @throws IllegalArgumentException when it is not an Ed25519 public key
     */
    public static PublicKey publicKey(String pem) {
        return publicKey(der(PUBLIC, pem));
    }

    static PublicKey publicKey(byte[] der) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der));
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it is not an Ed25519 public key", e);
        }
    }

    /** What a key is called: the first half of the SHA-256 of its X.509 form, in hex. */
    public static String id(PublicKey key) {
        return Sha256.hex(key.getEncoded()).substring(0, 32);
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("nothing can be signed with this key", e);
        }
    }

    static boolean verifies(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        } catch (GeneralSecurityException e) {
            // A signature of the wrong length or form is no signature.
            return false;
        }
    }

    private static IllegalStateException missing(NoSuchAlgorithmException e) {
        return new IllegalStateException("this Java runtime lacks an algorithm every one has", e);
    }

    private static String pem(String type, byte[] der) {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type);
    }

    private static byte[] der(String type, String pem) {
        String begin = "-----BEGIN %s-----".formatted(type);
        String end = "-----END %s-----".formatted(type);
        String text = pem.strip();
        if (text.length() > PEM_CHARACTERS_MAX || !text.startsWith(begin) || !text.endsWith(end)) {
            throw new IllegalArgumentException(
                    "it is not a PEM file with one '%s'".formatted(begin));
        }
        String body = text.substring(begin.length(), text.length() - end.length());
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "what is between '%s' and the end is not base64".formatted(begin), e);
        }
    }
}
