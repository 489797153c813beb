package dev.vigil.policy.trust;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The one folder of a {@link PolicyStore}: a real one, or in tests one that forgets at a power cut
 * what was not synced. Called by one thread at a time.
 */
interface StoreFiles {
    /** Empty when there is no such file. */
    Optional<byte[]> read(String name) throws IOException;

    /** Makes or replaces the file; durable after {@link #sync} and {@link #syncFolder}. */
    void write(String name, byte[] content) throws IOException;

    /** What is in the file survives from here on. */
    void sync(String name) throws IOException;

    /** Replaces what has the new name; durable after {@link #syncFolder}. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Names made, changed and deleted survive from here on. */
    void syncFolder() throws IOException;

    List<String> names() throws IOException;

    /**
     * Keeps other processes from changing anything until it is closed.
     *
     * @throws IOException when another one is at it
     */
    Lock lock() throws IOException;

    /** Held while something is changed. */
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
