package dev.vigil.forward;

/** CBOR labels of SenML (RFC 8428, section 6, table 4), and our extension label. */
final class SenmlLabel {
    static final int BASE_VERSION = -1;
    static final int BASE_NAME = -2;
    static final int BASE_TIME = -3;
    static final int BASE_UNIT = -4;
    static final int BASE_VALUE = -5;
    static final int BASE_SUM = -6;
    static final int NAME = 0;
    static final int UNIT = 1;
    static final int VALUE = 2;
    static final int STRING_VALUE = 3;
    static final int BOOLEAN_VALUE = 4;
    static final int SUM = 5;
    static final int TIME = 6;
    static final int UPDATE_TIME = 7;
    static final int DATA_VALUE = 8;
    static final String QUALITY = "q";

    private SenmlLabel() {}
}
