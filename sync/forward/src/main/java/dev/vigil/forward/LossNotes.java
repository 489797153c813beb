package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Losses on their way into lane ALARM: found by the thread that reads, recorded by the one that
 * writes, and kept in a small file in between so that a crash does not lose the loss. {@link #note}
 * may be called by any thread, the rest by the committer. Bounded by the number of volumes.
 */
final class LossNotes {
    private static final String PREFIX = "loss-";

    private final Disk disk;
    private final ConcurrentLinkedQueue<Loss> queue = new ConcurrentLinkedQueue<>();
    private final List<String> filesToDelete = new ArrayList<>();

    LossNotes(Disk disk) {
        this.disk = disk;
    }

    /** What an earlier run left, whose damage can no longer be seen. */
    void recover(Identity identity) {
        for (String name : disk.names("")) {
            if (name.startsWith(PREFIX) && !name.endsWith(".new")) {
                parse(identity, new String(disk.readSmall(name), StandardCharsets.UTF_8))
                        .ifPresent(queue::add);
            }
        }
    }

    /**
     * Durable when it returns. What waits already (a repair that had to begin again) is not new.
     */
    void note(List<Loss> losses) {
        for (Loss loss : losses) {
            if (waits(loss)) {
                continue;
            }
            String text =
                    "%s\n%d\n%d\n%s\n"
                            .formatted(
                                    loss.stream().lane().word(),
                                    loss.from(),
                                    loss.through(),
                                    loss.reason());
            disk.writeSafely("", fileName(loss), text.getBytes(StandardCharsets.UTF_8));
            queue.add(loss);
        }
    }

    /** Without a file: for a loss that the next opening would find again by itself. */
    void remember(Loss loss) {
        if (!waits(loss)) {
            queue.add(loss);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** At most as many as fit a block; they stay until {@link #recorded}. */
    List<Loss> waiting() {
        return queue.stream().limit(BlockCodec.RECORDS_MAX).toList();
    }

    /** Their records are durable. A file that can not be deleted now is deleted next time. */
    void recorded(List<Loss> losses) {
        for (Loss loss : losses) {
            queue.remove(loss);
            filesToDelete.add(fileName(loss));
        }
        try {
            for (String file : List.copyOf(filesToDelete)) {
                if (disk.exists(file)) {
                    disk.delete(file);
                }
                filesToDelete.remove(file);
            }
        } catch (JournalFault _) {
            // A restart before that records the same loss once more.
        }
    }

    private boolean waits(Loss loss) {
        return queue.stream().anyMatch(loss::isSameRange);
    }

    private static String fileName(Loss loss) {
        return "%s%s-%019d-%019d"
                .formatted(PREFIX, loss.stream().lane().word(), loss.from(), loss.through());
    }

    private static Optional<Loss> parse(Identity identity, String text) {
        var lines = new ArrayList<>(List.of(text.split("\n", 4)));
        if (lines.size() < 4) {
            return Optional.empty();
        }
        for (Lane lane : Lane.values()) {
            if (lane.word().equals(lines.getFirst())
                    && lines.get(1).matches("\\d{1,18}")
                    && lines.get(2).matches("\\d{1,18}")) {
                return Optional.of(
                        new Loss(
                                identity.stream(lane),
                                Long.parseLong(lines.get(1)),
                                Long.parseLong(lines.get(2)),
                                lines.get(3).strip()));
            }
        }
        return Optional.empty();
    }
}
