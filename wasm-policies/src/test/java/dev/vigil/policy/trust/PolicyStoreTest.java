package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is armed on a node's disk, and that counters never go back (POLICY-ABI 5.10, 14). */
final class PolicyStoreTest {
    private static final String HEAT = "acme.heat-rise";

    @TempDir Path folder;
    private final TrustSite site = new TrustSite();
    private PolicyStore store;

    @BeforeEach
    void open() {
        store = PolicyStore.open(folder.resolve("policies"));
    }

    @Test
    void whatIsInstalledIsArmedOnlyWhenTold() {
        install(7);

        assertEquals(Optional.empty(), store.shelf(HEAT).armed());
        assertEquals(7, store.shelf(HEAT).candidate().orElseThrow().counter());
        assertEquals(7, store.arm(HEAT).counter());
        assertEquals(7, store.shelf(HEAT).armed().orElseThrow().counter());
        assertEquals(Optional.empty(), store.shelf(HEAT).candidate());
        assertEquals(Set.of(HEAT), store.policies());
    }

    @Test
    void goesBackToThePreviousVersion() {
        armed(7);
        armed(8);

        assertEquals(7, store.rollback(HEAT).orElseThrow().counter());

        assertEquals(7, store.shelf(HEAT).armed().orElseThrow().counter());
        assertEquals(Optional.empty(), store.shelf(HEAT).previous());
        assertEquals(8, store.shelf(HEAT).withdrawn().orElseThrow().counter());
        assertEquals(8, store.shelf(HEAT).highest());
    }

    @Test
    void goesBackToNothingWhenThereIsNoPreviousVersion() {
        armed(7);

        assertEquals(Optional.empty(), store.rollback(HEAT));

        assertEquals(Optional.empty(), store.shelf(HEAT).armed());
        assertThrows(IllegalStateException.class, () -> store.rollback(HEAT));
    }

    @Test
    void aCandidateDoesNotCostThePreviousVersion() {
        armed(7);
        armed(8);
        install(9);

        assertEquals(7, store.shelf(HEAT).previous().orElseThrow().counter());
        assertEquals(7, store.rollback(HEAT).orElseThrow().counter());
        assertEquals(9, store.shelf(HEAT).candidate().orElseThrow().counter());
    }

    @Test
    void refusesAnOlderCounterEvenAfterARollBack() {
        armed(7);
        armed(8);
        store.rollback(HEAT);

        Bundle.Refused refused = store.install(site.verified(HEAT, 6)).orElseThrow();

        assertEquals(Bundle.Reason.OLDER_COUNTER, refused.reason());
        assertEquals(
                "acme.heat-rise 1.6 has counter 6, this node had 8 before: needed is a higher one",
                refused.message());
        assertEquals(Bundle.Reason.OLDER_COUNTER, install7Again().reason());
    }

    private Bundle.Refused install7Again() {
        return store.install(site.verified(HEAT, 7)).orElseThrow();
    }

    @Test
    void refusesAnotherModuleUnderAUsedCounter() {
        armed(7);
        byte[] other = TrustSite.module(HEAT, "1.7-other");
        var verified =
                (Bundle.Verified)
                        Bundle.verify(
                                other,
                                site.signed(other, 7),
                                site.trust(),
                                TrustSite.known(TrustSite.NOW));

        assertEquals(Bundle.Reason.OLDER_COUNTER, store.install(verified).orElseThrow().reason());
    }

    @Test
    void aWithdrawnVersionCanBeInstalledOnceMore() {
        armed(7);
        armed(8);
        store.rollback(HEAT);

        install(8);

        assertEquals(8, store.arm(HEAT).counter());
        assertEquals(7, store.shelf(HEAT).previous().orElseThrow().counter());
        assertEquals(Optional.empty(), store.shelf(HEAT).withdrawn());
    }

    @Test
    void installingTheArmedVersionOnceMoreMendsItsFiles() throws IOException {
        armed(7);
        Path module = folder.resolve("policies/acme.heat-rise.7.wasm");
        Files.write(module, new byte[] {1, 2, 3});
        Stored armed = store.shelf(HEAT).armed().orElseThrow();

        var damaged = assertInstanceOf(Bundle.Refused.class, store.load(armed, site.trust()));
        install(7);

        assertEquals(Bundle.Reason.ALTERED, damaged.reason());
        assertInstanceOf(Bundle.Verified.class, store.load(armed, site.trust()));
        assertEquals(Optional.of(armed), store.shelf(HEAT).armed());
    }

    @Test
    void loadsOnlyWhatIsStillTrusted() {
        armed(7);
        Stored armed = store.shelf(HEAT).armed().orElseThrow();
        String key = Keys.id(site.operator.getPublic());

        var refused =
                assertInstanceOf(
                        Bundle.Refused.class,
                        store.load(armed, site.trust(false, Map.of(key, "lost"))));

        assertEquals(Bundle.Reason.REVOKED, refused.reason());
    }

