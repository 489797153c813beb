package dev.vigil.node.policies;

import dev.vigil.policy.PolicySnapshot;
import dev.vigil.policy.SnapshotCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The snapshots of all policies on disk: two files each, written in turn, so that a torn one leaves
 * the one before. Owned by one thread at a time.
 */
public final class SnapshotFolder {
    private static final List<String> TURNS = List.of("a", "b");
    private static final long FILE_BYTES_MAX = 64L << 20;

    private final Path folder;

    /** Per policy, which of the two is written next. */
    private final Map<String, Integer> next = new HashMap<>();

    /** What a file holds: a snapshot, or why not. */
    public sealed interface Entry {}

    public record Found(Path file, PolicySnapshot snapshot) implements Entry {}

    public record Damaged(Path file, String reason) implements Entry {}

    public SnapshotFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Durable when it returns.
     *
     * @throws IOException the snapshots of before are as they were
     */
    public void write(PolicySnapshot snapshot) throws IOException {
        Files.createDirectories(folder);
        String policy = snapshot.owner().policy();
        int turn = next.computeIfAbsent(policy, this::olderOf);
        Path fresh = folder.resolve(policy + ".state.new");
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(SnapshotCodec.encode(snapshot));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file(policy, turn), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        next.put(policy, 1 - turn);
    }

    /** The snapshots of a policy, the newest first; unreadable ones first of all. */
    public List<Entry> read(String policy) {
        List<Entry> entries = new ArrayList<>();
        List<Found> readable = new ArrayList<>();
        for (int turn = 0; turn < TURNS.size(); turn++) {
            Path file = file(policy, turn);
            if (!Files.exists(file)) {
                continue;
            }
            switch (read(file)) {
                case Found whole -> readable.add(whole);
                case Damaged damaged -> entries.add(damaged);
            }
        }
        readable.sort(
                Comparator.comparingLong((Found r) -> r.snapshot().lastSequence()).reversed());
        entries.addAll(readable);
        return entries;
    }

    private static Entry read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                return new Damaged(file, "it has more than %d bytes".formatted(FILE_BYTES_MAX));
            }
            return new Found(file, SnapshotCodec.decode(Files.readAllBytes(file)));
        } catch (IOException e) {
            return new Damaged(file, e.toString());
        } catch (IllegalArgumentException e) {
            return new Damaged(file, String.valueOf(e.getMessage()));
        }
    }

    /** The file that may be replaced: one that is missing or damaged, else the older one. */
    private int olderOf(String policy) {
        long[] sequences = {Long.MIN_VALUE, Long.MIN_VALUE};
        for (int turn = 0; turn < TURNS.size(); turn++) {
            Path file = file(policy, turn);
            if (Files.exists(file) && read(file) instanceof Found(var _, var snapshot)) {
                sequences[turn] = snapshot.lastSequence();
            }
        }
        return sequences[0] <= sequences[1] ? 0 : 1;
    }

    private Path file(String policy, int turn) {
        return folder.resolve("%s.%s.state".formatted(policy, TURNS.get(turn)));
    }
}
