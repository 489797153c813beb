package dev.vigil.policy.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The policies installed on a node, on its disk. Owned by one thread; another process may use the
 * same folder: a change while the other one changes something is a {@link PolicyStoreFault}, to be
 * tried again.
 *
 * <ol>
 *   <li>A version is written beside those that are there, synced, and only then named in the commit
 *       record ({@code ledger}), which is replaced as a whole. A power cut at any point leaves the
 *       record from before or the one from after.
 *   <li>Of a policy up to four versions are kept: armed, previous, candidate, and the one withdrawn
 *       last.
 *   <li>A counter that was installed is never gone below again, not even after a roll back.
 *   <li>Every method says what is on the disk now; nothing is remembered between calls.
 * </ol>
 */
public final class PolicyStore {
    private static final int POLICIES_MAX = 64;
    private static final String FRESH = "version.new";

    private final StoreFiles files;

    PolicyStore(StoreFiles files) {
        this.files = files;
    }

    /**
     * Makes the folder when there is none.
     *
     * @throws PolicyStoreFault when that is not possible
     */
    public static PolicyStore open(Path folder) {
        try {
            return new PolicyStore(new DiskFiles(folder));
        } catch (IOException e) {
            throw new PolicyStoreFault("%s can't be opened: %s".formatted(folder, e), e);
        }
    }

    /** Ids of the policies of which anything is there. */
    public SortedSet<String> policies() {
        return new TreeSet<>(ledger().policies().keySet());
    }

    /** All there is of a policy, at one moment. */
    public Shelf shelf(String policy) {
        return ledger().shelf(policy);
    }

    /**
     * Reads a version and verifies it again, all but its dates: a key may have been revoked since,
     * a file damaged.
     */
    public Bundle.Verification load(Stored stored, TrustStore trust) {
        try {
            Optional<byte[]> wasm = files.read(stored.wasmFile());
            Optional<byte[]> signature = files.read(stored.signatureFile());
            if (wasm.isEmpty() || signature.isEmpty()) {
                return new Bundle.Refused(
                        Bundle.Reason.MALFORMED,
                        "%s: %s or %s is missing"
                                .formatted(files, stored.wasmFile(), stored.signatureFile()));
            }
            Bundle.Verification found = Bundle.verifyInstalled(wasm.get(), signature.get(), trust);
            if (found instanceof Bundle.Verified verified
                    && !Stored.of(verified.statement()).equals(stored)) {
                return new Bundle.Refused(
                        Bundle.Reason.ALTERED,
                        "%s: the files of %s are those of %s"
                                .formatted(files, stored, verified.statement()));
            }
            return found;
        } catch (IOException e) {
            throw new PolicyStoreFault("%s can't be read: %s".formatted(files, e), e);
        }
    }

    /**
     * Makes a version the candidate, in place of an earlier candidate. Installing the newest
     * version once more is no error: its files are written again, and it is the candidate again
     * when it is not armed.
     *
     * @return empty when it is installed, else why not
     */
    public Optional<Bundle.Refused> install(Bundle.Verified verified) {
        Stored fresh = Stored.of(verified.statement());
        return change(
                ledger -> {
                    Shelf shelf = ledger.shelf(fresh.policy());
                    Optional<Bundle.Refused> refused = refused(ledger, shelf, fresh);
                    if (refused.isPresent()) {
                        return new Change<>(ledger, refused);
                    }
                    replace(fresh.wasmFile(), verified.wasm().array());
                    replace(fresh.signatureFile(), verified.signature().array());
                    files.syncFolder();
                    boolean there =
                            Stream.of(shelf.armed(), shelf.candidate())
                                    .anyMatch(Optional.of(fresh)::equals);
                    return new Change<>(
                            there ? ledger : ledger.with(fresh.policy(), shelf.installed(fresh)),
                            refused);
                });
    }

    /** Whole or not at all, also where a version that is there is written once more. */
    private void replace(String name, byte[] content) throws IOException {
        files.write(FRESH, content);
        files.sync(FRESH);
        files.rename(FRESH, name);
    }

    private static Optional<Bundle.Refused> refused(Ledger ledger, Shelf shelf, Stored fresh) {
        boolean same = shelf.versions().anyMatch(fresh::equals);
        if (fresh.counter() < shelf.highest() || (fresh.counter() == shelf.highest() && !same)) {
            return Optional.of(
                    new Bundle.Refused(
                            Bundle.Reason.OLDER_COUNTER,
                            "%s %s has counter %d, this node had %d before: needed is a higher one"
                                    .formatted(
                                            fresh.policy(),
                                            fresh.version(),
                                            fresh.counter(),
                                            shelf.highest())));
        }
        if (!ledger.policies().containsKey(fresh.policy())
                && ledger.policies().size() >= POLICIES_MAX) {
            return Optional.of(
                    new Bundle.Refused(
                            Bundle.Reason.STORE_FULL,
                            "there are %d policies installed, which is the most"
                                    .formatted(POLICIES_MAX)));
        }
        return Optional.empty();
    }

