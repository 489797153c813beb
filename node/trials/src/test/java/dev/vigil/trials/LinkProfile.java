package dev.vigil.trials;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a link between a node and its centre is like, the same in both directions. Immutable.
 *
 * @param bitsPerSecond of IP packets
 * @param roundTrip for a packet and its answer, besides what their bits take
 * @param loss share of the packets that never arrive, 0 to 1
 * @param goesOut whether it is gone for as long as it was there, again and again
 */
record LinkProfile(
        String name, int bitsPerSecond, Duration roundTrip, double loss, boolean goesOut) {
    /** A geostationary satellite: RFC 2488, section 2, has at least 558 ms, and bit errors. */
    private static final LinkProfile SATELLITE =
            new LinkProfile("satellite", 256_000, Duration.ofMillis(600), 0.02, false);

    /** RFC 3481, sections 2.1 (some 100 ms to 1 s), 2.2 (384 kbit/s) and 2.5. */
    private static final LinkProfile THIRD_GENERATION =
            new LinkProfile("3G", 384_000, Duration.ofMillis(300), 0.01, false);

    /** One channel of ISDN, or a radio modem. */
    private static final LinkProfile THIN =
            new LinkProfile("64 kbit/s", 64_000, Duration.ofMillis(40), 0, false);

    private static final LinkProfile ON_AND_OFF =
            new LinkProfile(
                    "on and off",
                    THIRD_GENERATION.bitsPerSecond,
                    THIRD_GENERATION.roundTrip,
                    THIRD_GENERATION.loss,
                    true);

    /**
     * The two that go with every build: the slowest, and the one in which everything happens. With
     * {@code -Dvigil.links=all} all of them, or those it names: {@code satellite,3G}.
     */
    static List<LinkProfile> wanted() {
        String wanted =
                System.getProperty("vigil.links", "%s,%s".formatted(THIN.name, ON_AND_OFF.name));
        List<String> names = List.of(wanted.split(",", -1));
        return Stream.of(SATELLITE, THIRD_GENERATION, THIN, ON_AND_OFF)
                .filter(profile -> wanted.equals("all") || names.contains(profile.name))
                .toList();
    }

    int bytesPerSecond() {
        return bitsPerSecond / 8;
    }

    @Override
    public String toString() {
        return name;
    }
}
