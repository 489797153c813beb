package dev.vigil.centre;

import dev.vigil.forward.CarryImport;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

// CHECKSTYLE OFF: a command line prints

/** The command line: {@code centre}, {@code import}, {@code fleet}. */
@QuarkusMain
public final class Main {
    private static final int WRONG_WORDS = 2;
    private static final String USAGE =
            """
            usage: vigil centre --kafka HOST:PORT[,...] [--config FILE] [--roles ledger,bridge]
                                [--mqtt mqtt://HOST:PORT] [--format json|avro]
                                [--state FOLDER] [--threads N] [--gap-wait 30s] [--partitions N] [--replication N]
                                [--http 127.0.0.1:8090]
                   vigil import FILE --keys FOLDER --kafka HOST:PORT[,...] [--config FILE]
                   vigil fleet --kafka HOST:PORT[,...] [--config FILE]
            A file has lines key=value of the same keys, and kafka.NAME=value for Kafka's clients (TLS, credentials).
            """;

    Main() {}

    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        String command = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            switch (command) {
                case "centre" -> centre(CentreSettings.parse(rest));
                case "fleet" ->
                        System.exit(
                                FleetCommand.run(
                                        CentreSettings.parse(rest), System.out, System.err));
                case "import" -> System.exit(carried(rest));
                default ->
                        throw new IllegalArgumentException(
                                "there is no command '%s'".formatted(command));
            }
        } catch (IllegalArgumentException e) {
            System.err.println("vigil: " + e.getMessage());
            System.err.print(USAGE);
            System.exit(WRONG_WORDS);
        }
    }

    private static int carried(List<String> words) {
        if (words.size() < 3 || !words.get(1).equals("--keys")) {
            throw new IllegalArgumentException("import: FILE --keys FOLDER is expected");
        }
        return CarryImport.run(
                Path.of(words.get(0)),
                Path.of(words.get(2)),
                CentreSettings.parse(words.subList(3, words.size())).kafka(),
                System.out,
                System.err);
    }

    private static void centre(CentreSettings settings) {
        System.setProperty("quarkus.http.host", settings.http().host());
        System.setProperty("quarkus.http.port", Integer.toString(settings.http().port()));
        // The channels' settings; Kafka's clients in them take what begins with kafka.
        settings.kafka().forEach((key, value) -> System.setProperty("kafka." + key, value));
        System.setProperty(
                "mp.messaging.incoming.acks.enabled",
                Boolean.toString(settings.roles().contains(CentreSettings.Role.BRIDGE)));
        CentreApplication.prepare(settings);
        Quarkus.run(CentreApplication.class);
    }
}
