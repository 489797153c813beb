package dev.vigil.policy.trust;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A folder in memory that forgets what was not synced. Owned by one thread.
 *
 * <ol>
 *   <li>What is written to a file is volatile until {@link #sync} of it; a power cut keeps of it
 *       nothing, all, a part, or a part and garbage. A file that is written anew loses its old
 *       content at once (as truncation may be durable before what follows it).
 *   <li>Names made, renamed and deleted are volatile until {@link #syncFolder}; a power cut keeps
 *       the first few of the changes, as a journalling file system does.
 *   <li>{@link #cutAfter}: the power goes in the middle of an operation; everything fails until
 *       {@link #restart}.
 * </ol>
 */
final class SimulatedFiles implements StoreFiles {
    private final RandomGenerator random;
    private NavigableMap<String, Content> names = new TreeMap<>();
    private NavigableMap<String, Content> durable = new TreeMap<>();
    private final List<Runnable> volatileNames = new ArrayList<>();
    private long operationsLeft = Long.MAX_VALUE;
    private boolean cut;
    private boolean locked;
    private boolean failing;

    private static final class Content {
        private byte[] live = {};
        private byte[] synced = {};
    }

    SimulatedFiles(RandomGenerator random) {
        this.random = random;
    }

    /** The power goes in the middle of the operation after this many. */
    void cutAfter(long operations) {
        operationsLeft = operations;
    }

    boolean wasCut() {
        return cut;
    }

    void restart() {
        cut = false;
        locked = false;
        operationsLeft = Long.MAX_VALUE;
    }

    /** Every change fails (EIO). */
    void failing(boolean is) {
        failing = is;
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        alive();
        return Optional.ofNullable(names.get(name)).map(content -> content.live.clone());
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        Content there = names.get(name);
        if (there == null) {
            Content made = new Content();
            names.put(name, made);
            volatileNames.add(() -> durable.put(name, made));
            there = made;
        }
        there.live = bytes.clone();
        there.synced = new byte[0];
        operation();
    }

    @Override
    public void sync(String name) throws IOException {
        operation();
        Content content = found(name);
        content.synced = content.live.clone();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Content content = found(from);
        names.remove(from);
        names.put(to, content);
        volatileNames.add(
                () -> {
                    durable.remove(from);
                    durable.put(to, content);
                });
        operation();
    }

    @Override
    public void delete(String name) throws IOException {
        names.remove(name);
        volatileNames.add(() -> durable.remove(name));
        operation();
    }

    @Override
    public void syncFolder() throws IOException {
        operation();
        volatileNames.clear();
        durable = new TreeMap<>(names);
    }

    @Override
    public List<String> names() throws IOException {
        alive();
        return List.copyOf(names.keySet());
    }

    @Override
    public Lock lock() throws IOException {
        alive();
        if (locked) {
            throw new IOException("locked");
        }
        locked = true;
        return () -> locked = false;
    }

    private Content found(String name) throws IOException {
        Content content = names.get(name);
        if (content == null) {
            throw new IOException("no file " + name);
        }
        return content;
    }

    private void alive() throws IOException {
        if (cut) {
            throw new IOException("power cut");
        }
    }

    private void operation() throws IOException {
        alive();
        if (failing) {
            throw new IOException("Input/output error");
        }
        if (operationsLeft-- <= 0) {
            cut();
            throw new IOException("power cut");
        }
    }

    private void cut() {
        cut = true;
        int kept = random.nextInt(volatileNames.size() + 1);
        volatileNames.subList(0, kept).forEach(Runnable::run);
        volatileNames.clear();
        for (Content content : durable.values()) {
            if (!Arrays.equals(content.synced, content.live)) {
                content.live = torn(content.live);
                content.synced = content.live.clone();
            }
        }
        names = new TreeMap<>(durable);
    }

    private byte[] torn(byte[] written) {
        byte[] left = Arrays.copyOf(written, random.nextInt(written.length + 1));
        int garbage = random.nextInt(3) == 0 ? random.nextInt(left.length + 1) : left.length;
        for (int i = garbage; i < left.length; i++) {
            left[i] = (byte) random.nextInt();
        }
        return left;
    }

    @Override
    public String toString() {
        return "simulated folder";
    }
}
