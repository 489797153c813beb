package dev.vigil.trials;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and certificates of a trial, made by the JDK's keytool: a broker, nodes by an authority that
 * the broker trusts, and a stranger. Immutable.
 *
 * @param trustNodes the authority, which the broker trusts: of a certificate that is trusted itself
 *     nobody asks the date
 * @param expired a node's until yesterday
 * @param trustBroker what the node trusts
 */
record TlsStores(
        Path broker,
        Path trustNodes,
        Path node,
        Path expired,
        Path trustBroker,
        Path trustStranger) {
    static final String PASSWORD = "only-a-trial";
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final String VALID = "-validity 30";

    static TlsStores make(Workplace place) {
        Path broker = place.file("broker.p12");
        Path stranger = place.file("stranger.p12");
        Path nodes = place.file("nodes.p12");
        generate(broker, "broker", VALID);
        generate(stranger, "stranger", VALID);
        generate(nodes, "authority", VALID + " -ext bc:critical=ca:true");
        generate(nodes, "node", VALID + " -signer authority");
        generate(nodes, "expired", "-startdate -10d -validity 9 -signer authority");
        try {
            return new TlsStores(
                    broker,
                    trust(nodes, "authority", place.file("trust-nodes.p12")),
                    only(nodes, "node", place.file("node.p12")),
                    only(nodes, "expired", place.file("expired.p12")),
                    trust(broker, "broker", place.file("trust-broker.p12")),
                    trust(stranger, "stranger", place.file("trust-stranger.p12")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("stores in " + place.folder(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("stores in " + place.folder(), e);
        }
    }

    private static void generate(Path store, String name, String options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(
                Arrays.asList(
                        "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=%s -ext san=ip:127.0.0.1 -alias %s %s -keystore %s"
                                .formatted(name, name, options, store)
                                .split(" ", -1)));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Tool.Ended ended = Tool.run(BOUND, "", "", command);
        if (ended.code() != 0) {
            throw new AssertionError(command + ": " + ended.output());
        }
    }

    /** Its certificate as one that is trusted. */
    private static Path trust(Path store, String name, Path into)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        trusted.setCertificateEntry(name, read(store).getCertificate(name));
        return write(trusted, into);
    }

    /** Its key and chain. */
    private static Path only(Path store, String name, Path into)
            throws GeneralSecurityException, IOException {
        KeyStore all = read(store);
        KeyStore own = empty();
        char[] password = PASSWORD.toCharArray();
        own.setKeyEntry(name, all.getKey(name, password), password, all.getCertificateChain(name));
        return write(own, into);
    }

    private static KeyStore read(Path store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, PASSWORD.toCharArray());
        return keys;
    }

    private static Path write(KeyStore keys, Path into)
            throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(into)) {
            keys.store(out, PASSWORD.toCharArray());
        }
        return into;
    }
}
