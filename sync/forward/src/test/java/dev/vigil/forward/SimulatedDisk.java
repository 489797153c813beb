package dev.vigil.forward;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets what was not synced, for the real journal on the real H2: give
 * {@link #directory} to {@link JournalOptions}. Owned by one thread.
 *
 * <ol>
 *   <li>A write is volatile until the file is forced; a creation, renaming or deletion until the
 *       directory is.
 *   <li>{@link #crash} (at once, or in the middle of whatever comes: {@link #crashAfter}) keeps of
 *       the volatile writes none, a prefix, or any subset, torn at 512 bytes; and of the volatile
 *       changes of names a prefix, as a journalling file system does.
 *   <li>After a crash every use fails until {@link #restart}; channels from before stay dead.
 *   <li>It can be full (a write may be cut short), refuse to write, to sync or to read (EIO), or be
 *       read-only.
 * </ol>
 */
public final class SimulatedDisk implements AutoCloseable {
    static final String SCHEME = "faulty";
    static final int SECTOR = 512;

    private static final ConcurrentHashMap<String, SimulatedDisk> DISKS = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    static {
        FilePath.register(new SimulatedFilePath());
    }

    private final RandomGenerator random;
    private final String root = "/" + NUMBERS.incrementAndGet();
    private final List<Runnable> volatileNames = new ArrayList<>();
    private NavigableMap<String, SimulatedFile> names = new TreeMap<>();
    private NavigableMap<String, SimulatedFile> durableNames = new TreeMap<>();
    private long capacity = Long.MAX_VALUE;
    private long operationsLeft = Long.MAX_VALUE;
    private long operationsUntilFailing = -1;
    private long readBytes;
    private int generation;
    private boolean dead;
    private boolean readOnly;
    private boolean failingWrites;
    private boolean failingSyncs;
    private boolean failingReads;

    public SimulatedDisk(RandomGenerator random) {
        this.random = random;
        DISKS.put(root, this);
    }

    /** For {@link JournalOptions}. */
    public String directory() {
        return SCHEME + ":" + root + "/journal";
    }

    /** For {@link Journal#open}: a disk that says how much room it has. */
    Disk room() {
        return new Disk(directory()) {
            @Override
            long freeBytes() {
                return Math.max(0, capacity - used());
            }

            @Override
            long totalBytes() {
                return capacity;
            }
        };
    }

    /** The power goes, now. */
    public void crash() {
        dead = true;
        operationsLeft = Long.MAX_VALUE;
        generation++;
        int kept = volatileNames.isEmpty() ? 0 : random.nextInt(volatileNames.size() + 1);
        names = durableNames;
        durableNames = new TreeMap<>(names);
        for (Runnable change : volatileNames.subList(0, kept)) {
            change.run();
        }
        volatileNames.clear();
        durableNames = new TreeMap<>(names);
        for (SimulatedFile file : names.values()) {
            file.crash(random);
        }
    }

    /** The process that uses it dies, and the machine lives: nothing is lost. */
    public void kill() {
        dead = true;
        operationsLeft = Long.MAX_VALUE;
        generation++;
        names.values().forEach(SimulatedFile::unlock);
    }

    /** The power goes in the middle of an operation after this many writes, syncs and renamings. */
    public void crashAfter(long operations) {
        operationsLeft = operations;
    }

    public boolean hasCrashed() {
        return dead;
    }

    /** The power is back. */
    public void restart() {
        dead = false;
        operationsLeft = Long.MAX_VALUE;
    }

    /** The disk has room for this many bytes; a file may be cut in the middle of a write. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** Every write, sync and renaming fails (EIO) after this many of them; below 0: none does. */
    public void failAfter(long operations) {
        operationsUntilFailing = operations;
    }

    public long used() {
        return names.values().stream().mapToLong(SimulatedFile::size).sum();
    }

    public void readOnly(boolean is) {
        readOnly = is;
    }

    public void failingWrites(boolean is) {
        failingWrites = is;
    }

    public void failingSyncs(boolean is) {
        failingSyncs = is;
    }

    public void failingReads(boolean is) {
        failingReads = is;
    }

    /** Names of the files under a folder of the journal, without the path. */
    public List<String> files(String folder) {
        String prefix = root + "/journal/" + folder + "/";
        return names.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /** What a file holds: {@code history/000….mv.db}. Written into, it is damaged. */
    public byte[] content(String file) {
        SimulatedFile found = names.get(root + "/journal/" + file);
        if (found == null) {
            throw new IllegalArgumentException("no file " + file + " in " + names.keySet());
        }
        return found.live();
    }

    /** Cuts a file. */
    public void truncate(String file, int length) {
        content(file);
        SimulatedFile found = names.get(root + "/journal/" + file);
        if (found != null) {
            found.replace(Arrays.copyOf(found.live(), length));
        }
    }

    @Override
    public void close() {
        DISKS.remove(root);
    }

    static SimulatedDisk of(String path) {
        int end = path.indexOf('/', 1);
        SimulatedDisk disk = DISKS.get(end < 0 ? path : path.substring(0, end));
        if (disk == null) {
            throw new IllegalArgumentException("no simulated disk at " + path);
        }
        return disk;
    }

    int generation() {
        return generation;
    }

    @Nullable SimulatedFile file(String path) {
        return names.get(path);
    }

    boolean isDirectory(String path) {
        SimulatedFile file = names.get(path);
        return path.equals(root) || (file != null && file.isDirectory());
    }

    List<String> children(String path) {
        return names.keySet().stream()
                .filter(
                        name ->
                                name.startsWith(path + "/")
                                        && name.indexOf('/', path.length() + 1) < 0)
                .toList();
    }

    /** A change of names, volatile until {@link #syncNames}. */
    void change(java.util.function.Consumer<NavigableMap<String, SimulatedFile>> change)
            throws IOException {
        operation();
        if (readOnly) {
            throw new AccessDeniedException("Read-only file system");
        }
        change.accept(names);
        volatileNames.add(() -> change.accept(names));
    }

    void syncNames() throws IOException {
        operation();
        volatileNames.clear();
        durableNames = new TreeMap<>(names);
    }

    /** Since the disk was made, or since the last call. */
    public long takeReadBytes() {
        long bytes = readBytes;
        readBytes = 0;
        return bytes;
    }

    void beforeRead(int openedIn, int length) throws IOException {
        alive(openedIn);
        readBytes += length;
        if (failingReads) {
            throw new IOException("Input/output error");
        }
    }

    /** How many of these bytes fit. */
    int beforeWrite(int openedIn, long growth, int length) throws IOException {
        alive(openedIn);
        operation();
        if (readOnly) {
            throw new AccessDeniedException("Read-only file system");
        }
        if (failingWrites) {
            throw new IOException("Input/output error");
        }
        long room = capacity - used();
        return growth <= room ? length : (int) Math.max(0, length - (growth - Math.max(0, room)));
    }

    void beforeSync(int openedIn) throws IOException {
        alive(openedIn);
        operation();
        if (failingSyncs) {
            throw new IOException("Input/output error");
        }
    }

    void alive(int openedIn) throws IOException {
        if (dead || openedIn != generation) {
            throw new IOException("power cut");
        }
    }

    private void operation() throws IOException {
        alive(generation);
        if (operationsUntilFailing == 0) {
            throw new IOException("Input/output error");
        }
        operationsUntilFailing--;
        if (operationsLeft-- <= 0) {
            crash();
            throw new IOException("power cut");
        }
    }
}
