package dev.vigil.trials;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and certificates of a trial, made by the JDK's keytool: a broker and a node that know each
 * other, and a stranger. Immutable.
 *
 * @param trustBroker what the node trusts; {@code trustNode} what the broker does
 */
record TlsStores(Path broker, Path trustNode, Path node, Path trustBroker, Path trustStranger) {
    static final String PASSWORD = "only-a-trial";
    private static final Duration BOUND = Duration.ofMinutes(1);

    static TlsStores make(Workplace place) {
        for (String name : List.of("broker", "node", "stranger")) {
            keytool(
                    "-genkeypair -keyalg EC -groupname secp256r1 -validity 30 -dname CN=%s -ext san=ip:127.0.0.1 -alias %s -keystore %s"
                            .formatted(name, name, place.file(name + ".p12")));
            keytool(
                    "-exportcert -rfc -alias %s -keystore %s -file %s"
                            .formatted(name, place.file(name + ".p12"), place.file(name + ".pem")));
            keytool(
                    "-importcert -noprompt -alias %s -file %s -keystore %s"
                            .formatted(
                                    name,
                                    place.file(name + ".pem"),
                                    place.file("trust-" + name + ".p12")));
        }
        return new TlsStores(
                place.file("broker.p12"),
                place.file("trust-node.p12"),
                place.file("node.p12"),
                place.file("trust-broker.p12"),
                place.file("trust-stranger.p12"));
    }

    private static void keytool(String arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Tool.Ended ended = Tool.run(BOUND, "", "", command);
        if (ended.code() != 0) {
            throw new AssertionError(command + ": " + ended.output());
        }
    }
}
