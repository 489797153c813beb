package dev.vigil.forward;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.List;
import org.h2.api.ErrorCode;
import org.h2.message.DbException;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/** H2's view of a {@link SimulatedDisk}. */
final class SimulatedFilePath extends FilePath {
    @Override
    public long size() {
        SimulatedFile file = disk().file(path());
        return file == null ? 0 : file.size();
    }

    @Override
    public void moveTo(FilePath newName, boolean atomicReplace) {
        String from = path();
        String to = ((SimulatedFilePath) newName).path();
        SimulatedFile file = disk().file(from);
        if (file == null) {
            throw DbException.get(ErrorCode.FILE_RENAME_FAILED_2, name, newName.name);
        }
        change(
                ErrorCode.FILE_RENAME_FAILED_2,
                names -> {
                    names.remove(from);
                    names.put(to, file);
                });
    }

    @Override
    public boolean createFile() {
        if (exists()) {
            return false;
        }
        create(false);
        return true;
    }

    @Override
    public boolean exists() {
        return disk().isDirectory(path()) || disk().file(path()) != null;
    }

    @Override
    public void delete() {
        String path = path();
        if (exists()) {
            change(ErrorCode.FILE_DELETE_FAILED_1, names -> names.remove(path));
        }
    }

    @Override
    public List<FilePath> newDirectoryStream() {
        return disk().children(path()).stream()
                .map(child -> (FilePath) getPath(SimulatedDisk.SCHEME + ":" + child))
                .toList();
    }

    @Override
    public FilePath toRealPath() {
        return this;
    }

    @Override
    public @Nullable FilePath getParent() {
        String path = path();
        int end = path.lastIndexOf('/');
        return end <= 0 ? null : getPath(SimulatedDisk.SCHEME + ":" + path.substring(0, end));
    }

    @Override
    public boolean isDirectory() {
        return disk().isDirectory(path());
    }

    @Override
    public boolean isRegularFile() {
        return exists() && !isDirectory();
    }

    @Override
    public boolean isAbsolute() {
        return true;
    }

    @Override
    public long lastModified() {
        return 0;
    }

    @Override
    public boolean canWrite() {
        return true;
    }

    @Override
    public void createDirectory() {
        create(true);
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        SimulatedDisk disk = disk();
        disk.alive(disk.generation());
        if (isDirectory()) {
            return new Channel(disk, new SimulatedFile(true), false);
        }
        boolean writing = !mode.equals("r");
        SimulatedFile file = disk.file(path());
        if (file == null) {
            if (!writing) {
                throw new FileNotFoundException(name);
            }
            var created = new SimulatedFile(false);
            String path = path();
            disk.change(names -> names.put(path, created));
            file = created;
        } else if (writing) {
            // A read-only disk refuses to open for writing, as a real one does.
            disk.beforeWrite(disk.generation(), 0, 0);
        }
        return new Channel(disk, file, writing);
    }

    @Override
    public boolean setReadOnly() {
        return false;
    }

    @Override
    public String getScheme() {
        return SimulatedDisk.SCHEME;
    }

    @Override
    public SimulatedFilePath getPath(String path) {
        var file = new SimulatedFilePath();
        file.name = path;
        return file;
    }

    private String path() {
        return name.substring(SimulatedDisk.SCHEME.length() + 1);
    }

    private SimulatedDisk disk() {
        return SimulatedDisk.of(path());
    }

    private void create(boolean directory) {
        String path = path();
        var created = new SimulatedFile(directory);
        change(ErrorCode.FILE_CREATION_FAILED_1, names -> names.put(path, created));
    }

    private void change(
            int errorCode,
            java.util.function.Consumer<java.util.NavigableMap<String, SimulatedFile>> change) {
        try {
            disk().change(change);
        } catch (IOException e) {
            throw DbException.get(errorCode, e, name, String.valueOf(e.getMessage()));
        }
    }

    /** An open file; dead after a crash of its disk. */
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a simulation has one thread
    private static final class Channel extends FileBaseDefault {
        private final SimulatedDisk disk;
        private final SimulatedFile file;
        private final boolean writing;
        private final int openedIn;

        private Channel(SimulatedDisk disk, SimulatedFile file, boolean writing) {
            this.disk = disk;
            this.file = file;
            this.writing = writing;
            this.openedIn = disk.generation();
        }

        @Override
        public long size() throws IOException {
            disk.alive(openedIn);
            return file.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            disk.beforeRead(openedIn, target.remaining());
            byte[] bytes = new byte[target.remaining()];
            int length = file.read((int) Math.min(position, file.size()), bytes, bytes.length);
            if (length > 0) {
                target.put(bytes, 0, length);
            }
            return length;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (!writing) {
                throw new java.nio.channels.NonWritableChannelException();
            }
            int length = source.remaining();
            long growth = Math.max(0, position + length - file.size());
            int fits = disk.beforeWrite(openedIn, growth, length);
            byte[] bytes = new byte[fits];
            source.get(bytes);
            file.write((int) position, bytes);
            if (fits < length) {
                throw new IOException("No space left on device");
            }
            return length;
        }

        @Override
        protected void implTruncate(long length) throws IOException {
            disk.beforeWrite(openedIn, 0, 0);
            file.truncate((int) Math.min(length, Integer.MAX_VALUE));
        }

        @Override
        public void force(boolean metaData) throws IOException {
            disk.beforeSync(openedIn);
            if (file.isDirectory()) {
                disk.syncNames();
            } else {
                file.sync();
            }
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared)
                throws IOException {
            disk.alive(openedIn);
            if (!shared && !file.lock(this)) {
                return null;
            }
            return new FileLock(this, position, size, shared) {
                @Override
                public boolean isValid() {
                    return true;
                }

                @Override
                public void release() {
                    file.unlock(Channel.this);
                }
            };
        }

        @Override
        protected void implCloseChannel() {
            file.unlock(this);
        }
    }
}
