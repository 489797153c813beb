package dev.vigil.forward;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS from PEM files (RFC 7468). Immutable; the files are read by each {@link #context}, so that a
 * renewed certificate counts from the next connection on.
 *
 * @param ca certificates that vouch for the other side; empty: those that came with Java (in a
 *     native executable: with the machine that built it)
 * @param certificate of this side, the certificates between it and its authority behind it; empty
 *     for none
 * @param key its key in PKCS #8 ({@code BEGIN PRIVATE KEY}), not encrypted; there is one exactly
 *     when there is a certificate
 */
public record PemTls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final String PKCS8 = "PRIVATE KEY";

    /** Only keeps the entry of a store in memory. */
    private static final char[] NO_PASSWORD = {};

    public PemTls {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "certificate %s, key %s: one needs the other".formatted(certificate, key));
        }
    }

    /** Everything as Java has it. */
    public static PemTls none() {
        return new PemTls(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * What connections are made with. Dates are not looked at here: a node whose clock is wrong
     * still tries, and the handshake says what the other side thinks.
     */
    public SSLContext context() throws TlsFault {
        KeyManager @Nullable [] keys =
                certificate.isPresent() && key.isPresent()
                        ? keys(certificate.get(), key.get())
                        : null;
        TrustManager @Nullable [] trust = ca.isPresent() ? trust(ca.get()) : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsFault("TLS can't be set up: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trust(Path file) throws TlsFault {
        Collection<? extends Certificate> certificates = certificates(file);
        try {
            KeyStore store = emptyStore();
            int index = 0;
            for (Certificate authority : certificates) {
                store.setCertificateEntry("ca-" + index++, authority);
            }
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFault("ca '%s': %s".formatted(file, e.getMessage()), e);
        }
    }

    private static KeyManager[] keys(Path certificateFile, Path keyFile) throws TlsFault {
        Certificate[] chain = certificates(certificateFile).toArray(Certificate[]::new);
        PrivateKey key = key(keyFile, ((X509Certificate) chain[0]).getPublicKey().getAlgorithm());
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("own", key, NO_PASSWORD, chain);
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFault(
                    "certificate '%s' with key '%s': %s"
                            .formatted(certificateFile, keyFile, e.getMessage()),
                    e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) throws TlsFault {
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            text(file).getBytes(StandardCharsets.UTF_8)));
            if (certificates.isEmpty()) {
                throw new TlsFault("'%s': holds no certificate in PEM".formatted(file));
            }
            return List.copyOf(certificates);
        } catch (CertificateException e) {
            throw new TlsFault(
                    "'%s': no certificates in PEM: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** A private key in PKCS #8, not encrypted. */
    static PrivateKey key(Path file, String algorithm) throws TlsFault {
        Matcher block = KEY.matcher(text(file));
        if (!block.find()) {
            throw new TlsFault("'%s': holds no private key in PEM".formatted(file));
        }
        if (!block.group(1).equals(PKCS8)) {
            throw new TlsFault(
                    "'%s': a %s - needed is an unencrypted PKCS #8 key (BEGIN PRIVATE KEY): openssl pkcs8 -topk8 -nocrypt"
                            .formatted(file, block.group(1)));
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsFault(
                    "'%s': not a key of kind %s, as it has to be: %s"
                            .formatted(file, algorithm, e.getMessage()),
                    e);
        }
    }

    private static String text(Path file) throws TlsFault {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new TlsFault("'%s': bigger than 1 MiB".formatted(file));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new TlsFault("'%s': can't be read: %s".formatted(file, e), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
