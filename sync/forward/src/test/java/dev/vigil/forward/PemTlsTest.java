package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTlsTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"EC -groupname secp256r1", "RSA -keysize 2048", "Ed25519"})
    void keysOfTheUsualKindsAreRead(String algorithm) throws TlsFault {
        PemFiles files = PemFiles.make(directory, "gw", algorithm, -1, 30);
        assertEquals("TLS", files.towards(files).context().getProtocol());
    }

    @Test
    void withoutFilesItIsAsJavaHasIt() throws TlsFault {
        assertEquals("TLS", PemTls.none().context().getProtocol());
    }

    @Test
    void aCertificateNeedsItsKey() {
        Optional<Path> file = Optional.of(directory.resolve("gw.pem"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PemTls(Optional.empty(), file, Optional.empty()));
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithItsName() throws Exception {
        PemFiles files = PemFiles.make(directory, "gw");
        PemFiles rsa = PemFiles.make(directory, "rsa", "RSA -keysize 2048", -1, 30);
        Path old = directory.resolve("old.key.pem");
        Files.writeString(
                old,
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
                StandardCharsets.UTF_8);
        Path missing = directory.resolve("missing.pem");

        says(missing, files.certificate(), files.key(), "missing.pem': can't be read");
        says(files.key(), files.certificate(), files.key(), "gw.key.pem': ");
        says(files.certificate(), files.key(), files.key(), "gw.key.pem': ");
        says(files.certificate(), files.certificate(), files.certificate(), "holds no private key");
        says(files.certificate(), files.certificate(), old, "openssl pkcs8 -topk8 -nocrypt");
        says(files.certificate(), files.certificate(), rsa.key(), "rsa.key.pem': not a key of");
    }

    private static void says(Path ca, Path certificate, Path key, String expected) {
        var tls = new PemTls(Optional.of(ca), Optional.of(certificate), Optional.of(key));
        String said = String.valueOf(assertThrows(TlsFault.class, tls::context).getMessage());
        assertTrue(said.contains(expected), said);
    }
}
