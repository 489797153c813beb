package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Whose journal this is: the node and the incarnation. Kept three times, in the directory and in
 * each lane's, so that one bad sector does not orphan a backlog.
 */
record Identity(String node, String incarnation) {
    static final String FILE = "journal.id";
    private static final Pattern TEXT =
            Pattern.compile(
                    "vigil journal 1\nnode ([A-Za-z0-9._-]+)\nincarnation ([0-9a-f]{16})\ncheck ([0-9a-f]{8})\n");

    static Optional<Identity> read(Disk disk) {
        for (String folder : folders()) {
            String file = Disk.join(folder, FILE);
            if (disk.exists(file)) {
                Matcher text =
                        TEXT.matcher(new String(disk.readSmall(file), StandardCharsets.UTF_8));
                if (text.matches()) {
                    var identity = new Identity(text.group(1), text.group(2));
                    if (identity.check().equals(text.group(3))) {
                        return Optional.of(identity);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Wherever it is missing or damaged. */
    void write(Disk disk) {
        byte[] text =
                "vigil journal 1\nnode %s\nincarnation %s\ncheck %s\n"
                        .formatted(node, incarnation, check())
                        .getBytes(StandardCharsets.UTF_8);
        for (String folder : folders()) {
            String file = Disk.join(folder, FILE);
            if (!disk.exists(file) || !java.util.Arrays.equals(disk.readSmall(file), text)) {
                disk.writeSafely(folder, FILE, text);
            }
        }
    }

    StreamId stream(Lane lane) {
        return new StreamId(node, incarnation, lane);
    }

    private static List<String> folders() {
        return List.of("", Lane.ALARM.word(), Lane.HISTORY.word());
    }

    private String check() {
        var crc = new CRC32C();
        crc.update((node + "/" + incarnation).getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
