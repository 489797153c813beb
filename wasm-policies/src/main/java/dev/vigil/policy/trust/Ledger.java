package dev.vigil.policy.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The commit record of a store: all of what counts, in one small file that is replaced as a whole,
 * and kept twice. Immutable.
 *
 * <pre>
 * vigil policies 1 CRC32C-of-the-rest
 * {"generation":7,"notBefore":...,"policies":{...},"serials":{...}}
 * </pre>
 *
 * @param generation one more with every change
 * @param earliest the latest time known to have passed
 * @param serials of the documents seen, by their kind
 */
record Ledger(
        long generation, Instant earliest, Map<String, Long> serials, Map<String, Shelf> policies) {
    /** Whichever has the higher generation counts; the first is written first. */
    static final String FILE = "ledger";

    static final String COPY = "ledger.copy";
    static final String FRESH = "ledger.new";
    private static final String HEAD = "vigil policies 1 ";
    private static final int HEAD_LENGTH = HEAD.length() + 9;
    private static final Ledger EMPTY = new Ledger(0, Instant.EPOCH, Map.of(), Map.of());

    Ledger {
        serials = Map.copyOf(serials);
        policies = Map.copyOf(policies);
    }

    /** What is on the disk, and whether both copies say so. */
    record Found(Ledger ledger, boolean complete) {}

    /**
     * @throws PolicyStoreFault when both are damaged, or one is and the other is missing: a counter
     *     may have gone back then
     */
    static Found find(StoreFiles files) throws IOException {
        List<String> names = files.names();
        if (!names.contains(FILE) && !names.contains(COPY)) {
            // The first record is written before anything else.
            if (!names.stream().allMatch(FRESH::equals)) {
                throw new PolicyStoreFault(
                        "%s has policies, but neither %s nor %s".formatted(files, FILE, COPY));
            }
            return new Found(EMPTY, false);
        }
        Optional<Ledger> one = read(files, FILE);
        Optional<Ledger> other = read(files, COPY);
        if (one.isEmpty() && other.isEmpty()) {
            throw new PolicyStoreFault(
                    "%s: neither %s nor %s is readable".formatted(files, FILE, COPY));
        }
        long generation = one.map(Ledger::generation).orElse(-1L);
        Ledger newest =
                other.filter(ledger -> ledger.generation() > generation)
                        .or(() -> one)
                        .orElse(EMPTY);
        return new Found(newest, one.equals(other));
    }

    /** Empty when it is missing, damaged or on a bad sector: there is the other one. */
    private static Optional<Ledger> read(StoreFiles files, String name) {
        try {
            return files.read(name).flatMap(Ledger::read);
        } catch (IOException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            // Whole, but not understood: not to be overwritten by something older.
            throw new PolicyStoreFault("%s: %s".formatted(files, e.getMessage()), e);
        }
    }

    /** Writes both; it counts from the first renaming on. */
    void write(StoreFiles files) throws IOException {
        byte[] bytes = bytes();
        for (String name : new String[] {FILE, COPY}) {
            files.write(FRESH, bytes);
            files.sync(FRESH);
            files.rename(FRESH, name);
            files.syncFolder();
        }
    }

    Shelf shelf(String policy) {
        return policies.getOrDefault(policy, Shelf.EMPTY);
    }

    Ledger with(String policy, Shelf shelf) {
        var all = new TreeMap<>(policies);
        all.put(policy, shelf);
        return new Ledger(generation + 1, earliest, serials, all);
    }

    Ledger with(Map<String, Long> newSerials, Instant newEarliest) {
        var all = new TreeMap<>(serials);
        newSerials.forEach((kind, serial) -> all.merge(kind, serial, Math::max));
        return new Ledger(
                generation + 1,
                newEarliest.isAfter(earliest) ? newEarliest : earliest,
                all,
                policies);
    }

    boolean keeps(String file) {
        return policies.values().stream()
                .flatMap(Shelf::versions)
                .anyMatch(
                        stored ->
                                stored.wasmFile().equals(file)
                                        || stored.signatureFile().equals(file));
    }

    private byte[] bytes() {
        var shelves = new LinkedHashMap<String, Object>();
        policies.forEach((policy, shelf) -> shelves.put(policy, shelf.members()));
        byte[] json =
                Json.canonical(
                        Map.of(
                                "generation",
                                generation,
                                "earliest",
                                earliest.toString(),
                                "serials",
                                serials,
                                "policies",
                                shelves));
        byte[] head = head(json);
        byte[] bytes = Arrays.copyOf(head, head.length + json.length);
        System.arraycopy(json, 0, bytes, head.length, json.length);
        return bytes;
    }

    private static byte[] head(byte[] json) {
        var crc = new CRC32C();
        crc.update(json);
        return "%s%08x\n".formatted(HEAD, crc.getValue()).getBytes(StandardCharsets.US_ASCII);
    }

    /** Empty when it is damaged. */
    private static Optional<Ledger> read(byte[] bytes) {
        byte[] json = Arrays.copyOfRange(bytes, Math.min(HEAD_LENGTH, bytes.length), bytes.length);
        if (!Arrays.equals(head(json), Arrays.copyOf(bytes, HEAD_LENGTH))) {
            return Optional.empty();
        }
        Members members =
                Members.read(json, FILE).only("generation", "earliest", "serials", "policies");
        var policies = new TreeMap<String, Shelf>();
        Members shelves = members.object("policies");
        for (Object policy : shelves.map().keySet()) {
            String id = (String) policy;
            policies.put(id, Shelf.read(id, shelves.object(id)));
        }
        var serials = new TreeMap<String, Long>();
        Members numbers = members.object("serials");
        for (Object kind : numbers.map().keySet()) {
            serials.put((String) kind, numbers.whole((String) kind, 0, TrustStore.SERIAL_MAX));
        }
        return Optional.of(
                new Ledger(
                        members.whole("generation", 0, Statement.COUNTER_MAX),
                        members.time("earliest"),
                        serials,
                        policies));
    }
}
