package dev.vigil.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A self-signed certificate for 127.0.0.1 and its key as PEM files, made by the JDK's keytool.
 * Immutable. What trusts it has {@code certificate} as its {@code ca}.
 */
public record PemFiles(Path certificate, Path key) {
    private static final String PASSWORD = "only-a-test";

    /** Valid from yesterday for a month. */
    public static PemFiles make(Path directory, String name) {
        return make(directory, name, "EC -groupname secp256r1", -1, 30);
    }

    /** Not valid any more since yesterday. */
    public static PemFiles makeExpired(Path directory, String name) {
        return make(directory, name, "EC -groupname secp256r1", -10, 9);
    }

    /**
     * As wished.
     *
     * @param algorithm keytool's {@code -keyalg} and what belongs to it
     * @param fromDay valid from so many days before (negative) or after today
     * @param days valid for so many
     */
    static PemFiles make(Path directory, String name, String algorithm, int fromDay, int days) {
        Path store = directory.resolve(name + ".p12");
        keytool(
                "-genkeypair -keyalg %s -startdate %+dd -validity %d -dname CN=%s -ext san=ip:127.0.0.1,dns:localhost -alias own -keystore %s"
                        .formatted(algorithm, fromDay, days, name, store));
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            Key key = keys.getKey("own", PASSWORD.toCharArray());
            Path certificate = directory.resolve(name + ".pem");
            Path keyFile = directory.resolve(name + ".key.pem");
            write(certificate, "CERTIFICATE", keys.getCertificate("own").getEncoded());
            write(keyFile, "PRIVATE KEY", key.getEncoded());
            return new PemFiles(certificate, keyFile);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificate " + name, e);
        } catch (IOException e) {
            throw new UncheckedIOException("certificate " + name, e);
        }
    }

    /** TLS with this identity towards whom {@code trusted} is. */
    public PemTls towards(PemFiles trusted) {
        return new PemTls(
                Optional.of(trusted.certificate()), Optional.of(certificate), Optional.of(key));
    }

    private static void write(Path file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind),
                StandardCharsets.UTF_8);
    }

    private static void keytool(String arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("%s: %s".formatted(command, printed));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("keytool", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool runs", e);
        }
    }
}
