package dev.vigil.forward;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * Reads blocks of one H2 file, without ever writing to it. Owned by one thread. An {@link
 * SQLException} means that H2 can not read on: the file is damaged, gone, or was given up by its
 * writer.
 */
final class VolumeReader {
    private static final String SETTINGS =
            ";ACCESS_MODE_DATA=r;IFEXISTS=TRUE;CACHE_SIZE=1024;TRACE_LEVEL_FILE=0"
                    + ";DB_CLOSE_ON_EXIT=FALSE";

    private final StreamId stream;
    private final Connection connection;
    private final PreparedStatement atOrBefore;
    private final PreparedStatement after;

    VolumeReader(Disk disk, String folder, Volume volume, StreamId stream) throws SQLException {
        this.stream = stream;
        String name = disk.url(Disk.join(folder, volume.database()));
        connection = new org.h2.Driver().connect("jdbc:h2:" + name + SETTINGS, new Properties());
        atOrBefore =
                connection.prepareStatement(
                        "select first_seq, body from block where first_seq <= ? order by first_seq desc limit 1");
        after =
                connection.prepareStatement(
                        "select first_seq, body from block where first_seq > ? order by first_seq limit 1");
    }

    /**
     * The block that holds {@code sequence}, else the first one after it.
     *
     * @throws DamagedRow when that row is not what was written
     */
    Optional<Block> from(long sequence) throws SQLException, DamagedRow {
        Optional<Block> holding =
                one(atOrBefore, sequence).filter(b -> b.lastSequence() >= sequence);
        return holding.isPresent() ? holding : one(after, sequence);
    }

    OptionalLong lastSequence() throws SQLException, DamagedRow {
        Optional<Block> last = one(atOrBefore, Long.MAX_VALUE);
        return last.isPresent() ? OptionalLong.of(last.get().lastSequence()) : OptionalLong.empty();
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            // Nothing was written; what it held is released all the same.
        }
    }

    private Optional<Block> one(PreparedStatement query, long sequence)
            throws SQLException, DamagedRow {
        query.setLong(1, sequence);
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            long firstSequence = row.getLong(1);
            byte[] body = row.getBytes(2);
            Optional<Block> block = StoredBlock.unwrap(stream, body, 0, body.length);
            if (block.isEmpty() || block.get().firstSequence() != firstSequence) {
                throw new DamagedRow(firstSequence);
            }
            return block;
        }
    }

    /** The row's checksum does not fit. */
    static final class DamagedRow extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedRow(long firstSequence) {
            super("the row of block " + firstSequence + " is damaged");
        }
    }
}
