package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.WasmSections;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** POLICY-ABI 5.10, 11 to 15: what a node installs and what not. */
final class BundleTest {
    private final TrustSite site = new TrustSite();
    private final TrustStore trust = site.trust();
    private final byte[] wasm = TrustSite.module("acme.heat-rise", "1.4.0");

    @Test
    void takesWhatAnOperatorSigned() {
        byte[] signature = site.signed(wasm, 7);

        var verified =
                assertInstanceOf(
                        Bundle.Verified.class,
                        Bundle.verify(wasm, signature, trust, TrustSite.known(TrustSite.NOW)));

        assertEquals("acme.heat-rise", verified.statement().policy());
        assertEquals("1.4.0", verified.statement().version());
        assertEquals(7, verified.statement().counter());
        assertEquals(Keys.id(site.operator.getPublic()), verified.operator());
        assertEquals(Optional.empty(), verified.author());
        assertTrue(verified.datesJudged());
        assertArrayEquals(wasm, verified.wasm().array());
    }

    @Test
    void needsTheAuthorTooWhereTheSiteSaysSo() {
        TrustStore strict = site.trust(true, Map.of());
        byte[] byOperator = site.signed(wasm, 7);
        byte[] byAuthor = Bundle.sign(wasm, 7, TrustSite.BEGIN, TrustSite.END, site.author);
        byte[] byBoth = Bundle.countersign(wasm, byAuthor, site.operator);

        assertEquals(Bundle.Reason.WRONG_ROLE, reason(wasm, byOperator, strict));
        assertEquals(Bundle.Reason.WRONG_ROLE, reason(wasm, byAuthor, strict));
        var verified =
                assertInstanceOf(
                        Bundle.Verified.class,
                        Bundle.verify(wasm, byBoth, strict, TrustSite.known(TrustSite.NOW)));
        assertEquals(Optional.of(Keys.id(site.author.getPublic())), verified.author());
    }

    @Test
    void refusesAnAuthorsSignatureAlone() {
        byte[] signature = Bundle.sign(wasm, 7, TrustSite.BEGIN, TrustSite.END, site.author);

        Bundle.Refused refused = refused(wasm, signature, trust);

        assertEquals(Bundle.Reason.WRONG_ROLE, refused.reason());
        assertEquals(
                "acme.heat-rise 1.4.0 (counter 7) is signed with the author's key %s ('Bert'), needed is an operator's"
                        .formatted(Keys.id(site.author.getPublic())),
                refused.message());
    }

    @Test
    void refusesAKeyNobodyKnows() {
        byte[] signature = Bundle.sign(wasm, 7, TrustSite.BEGIN, TrustSite.END, site.stranger);

        assertEquals(Bundle.Reason.UNKNOWN_KEY, reason(wasm, signature, trust));
    }

    @Test
    void refusesTheRootKeysSignatureUnderAPolicy() {
        byte[] signature = Bundle.sign(wasm, 7, TrustSite.BEGIN, TrustSite.END, site.root);

        assertEquals(Bundle.Reason.UNKNOWN_KEY, reason(wasm, signature, trust));
    }

    @Test
    void refusesASignatureUnderAnotherKindOfDocument() {
        byte[] keys = site.keys(1, false);
        byte[] statement =
                new String(site.signed(wasm, 7), StandardCharsets.UTF_8)
                        .replace(Statement.TYPE, TrustStore.KEYS_TYPE)
                        .getBytes(StandardCharsets.UTF_8);

        assertEquals(Bundle.Reason.MALFORMED, reason(wasm, keys, trust));
        assertEquals(Bundle.Reason.MALFORMED, reason(wasm, statement, trust));
    }

    @Test
    void refusesAFlippedBitInEveryByteOfTheModule() {
        byte[] signature = site.signed(wasm, 7);
        for (int bit = 0; bit < wasm.length * 8; bit += 7) {
            byte[] flipped = wasm.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertEquals(Bundle.Reason.ALTERED, reason(flipped, signature, trust), "bit " + bit);
        }
    }

