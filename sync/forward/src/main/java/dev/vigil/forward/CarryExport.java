package dev.vigil.forward;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Command {@code export}: writes blocks of a journal into a signed file, for a node whose links are
 * gone for good. Changes nothing in the journal. Owned by the thread of the command line.
 */
public final class CarryExport {
    static final String USAGE =
            """
            usage: vigil export --journal DIR --to FILE --key NODE.pem [--lane alarm|history] [--from SEQUENCE] [--through SEQUENCE]
            Writes the blocks that hold these records into FILE, signed. The journal must not be in use.
            """;

    private static final Set<String> OPTIONS =
            Set.of("--journal", "--to", "--key", "--lane", "--from", "--through");

    private CarryExport() {}

    /** What is to be exported. */
    private record Wanted(JournalPart part, long through) {}

    /**
     * Runs the command.
     *
     * @return exit code: 0 written, 1 not (said on {@code err}; there is no FILE then), 2 wrong
     *     arguments
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            Map<String, String> options = parse(arguments);
            var wanted =
                    new Wanted(
                            JournalPart.of(options),
                            JournalPart.sequence(options, "--through", Long.MAX_VALUE));
            Path to = Path.of(options.getOrDefault("--to", "")).toAbsolutePath();
            PrivateKey key =
                    PemTls.key(Path.of(options.getOrDefault("--key", "")), CarryFile.ALGORITHM);
            try (var closed = ClosedJournal.open(wanted.part().directory())) {
                export(closed, wanted, to, key, out);
            }
            return 0;
        } catch (IllegalArgumentException e) {
            err.println("vigil export: " + e.getMessage());
            err.print(USAGE);
            return 2;
        } catch (TlsFault | JournalFault e) {
            err.println("vigil export: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            err.println("vigil export: " + Reason.ofFile(e));
            return 1;
        }
    }

    private static Map<String, String> parse(List<String> arguments) {
        var options = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (!OPTIONS.contains(option) || i + 1 == arguments.size()) {
                throw new IllegalArgumentException(
                        "%s: unknown, or without a value".formatted(option));
            }
            options.put(option, arguments.get(i + 1));
        }
        for (String needed : List.of("--journal", "--to", "--key")) {
            if (!options.containsKey(needed)) {
                throw new IllegalArgumentException(needed + " is missing");
            }
        }
        return options;
    }

    private static void export(
            ClosedJournal journal, Wanted wanted, Path to, PrivateKey key, PrintStream out)
            throws IOException {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        var told = new ArrayList<String>();
        try (FileChannel file =
                        FileChannel.open(
                                part,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING);
                var writer =
                        new CarryFile.Writer(
                                new BufferedOutputStream(
                                        Channels.newOutputStream(file), 1 << 16))) {
            for (Lane lane : wanted.part().lanes()) {
                try (JournalReader reader = journal.reader(lane)) {
                    told.add(lane(reader, wanted, writer));
                }
            }
            writer.finish(key);
            // Sticks are pulled: what is named FILE is whole.
            file.force(true);
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        told.forEach(out::println);
        out.printf("%s: %,d bytes, signed%n", to, Files.size(to));
    }

    private static String lane(JournalReader reader, Wanted wanted, CarryFile.Writer writer)
            throws IOException {
        long records = 0;
        long first = 0;
        long last = 0;
        Optional<Block> block = reader.from(wanted.part().from());
        while (block.isPresent() && block.get().firstSequence() <= wanted.through()) {
            writer.add(block.get());
            first = first == 0 ? block.get().firstSequence() : first;
            last = block.get().lastSequence();
            records += block.get().recordCount();
            block = reader.from(last + 1);
        }
        return records == 0
                ? "%s: nothing".formatted(reader.stream())
                : "%s: %,d records, sequences %d to %d"
                        .formatted(reader.stream(), records, first, last);
    }
}
