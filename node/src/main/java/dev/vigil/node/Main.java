package dev.vigil.node;

import dev.vigil.forward.CarryExport;
import dev.vigil.forward.Cat;
import dev.vigil.node.site.SiteCheck;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.site.SiteConfigReader;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.tool.MachineFigures;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

// CHECKSTYLE OFF: a command line prints

/**
 * The command line: {@code node}, {@code check}, {@code cat}, {@code export}, {@code incident},
 * {@code output}, {@code policy}, {@code sensors}.
 */
@QuarkusMain
public final class Main {
    private static final int USAGE = 2;

    Main() {}

    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        String command = words.isEmpty() ? "node" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        switch (command) {
            case "node" -> node(rest);
            case "check" -> System.exit(check(rest));
            case "cat" -> System.exit(Cat.run(rest, System.out, System.err));
            case "export" -> System.exit(CarryExport.run(rest, System.out, System.err));
            case "sensors" -> System.exit(SensorsCommand.run(rest, System.out, System.err));
            case "incident" -> System.exit(IncidentCommand.run(rest, System.out, System.err));
            case "output" -> System.exit(OutputCommand.run(rest, System.out, System.err));
            // What ./vigil policy bench asks the native executable for.
            case "figures" -> System.exit(MachineFigures.run(rest, System.out, System.err));
            case "policy" -> System.exit(PolicyCommand.run(rest, System.out, System.err));
            default ->
                    System.exit(
                            usage(
                                    "there is no command '%s': node, check, cat, export, incident, output, policy, sensors"
                                            .formatted(command)));
        }
    }

    private static int check(List<String> words) {
        if (words.size() != 1) {
            return usage("check takes one file: check site.yaml");
        }
        Path file = Path.of(words.getFirst());
        if (SiteConfigReader.read(file) instanceof SiteConfigReader.Valid(var site)) {
            List<PolicyUnloadable> unloadable = PolicySet.check(Node.policies(site));
            if (!unloadable.isEmpty()) {
                unloadable.forEach(problem -> System.out.println(problem.getMessage()));
                return 1;
            }
        }
        return SiteCheck.check(file, System.out);
    }

    private static void node(List<String> words) {
        Optional<SiteConfig> site =
                switch (words.size()) {
                    case 0 -> Optional.of(SiteConfig.defaults(Path.of("")));
                    case 2 -> words.getFirst().equals("--config") ? read(words.getLast()) : null;
                    default -> null;
                };
        if (site == null) {
            System.exit(
                    usage("node takes --config site.yaml, or nothing: got %s".formatted(words)));
        } else if (site.isEmpty()) {
            System.exit(1);
        } else {
            run(site.get());
        }
    }

    private static Optional<SiteConfig> read(String file) {
        return switch (SiteConfigReader.read(Path.of(file))) {
            case SiteConfigReader.Valid(var config) -> Optional.of(config);
            case SiteConfigReader.Invalid(var mistakes) -> {
                mistakes.forEach(System.err::println);
                System.err.printf("%d mistakes; the node was not started%n", mistakes.size());
                yield Optional.empty();
            }
        };
    }

    private static void run(SiteConfig site) {
        System.setProperty("quarkus.http.host", site.page().host());
        System.setProperty("quarkus.http.port", Integer.toString(site.page().port()));
        NodeApplication.prepare(site);
        Quarkus.run(NodeApplication.class);
    }

    private static int usage(String text) {
        System.err.println("vigil: " + text);
        return USAGE;
    }
}
