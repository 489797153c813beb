package dev.vigil.forward;

import java.io.File;
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
 * {@link JournalFault}. Paths are relative to the directory. Open for a test's disk of some size.
 */
class Disk {
    private static final int SMALL_FILE_BYTES_MAX = 64 * 1024;

    static {
        FilePath.register(new CountingFilePath());
    }

    private final String directory;
    private final boolean real;

    Disk(String directory) {
        this.directory = directory;
        this.real = FilePath.get(directory).getScheme().equals("file");
    }

    /**
     * Bytes that can still be written; on a simulated disk without end unless it says otherwise.
     */
    long freeBytes() {
        return real ? new File(directory).getUsableSpace() : Long.MAX_VALUE;
    }

    /** Size of the file system. */
    long totalBytes() {
        return real ? new File(directory).getTotalSpace() : Long.MAX_VALUE;
    }

    /** Bytes written to the files of a folder since the process began; 0 on a simulated disk. */
    long writtenBytes(String folder) {
        return file(folder) instanceof CountingFilePath counting ? counting.writtenBytes() : 0;
    }

    /** Files that were set aside because they are damaged or nobody's, oldest first. */
    List<String> asideFiles(String folder) {
        return names(folder).stream()
                .filter(name -> name.contains(".damaged-") || name.endsWith(".orphaned"))
                .toList();
    }

    long asideBytes(String folder) {
        return asideFiles(folder).stream().mapToLong(name -> size(join(folder, name))).sum();
    }

    /** For H2: with the scheme of its file system. */
    String url(String relative) {
        return real ? CountingFilePath.SCHEME + ":" + path(relative) : path(relative);
    }

    private FilePath file(String relative) {
        return FilePath.get(url(relative));
    }

    /** For messages. */
    String path(String relative) {
        return relative.isEmpty() ? directory : directory + "/" + relative;
    }

    void createDirectory(String relative) {
        String path = path(relative);
        try {
            var missing = new ArrayList<FilePath>();
            FilePath file = file(relative);
            while (file != null && !file.exists()) {
                missing.add(file);
                file = file.getParent();
            }
            for (FilePath create : missing.reversed()) {
                create.createDirectory();
            }
            if (!file(relative).isDirectory()) {
                throw new JournalFault(path, "is not a directory");
            }
        } catch (DbException e) {
            throw new JournalFault(path, "directory can not be created", e);
        }
    }

    /** Names of the files in a directory. */
    List<String> names(String relative) {
        try {
            return file(relative).newDirectoryStream().stream()
                    .map(FilePath::getName)
                    .sorted()
                    .toList();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "can not be listed", e);
        }
    }

    boolean exists(String relative) {
        return file(relative).exists();
    }

    long size(String relative) {
        try {
            return file(relative).size();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "size is unknown", e);
        }
    }

    void delete(String relative) {
        try {
            file(relative).delete();
        } catch (DbException e) {
            throw new JournalFault(path(relative), "can not be deleted", e);
        }
    }

    /** Renames within the journal, replacing; durable after {@link #syncDirectory}. */
    void move(String from, String to) {
        try {
            file(from).moveTo(file(to), true);
        } catch (DbException e) {
            throw new JournalFault(path(from), "can not be renamed to " + to, e);
        }
    }

    FileChannel open(String relative, String mode) {
        try {
            return file(relative).open(mode);
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
        try (FileChannel channel =
                real
                        ? FileChannel.open(Path.of(path), StandardOpenOption.READ)
                        : file(relative).open("r")) {
            channel.force(true);
        } catch (IOException | DbException e) {
            throw new JournalFault(path, "directory can not be synced", e);
        }
    }

    static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }
}
