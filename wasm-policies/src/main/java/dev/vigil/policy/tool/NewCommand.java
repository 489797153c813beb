package dev.vigil.policy.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code new}: a policy that works, to be changed into the one that is wanted. Stateless. */
final class NewCommand {
    private NewCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of("--lang", "--in"), Set.of());
        String id = arguments.name("name of the policy");
        if (!id.matches("[a-z][a-z0-9-]{0,31}")) {
            throw ToolFailure.usage(
                    "name '%s': it is a-z 0-9 -, up to 32, and begins with a letter".formatted(id));
        }
        Toolchain toolchain = Toolchain.of(arguments.one("--lang").orElse("rust"));
        Path folder = Path.of(arguments.one("--in").orElse(".")).resolve(id);
        if (Files.exists(folder)) {
            throw ToolFailure.usage(
                    "%s is there already; a new policy gets a folder of its own".formatted(folder));
        }
        for (String name : List.of(toolchain.sourceName(), "manifest.json", "vectors.csv")) {
            Disk.write(
                    folder.resolve(name),
                    Sdk.text("templates/" + name)
                            .replace("@ID@", id)
                            .replace("@CODE@", id.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        Disk.write(folder.resolve(toolchain.sdkName()), Sdk.read(toolchain.sdkResource()));
        io.out()
                .println(
                        "%s: %s (yours), %s (the SDK), manifest.json, vectors.csv"
                                .formatted(folder, toolchain.sourceName(), toolchain.sdkName()));
        Path source = folder.resolve(toolchain.sourceName());
        toolchain
                .missing(source)
                .ifPresent(
                        what ->
                                io.out()
                                        .println(
                                                "to build it you need: %s (%s)"
                                                        .formatted(toolchain.install(), what)));
        return 0;
    }
}
