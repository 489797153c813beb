package dev.vigil.forward;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Appends blocks to one H2 file. Owned by one thread. Every failure is a {@link JournalFault},
 * after which only {@link #abandon} is left to call.
 *
 * <p>Settings: {@code WRITE_DELAY=0} leaves no background thread; {@code PAGE_SIZE=512} because H2
 * writes the last page again with every commit (4.4 KiB instead of 18 KiB for a commit of 300
 * bytes); {@code MAX_COMPACT_TIME=0} because volumes are rewritten by {@link VolumeRepair}.
 */
final class VolumeWriter {
    private static final String SETTINGS =
            ";WRITE_DELAY=0;PAGE_SIZE=512;MAX_COMPACT_TIME=0;CACHE_SIZE=1024;TRACE_LEVEL_FILE=0"
                    + ";DB_CLOSE_ON_EXIT=FALSE";

    private final Disk disk;
    private final String file;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement checkpoint;

    private VolumeWriter(Disk disk, String file, Connection connection) throws SQLException {
        this.disk = disk;
        this.file = file;
        this.connection = connection;
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("insert into block values (?, ?, ?, ?, ?, ?)");
        checkpoint = connection.prepareStatement("checkpoint sync");
    }

    /**
     * Creates an empty volume. It gets its name only when it is durable, so that a file with such a
     * name that does not open is damage and not a crash.
     *
     * @param folder the lane's
     */
    static VolumeWriter create(Disk disk, String folder, Volume volume) {
        String name = Disk.join(folder, volume.database());
        createEmpty(disk, folder);
        disk.move(freshFile(folder), name + Volume.H2_SUFFIX);
        disk.syncDirectory(folder);
        return openExisting(disk, name);
    }

    /** A volume for a rewrite, until its maker renames it. */
    static VolumeWriter createFresh(Disk disk, String folder, String freshDatabase) {
        String file = Disk.join(folder, freshDatabase) + Volume.H2_SUFFIX;
        if (disk.exists(file)) {
            disk.delete(file);
        }
        return openNew(disk, Disk.join(folder, freshDatabase));
    }

    void append(Block block) {
        try {
            insert.setLong(1, block.firstSequence());
            insert.setInt(2, block.recordCount());
            insert.setLong(3, milliseconds(block.firstAt()));
            insert.setLong(4, milliseconds(block.lastAt()));
            insert.setString(5, block.codec());
            insert.setBytes(6, StoredBlock.wrap(block));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new JournalFault(disk.path(file), "block not appended", e);
        }
    }

    /** Commits and syncs: a commit alone survives no power cut. */
    void sync() {
        try {
            connection.commit();
            checkpoint.execute();
        } catch (SQLException e) {
            throw new JournalFault(disk.path(file), "not synced", e);
        }
    }

    long bytes() {
        return disk.size(file);
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new JournalFault(disk.path(file), "not closed", e);
        }
    }

    /** Lets go of the file without writing to it again. */
    void abandon() {
        abandon(disk, file, connection);
    }

    private static void abandon(Disk disk, String file, Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("shutdown immediately");
        } catch (SQLException _) {
            // It is broken already, which is why it is abandoned.
        }
        try {
            connection.close();
        } catch (SQLException _) {
            // as above
        }
        release(disk, file.substring(0, file.length() - Volume.H2_SUFFIX.length()));
    }

    /**
     * H2 keeps a database whose opening or closing failed, and would give the broken one to whoever
     * opens that file next. Each connection without settings takes one of its errors; the one that
     * succeeds can shut it down.
     */
    private static void release(Disk disk, String name) {
        String url = "jdbc:h2:" + disk.url(name) + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r";
        for (int attempt = 0; attempt < 3; attempt++) {
            try (Connection broken = new org.h2.Driver().connect(url, new Properties());
                    Statement statement = broken.createStatement()) {
                statement.execute("shutdown immediately");
                return;
            } catch (SQLException _) {
                // Nothing there to release, or one more error to take.
            }
        }
    }

    private static String freshFile(String folder) {
        return Disk.join(folder, "new" + Volume.H2_SUFFIX);
    }

    private static void createEmpty(Disk disk, String folder) {
        String file = freshFile(folder);
        if (disk.exists(file)) {
            disk.delete(file);
        }
        VolumeWriter writer = openNew(disk, Disk.join(folder, "new"));
        try {
            writer.sync();
            writer.close();
        } catch (JournalFault e) {
            writer.abandon();
            throw e;
        }
    }

    private static VolumeWriter openNew(Disk disk, String name) {
        return open(
                disk,
                name,
                "",
                """
                create table block (
                    first_seq bigint primary key,
                    record_count int not null,
                    first_at bigint not null,
                    last_at bigint not null,
                    codec varchar not null,
                    body varbinary not null)
                """);
    }

    private static VolumeWriter openExisting(Disk disk, String name) {
        return open(disk, name, ";IFEXISTS=TRUE", "commit");
    }

    private static VolumeWriter open(
            Disk disk, String name, String setting, String firstStatement) {
        Connection connection;
        try {
            connection = connect(disk, name, setting);
        } catch (SQLException e) {
            release(disk, name);
            throw new JournalFault(disk.path(name), "volume not opened", e);
        }
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(firstStatement);
            }
            return new VolumeWriter(disk, name + Volume.H2_SUFFIX, connection);
        } catch (SQLException e) {
            abandon(disk, name + Volume.H2_SUFFIX, connection);
            throw new JournalFault(disk.path(name), "volume not opened", e);
        }
    }

    private static Connection connect(Disk disk, String name, String more) throws SQLException {
        return new org.h2.Driver()
                .connect("jdbc:h2:" + disk.url(name) + SETTINGS + more, new Properties());
    }

    /** For whoever looks with SQL; the exact times are in the body's envelope. */
    private static long milliseconds(java.time.Instant at) {
        long seconds = Math.clamp(at.getEpochSecond(), -9_000_000_000_000L, 9_000_000_000_000L);
        return seconds * 1000 + at.getNano() / 1_000_000;
    }
}
