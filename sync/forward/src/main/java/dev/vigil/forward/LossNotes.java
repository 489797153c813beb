package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Losses on their way into lane ALARM: found by the thread that reads, recorded by the one that
 * writes, and kept in a small file in between so that a crash does not lose the loss. {@link
 * #note}, {@link #prepare}, {@link #queue} and {@link #forget} may be called by any thread, the
 * rest by the committer. Bounded by the number of volumes.
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
                Optional<Loss> loss =
                        parse(identity, new String(disk.readSmall(name), StandardCharsets.UTF_8));
                if (loss.isPresent() && loss.get().isThinned() && !happened(loss.get())) {
                    disk.delete(name);
                } else {
                    loss.ifPresent(queue::add);
                }
            }
        }
    }

    /** A thinning that was not completed changed nothing: the volume is as it was written. */
    private boolean happened(Loss loss) {
        Volume.Form form = Volume.Form.THINNED;
        long start = 0;
        for (String name : disk.names(loss.stream().lane().word())) {
            Volume volume = Volume.named(name).orElse(null);
            if (volume == null || volume.start() > loss.from() || volume.start() < start) {
                continue;
            }
            boolean later = volume.start() > start || volume.form().compareTo(form) > 0;
            form = later ? volume.form() : form;
            start = volume.start();
        }
        return form.mayHaveGaps();
    }

    /**
     * Durable when it returns. What waits already (a repair that had to begin again) is not new.
     */
    void note(List<Loss> losses) {
        for (Loss loss : losses) {
            if (waits(loss)) {
                continue;
            }
            prepare(loss);
            queue.add(loss);
        }
    }

    /** Durable when it returns, and a loss from when it is {@link #queue}d. */
    void prepare(Loss loss) {
        String text =
                "%s\n%d\n%d\n%s\n"
                        .formatted(
                                loss.stream().lane().word(),
                                loss.from(),
                                loss.through(),
                                loss.reason());
        disk.writeSafely("", fileName(loss), text.getBytes(StandardCharsets.UTF_8));
    }

    /** They happened. */
    void queue(List<Loss> prepared) {
        queue.addAll(prepared);
    }

    /** They did not happen. A file that stays is found out at the next opening. */
    void forget(List<Loss> prepared) {
        try {
            for (Loss loss : prepared) {
                disk.delete(fileName(loss));
            }
        } catch (JournalFault _) {
            // as above
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
        if (!lines.get(1).matches("\\d{1,18}") || !lines.get(2).matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Lane.of(lines.getFirst())
                .map(
                        lane ->
                                new Loss(
                                        identity.stream(lane),
                                        Long.parseLong(lines.get(1)),
                                        Long.parseLong(lines.get(2)),
                                        lines.get(3).strip()));
    }
}