    @Test
    void anotherOperatorsSignatureSavesWhatIsArmed() {
        armed(7);
        byte[] wasm = TrustSite.module(HEAT, "1.7");
        byte[] both = Bundle.countersign(wasm, site.signed(wasm, 7), site.successor);
        TrustStore revoked =
                site.trust(false, Map.of(Keys.id(site.operator.getPublic()), "laptop stolen"));

        var verified =
                (Bundle.Verified)
                        Bundle.verify(wasm, both, revoked, TrustSite.known(TrustSite.NOW));
        assertEquals(Optional.empty(), store.install(verified));

        Stored armed = store.shelf(HEAT).armed().orElseThrow();
        assertEquals(7, armed.counter());
        var loaded = assertInstanceOf(Bundle.Verified.class, store.load(armed, revoked));
        assertEquals(Keys.id(site.successor.getPublic()), loaded.operator());
    }

    @Test
    void keepsNoFilesThatNobodyNeeds() throws IOException {
        for (int counter = 1; counter <= 6; counter++) {
            armed(counter);
        }
        Files.write(folder.resolve("policies/acme.heat-rise.99.wasm"), new byte[] {1});
        store.accept(site.trust());

        try (Stream<Path> files = Files.list(folder.resolve("policies"))) {
            assertEquals(
                    Set.of(
                            "lock",
                            "ledger",
                            "ledger.copy",
                            "acme.heat-rise.5.wasm",
                            "acme.heat-rise.5.sig.json",
                            "acme.heat-rise.6.wasm",
                            "acme.heat-rise.6.sig.json"),
                    Set.of(files.map(f -> f.getFileName().toString()).toArray()));
        }
    }

    @Test
    void refusesMorePoliciesThanItHasRoomFor() {
        store = new PolicyStore(new SimulatedFiles(new Random(1)));
        for (int i = 0; i < 64; i++) {
            assertEquals(Optional.empty(), store.install(site.verified("p" + i, 1)));
        }

        assertEquals(
                Bundle.Reason.STORE_FULL,
                store.install(site.verified("p64", 1)).orElseThrow().reason());
        assertEquals(Optional.empty(), store.install(site.verified("p63", 2)));
    }

    @Test
    void onlyOneAtATimeChangesIt() throws IOException {
        armed(7);
        try (StoreFiles.Lock _ = new DiskFiles(folder.resolve("policies")).lock()) {
            assertThrows(PolicyStoreFault.class, () -> install(8));
            assertEquals(7, store.shelf(HEAT).armed().orElseThrow().counter());
        }
        install(8);
    }

    @Test
    void oneDamagedRecordIsMendedFromTheOther() throws IOException {
        armed(7);
        for (String record : new String[] {"ledger", "ledger.copy"}) {
            Path file = folder.resolve("policies").resolve(record);
            byte[] whole = Files.readAllBytes(file);
            for (int at = 0; at < whole.length; at++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 0x20;
                Files.write(file, damaged);
                assertEquals(7, store.shelf(HEAT).armed().orElseThrow().counter());
            }
            store.accept(site.trust());
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("policies/ledger"),
                            folder.resolve("policies/ledger.copy")));
        }
    }

    @Test
    void twoDamagedRecordsAreAFaultAndNotAFreshStart() throws IOException {
        armed(7);
        Files.write(folder.resolve("policies/ledger"), new byte[] {1});
        Files.delete(folder.resolve("policies/ledger.copy"));

        assertThrows(PolicyStoreFault.class, () -> store.shelf(HEAT).armed());
        Files.delete(folder.resolve("policies/ledger"));
        PolicyStoreFault fault = assertThrows(PolicyStoreFault.class, () -> install(8));
        assertTrue(
                String.valueOf(fault.getMessage())
                        .endsWith("has policies, but neither ledger nor ledger.copy"),
                fault.getMessage());
    }

    @Test
    void takesNoOlderKeysOrRevocations() {
        TrustStore newer = trust(5, 3);
        store.accept(newer);

        store.accept(newer);
        TrustFault older = assertThrows(TrustFault.class, () -> store.accept(trust(4, 3)));
        assertThrows(TrustFault.class, () -> store.accept(trust(5, 2)));
        assertThrows(
                TrustFault.class,
                () ->
                        store.accept(
                                TrustStore.of(
                                        Keys.pem(site.root.getPublic()),
                                        site.keys(5, false),
                                        Optional.empty())));
        assertEquals(
                "keys.json has serial 4, this node had 5 before: an older one is not taken",
                older.getMessage());
    }

    @Test
    void aBadClockKnowsAtLeastWhatWasSeen() {
        store.accept(site.trust());

        assertEquals(new TrustTime.NotBefore(TrustSite.BEGIN), store.time(Instant.EPOCH, false));
        assertEquals(new TrustTime.NotBefore(TrustSite.BEGIN), store.time(Instant.EPOCH, true));
        assertEquals(new TrustTime.Known(TrustSite.NOW), store.time(TrustSite.NOW, true));
        store.passed(TrustSite.NOW);
        assertEquals(new TrustTime.NotBefore(TrustSite.NOW), store.time(Instant.EPOCH, false));
    }

    private TrustStore trust(long keys, long revoked) {
        return TrustStore.of(
                Keys.pem(site.root.getPublic()),
                site.keys(keys, false),
                site.revoked(revoked, Map.of()));
    }

    private void install(long counter) {
        assertEquals(Optional.empty(), store.install(site.verified(HEAT, counter)));
    }

    private void armed(long counter) {
        install(counter);
        store.arm(HEAT);
    }
}
