package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class KeysTest {
    /** RFC 8410, 10.3 and 10.1. */
    private static final String PRIVATE =
            """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----
            """;

    private static final String PUBLIC =
            """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
            -----END PUBLIC KEY-----
            """;

    @Test
    void readsAndWritesTheKeysOfTheRfc() {
        assertEquals(PRIVATE, Keys.pem(Keys.privateKey(PRIVATE)));
        assertEquals(PUBLIC, Keys.pem(Keys.publicKey(PUBLIC)));
        byte[] message = {1, 2, 3};
        byte[] signature = Keys.sign(Keys.privateKey(PRIVATE), message);
        assertTrue(Keys.verifies(Keys.publicKey(PUBLIC), message, signature));
        assertFalse(Keys.verifies(Keys.publicKey(PUBLIC), new byte[] {1, 2}, signature));
        assertFalse(Keys.verifies(Keys.publicKey(PUBLIC), message, new byte[] {1}));
    }

    /** The second test vector of RFC 8032, 7.1. */
    @Test
    void signsAsTheRfcDoes() {
        HexFormat hex = HexFormat.of();
        byte[] secret =
                hex.parseHex(
                        "302e020100300506032b657004220420"
                                + "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        String pem =
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                        .formatted(java.util.Base64.getEncoder().encodeToString(secret));

        assertArrayEquals(
                hex.parseHex(
                        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
                Keys.sign(Keys.privateKey(pem), new byte[] {0x72}));
    }

    @Test
    void tellsWhatIsNoKeyWithoutShowingIt() {
        IllegalArgumentException mixedUp =
                assertThrows(IllegalArgumentException.class, () -> Keys.publicKey(PRIVATE));

        assertEquals(
                "it is not a PEM file with one '-----BEGIN PUBLIC KEY-----'", mixedUp.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Keys.publicKey(PUBLIC.replace("MCowBQYDK2Vw", "MCowBQYDK2Vx")));
        assertThrows(
                IllegalArgumentException.class, () -> Keys.publicKey(PUBLIC.replace('G', '!')));
    }
}
