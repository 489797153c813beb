package dev.vigil.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.h2.message.DbException;
import org.h2.store.fs.FilePath;

/**
 * The journal's directory, through H2's file system layer, so that everything the journal does to a
 * disk (H2's files and its own) can be done to a simulated one. Stateless; every failure is a
 * {@link JournalFault}. Paths are relative to the directory.
 */
final class Disk {
    private static final int SMALL_FILE_BYTES_MAX = 64 * 1024;

    private final String directory;

    Disk(String directory) {
        this.directory = directory;
    }

    /** For H2 and for messages. */
    String path(String relative) {
        return relative.isEmpty() ? directory : directory + "/" + relative;
    }

    void createDirectory(String relative) {
        String path = path(relative);
        try {
            var missing = new ArrayList<FilePath>();
            FilePath file = FilePath.get(path);
            while (file != null && !file.exists()) {
                missing.add(file);
                file = file.getParent();
            }
            for (FilePath create : missing.reversed()) {
                create.createDirectory();
            }
            if (!FilePath.get(path).isDirectory()) {
                throw new JournalFault(path, "is not a directory");
            }
        } catch (DbException e) {
            throw new JournalFault(path, "directory can not be created", e);
        }
    }

    /** Names of the files in a directory. */
    List<String> names(String relative) {
        try {
            return FilePath.get(path(relative)).newDirectoryStream().stream()
                    .map(FilePath::getName)
                    .sorted()
                    .toList();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "can not be listed", e);
        }
    }

    boolean exists(String relative) {
        return FilePath.get(path(relative)).exists();
    }

    long size(String relative) {
        try {
            return FilePath.get(path(relative)).size();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "size is unknown", e);
        }
    }

    void delete(String relative) {
        try {
            FilePath.get(path(relative)).delete();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "can not be deleted", e);
        }
    }

    /** Renames within the journal, replacing; durable after {@link #syncDirectory}. */
    void move(String from, String to) {
        try {
            FilePath.get(path(from)).moveTo(FilePath.get(path(to)), true);
        } catch (DbException e) {
            throw new JournalFault(path(from), "can not be renamed to " + to, e);
        }
    }

    FileChannel open(String relative, String mode) {
        try {
            return FilePath.get(path(relative)).open(mode);
        } catch (IOException | DbException e) {
            throw new JournalFault(path(relative), "can not be opened", e);
        }
    }

    byte[] readSmall(String relative) {
        try (FileChannel channel = open(relative, "r")) {
            var bytes = ByteBuffer.allocate((int) Math.min(channel.size(), SMALL_FILE_BYTES_MAX));
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
                // until full or at the end
            }
            return java.util.Arrays.copyOf(bytes.array(), bytes.position());
        } catch (IOException e) {
            throw new JournalFault(path(relative), "can not be read", e);
        }
    }

    /** All or nothing, durable when it returns. */
    void writeSafely(String folder, String name, byte[] content) {
        String fresh = join(folder, name + ".new");
        try {
            if (exists(fresh)) {
                delete(fresh);
            }
            try (FileChannel channel = open(fresh, "rw")) {
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes, bytes.position());
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new JournalFault(path(fresh), "can not be written", e);
        }
        move(fresh, join(folder, name));
        syncDirectory(folder);
    }

    /** Makes creations, renames and deletions in a directory durable. */
    void syncDirectory(String relative) {
        String path = path(relative);
        FilePath file = FilePath.get(path);
        try (FileChannel channel =
                file.getScheme().equals("file")
                        ? FileChannel.open(Path.of(path), StandardOpenOption.READ)
                        : file.open("r")) {
            channel.force(true);
        } catch (IOException | DbException e) {
            throw new JournalFault(path, "directory can not be synced", e);
        }
    }

    static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }
}
