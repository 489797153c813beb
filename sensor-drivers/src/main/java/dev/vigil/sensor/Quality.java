package dev.vigil.sensor;

/**
 * How far a reading can be trusted, in the three grades of OPC UA's status codes (OPC 10000-4,
 * 7.39: severity bits). The ordinal is the ABI's {@code qual} column: 0 good, 1 uncertain, 2 bad.
 */
public enum Quality {
    /** Measured as it should be. */
    GOOD,
    /** Measured, but something speaks against it: a stale clock, an implausible step. */
    UNCERTAIN,
    /** Not to be used for a decision; the value is the last raw one or 0, never NaN. */
    BAD
}
