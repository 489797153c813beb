package dev.vigil.node.site;

/** Sizes as site.yaml writes them. Stateless. */
final class ByteText {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private ByteText() {}

    /** In the largest unit that needs no fraction: {@code 64MiB}, {@code 1536KiB}. */
    static String of(long bytes) {
        long value = bytes;
        int unit = 0;
        while (unit < UNITS.length - 1 && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value + UNITS[unit];
    }
}