    @Test
    void aFlippedBitInAnyByteOfTheSignatureMakesNoOtherStatement() {
        byte[] signature = site.signed(wasm, 7);
        int same = 0;
        for (int bit = 0; bit < signature.length * 8; bit += 7) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            // White space at the end is not part of what is signed.
            switch (Bundle.verify(wasm, flipped, trust, TrustSite.known(TrustSite.NOW))) {
                case Bundle.Verified verified -> {
                    assertEquals(7, verified.statement().counter());
                    same++;
                }
                case Bundle.Refused _ -> {}
            }
        }
        assertTrue(same <= 2, same + " taken");
    }

    @Test
    void refusesEveryTruncation() {
        byte[] signature = site.signed(wasm, 7);
        for (int length = 0; length < wasm.length; length += 5) {
            assertEquals(
                    Bundle.Reason.ALTERED, reason(Arrays.copyOf(wasm, length), signature, trust));
        }
        for (int length = 0; length < signature.length - 1; length++) {
            assertEquals(
                    Bundle.Reason.MALFORMED, reason(wasm, Arrays.copyOf(signature, length), trust));
        }
    }

    @Test
    void refusesAnotherModuleOfTheSamePolicy() {
        byte[] signature = site.signed(wasm, 7);
        byte[] other = TrustSite.module("acme.heat-rise", "1.4.1");

        assertEquals(Bundle.Reason.ALTERED, reason(other, signature, trust));
    }

    @Test
    void refusesARevokedKeyAndARevokedModule() {
        byte[] signature = site.signed(wasm, 7);
        String key = Keys.id(site.operator.getPublic());
        String module = Bundle.statement(signature).sha256();

        Bundle.Refused byKey =
                refused(wasm, signature, site.trust(false, Map.of(key, "laptop stolen")));
        Bundle.Refused byModule =
                refused(wasm, signature, site.trust(false, Map.of(module, "misses fires")));

        assertEquals(Bundle.Reason.REVOKED, byKey.reason());
        assertTrue(byKey.message().endsWith("which is revoked: laptop stolen"), byKey.message());
        assertEquals(Bundle.Reason.REVOKED, byModule.reason());
        assertTrue(byModule.message().endsWith("is revoked: misses fires"), byModule.message());
    }

    @Test
    void judgesDatesWithAGoodClock() {
        byte[] signature = site.signed(wasm, 7);

        assertEquals(
                Bundle.Reason.NOT_YET_VALID,
                reason(signature, TrustSite.known(TrustSite.BEGIN.minus(Duration.ofSeconds(1)))));
        assertEquals(Bundle.Reason.EXPIRED, reason(signature, TrustSite.known(TrustSite.END)));
        assertInstanceOf(
                Bundle.Verified.class,
                Bundle.verify(
                        wasm,
                        signature,
                        trust,
                        TrustSite.known(TrustSite.END.minus(Duration.ofSeconds(1)))));
    }

    @Test
    void refusesWithABadClockOnlyWhatHasCertainlyExpired() {
        byte[] signature = site.signed(wasm, 7);

        var verified =
                assertInstanceOf(
                        Bundle.Verified.class,
                        Bundle.verify(
                                wasm, signature, trust, new TrustTime.NotBefore(Instant.EPOCH)));

        assertFalse(verified.datesJudged());
        assertEquals(
                Bundle.Reason.EXPIRED, reason(signature, new TrustTime.NotBefore(TrustSite.END)));
    }

    @Test
    void whatIsInstalledOutlivesItsDates() {
        byte[] signature =
                Bundle.sign(
                        wasm, 7, TrustSite.BEGIN, TrustSite.BEGIN.plusSeconds(1), site.operator);

        assertInstanceOf(Bundle.Verified.class, Bundle.verifyInstalled(wasm, signature, trust));
        assertEquals(Bundle.Reason.EXPIRED, reason(wasm, signature, trust));
    }

    @Test
    void packsTheManifestInCanonicalForm() {
        byte[] manifest = WasmSections.custom(wasm, WasmSections.MANIFEST).orElseThrow();

        assertEquals(
                "{\"abi\":1,\"id\":\"acme.heat-rise\",\"version\":\"1.4.0\"}",
                new String(manifest, StandardCharsets.UTF_8));
    }

    @Test
    void packingAgainReplacesTheManifest() {
        byte[] again =
                Bundle.pack(
                        wasm,
                        "{\"id\":\"b\",\"version\":\"2\"}".getBytes(StandardCharsets.UTF_8),
                        Optional.of(new byte[] {1, 2, 3}));

        assertArrayEquals(
                "{\"id\":\"b\",\"version\":\"2\"}".getBytes(StandardCharsets.UTF_8),
                WasmSections.custom(again, WasmSections.MANIFEST).orElseThrow());
        assertArrayEquals(
                new byte[] {1, 2, 3},
                WasmSections.custom(again, WasmSections.GOLDEN).orElseThrow());
        assertArrayEquals(Arrays.copyOf(wasm, 14), Arrays.copyOf(again, 14));
        assertEquals("b", Bundle.statement(site.signed(again, 1)).policy());
    }

    @Test
    void signsNothingThatWasNotPacked() {
        byte[] bare = {0, 'a', 's', 'm', 1, 0, 0, 0};
        byte[] loose =
                WasmSections.with(
                        bare,
                        WasmSections.MANIFEST,
                        "{\"version\":\"1\",\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8));

        assertThrows(IllegalArgumentException.class, () -> site.signed(bare, 1));
        assertThrows(IllegalArgumentException.class, () -> site.signed(loose, 1));
    }

    @Test
    void countersignsOnlyTheModuleThatWasSigned() {
        byte[] signature = site.signed(wasm, 7);
        byte[] other = TrustSite.module("acme.heat-rise", "1.4.1");

        assertThrows(
                IllegalArgumentException.class,
                () -> Bundle.countersign(other, signature, site.operator));
    }

    @Test
    void signsOnlyWithBothHalvesOfOneKey() {
        var mixed = new KeyPair(site.author.getPublic(), site.operator.getPrivate());

        assertThrows(
                IllegalArgumentException.class,
                () -> Bundle.sign(wasm, 7, TrustSite.BEGIN, TrustSite.END, mixed));
    }

    private Bundle.Reason reason(byte[] signature, TrustTime time) {
        return assertInstanceOf(Bundle.Refused.class, Bundle.verify(wasm, signature, trust, time))
                .reason();
    }

    private static Bundle.Reason reason(byte[] wasm, byte[] signature, TrustStore trust) {
        return refused(wasm, signature, trust).reason();
    }

    private static Bundle.Refused refused(byte[] wasm, byte[] signature, TrustStore trust) {
        return assertInstanceOf(
                Bundle.Refused.class,
                Bundle.verify(wasm, signature, trust, TrustSite.known(TrustSite.NOW)));
    }
}