    /**
     * The candidate is armed, what was armed is the previous one.
     *
     * @throws IllegalStateException when there is no candidate
     */
    public Stored arm(String policy) {
        return change(
                ledger -> {
                    Shelf shelf = ledger.shelf(policy);
                    Stored candidate =
                            shelf.candidate()
                                    .orElseThrow(
                                            () ->
                                                    new IllegalStateException(
                                                            "%s has no candidate to arm"
                                                                    .formatted(policy)));
                    return new Change<>(ledger.with(policy, shelf.armedCandidate()), candidate);
                });
    }

    /**
     * The previous version is armed again, what was armed is withdrawn. When there is no previous
     * one nothing of this policy is armed afterwards.
     *
     * @return what is armed now
     * @throws IllegalStateException when nothing is armed
     */
    public Optional<Stored> rollback(String policy) {
        return change(
                ledger -> {
                    Shelf shelf = ledger.shelf(policy);
                    if (shelf.armed().isEmpty()) {
                        throw new IllegalStateException(
                                "%s has no armed version to go back from".formatted(policy));
                    }
                    return new Change<>(ledger.with(policy, shelf.rolledBack()), shelf.previous());
                });
    }

    /**
     * Notes the documents of a site, so that older ones are refused from now on. To be called when
     * a node starts and whenever they were read anew; it also mends a damaged copy of the record.
     *
     * @throws TrustFault when they are older than ones that were here before
     */
    public void accept(TrustStore trust) {
        TrustStore.Serials serials = trust.serials();
        accept(
                Map.of(
                        TrustStore.KEYS_FILE,
                        serials.keys(),
                        TrustStore.REVOKED_FILE,
                        serials.revoked()),
                serials.issued());
    }

    /**
     * As {@link #accept(TrustStore)}, for what a site gives its policies. A missing file is an
     * older one, when there was one before.
     *
     * @throws TrustFault when they are older than ones that were here before
     */
    public void accept(SiteGrants grants) {
        accept(Map.of(SiteGrants.FILE, grants.serial()), grants.issued());
    }

    private void accept(Map<String, Long> serials, Instant issued) {
        change(
                ledger -> {
                    serials.forEach(
                            (kind, serial) -> {
                                long known = ledger.serials().getOrDefault(kind, 0L);
                                if (serial < known) {
                                    throw new TrustFault(
                                            "%s has serial %d, this node had %d before: an older one is not taken"
                                                    .formatted(kind, serial, known));
                                }
                            });
                    Ledger noted = ledger.with(serials, issued);
                    boolean same =
                            noted.serials().equals(ledger.serials())
                                    && noted.earliest().equals(ledger.earliest());
                    return new Change<>(same ? ledger : noted, serials);
                });
    }

    /** Notes that it is at least this time; for a clock that is good. */
    public void passed(Instant now) {
        accept(Map.of(), now);
    }

    /**
     * What is known of the time.
     *
     * @param good whether the clock is set by a time server or kept by a battery
     */
    public TrustTime time(Instant clock, boolean good) {
        Instant earliest = ledger().earliest();
        return good && !clock.isBefore(earliest)
                ? new TrustTime.Known(clock)
                : new TrustTime.NotBefore(earliest);
    }

    private Ledger ledger() {
        try {
            return Ledger.find(files).ledger();
        } catch (IOException e) {
            throw new PolicyStoreFault("%s can't be read: %s".formatted(files, e), e);
        }
    }

    private record Change<T>(Ledger ledger, T answer) {}

    private interface Changing<T> {
        Change<T> on(Ledger ledger) throws IOException;
    }

    private <T> T change(Changing<T> changing) {
        try (StoreFiles.Lock _ = files.lock()) {
            Ledger.Found found = Ledger.find(files);
            Ledger before = found.ledger();
            if (!found.complete()) {
                before.write(files);
            }
            sweep(before);
            Change<T> change = changing.on(before);
            if (change.ledger().generation() != before.generation()) {
                change.ledger().write(files);
                sweep(change.ledger());
            }
            return change.answer();
        } catch (IOException e) {
            throw new PolicyStoreFault("%s can't be changed: %s".formatted(files, e), e);
        }
    }

    /** Deletes what a power cut left behind and what is no longer kept. */
    private void sweep(Ledger ledger) throws IOException {
        for (String name : files.names()) {
            boolean record = name.equals(Ledger.FILE) || name.equals(Ledger.COPY);
            if (!record && !ledger.keeps(name)) {
                files.delete(name);
            }
        }
    }
}
