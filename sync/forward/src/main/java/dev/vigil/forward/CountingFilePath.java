package dev.vigil.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.disk.FilePathDisk;
import org.jspecify.annotations.Nullable;

/**
 * H2's file system on disk, counting what is written into each directory: flash wears by that, and
 * H2 does not say. Immutable; the counters may be read by any thread.
 */
final class CountingFilePath extends FilePathDisk {
    static final String SCHEME = "counted";

    /** By directory: a handful for each journal that was opened. */
    private static final ConcurrentHashMap<String, AtomicLong> WRITTEN = new ConcurrentHashMap<>();

    /** Bytes given to the file system for the files of this directory since the process began. */
    long writtenBytes() {
        return counter(toRealPath().name).get();
    }

    @Override
    public CountingFilePath getPath(String path) {
        var file = new CountingFilePath();
        String prefix = SCHEME + ":";
        file.name =
                translateFileName(path.startsWith(prefix) ? path.substring(prefix.length()) : path);
        return file;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        FileChannel channel = super.open(mode);
        FilePath folder = toRealPath().getParent();
        return mode.equals("r") || folder == null
                ? channel
                : new Counted(channel, counter(folder.name));
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public String toString() {
        return SCHEME + ":" + name;
    }

    private static AtomicLong counter(String folder) {
        return WRITTEN.computeIfAbsent(folder, _ -> new AtomicLong());
    }

    /** An open file. */
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // at a position, as the channel itself
    private static final class Counted extends FileBaseDefault {
        private final FileChannel channel;
        private final AtomicLong written;

        private Counted(FileChannel channel, AtomicLong written) {
            this.channel = channel;
            this.written = written;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            int length = channel.write(source, position);
            written.addAndGet(length);
            return length;
        }

        @Override
        protected void implTruncate(long length) throws IOException {
            channel.truncate(length);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            channel.force(metaData);
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared)
                throws IOException {
            return channel.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            channel.close();
        }
    }
}
