package dev.vigil.policy.trust;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that compare by content and don't change. Immutable. */
public final class Bytes {
    private final byte[] array;

    public Bytes(byte[] array) {
        this.array = array.clone();
    }

    /** A copy. */
    public byte[] array() {
        return array.clone();
    }

    public int length() {
        return array.length;
    }

    public String hex() {
        return HexFormat.of().formatHex(array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
