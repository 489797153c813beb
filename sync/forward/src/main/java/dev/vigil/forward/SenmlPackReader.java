package dev.vigil.forward;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one SenML pack (RFC 8428, section 4.6). Owned by one thread, for one pack. Knows every
 * label of the RFC; sums, booleans and data values, which no block of ours carries, are refused.
 */
final class SenmlPackReader {
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

    private final CborReader cbor;
    private final String namePrefix;

    private String baseName = "";
    private BigDecimal baseTime = BigDecimal.ZERO;
    private @Nullable String baseUnit;
    private @Nullable BigDecimal baseValue;

    private String name = "";
    private @Nullable String unit;
    private @Nullable Double value;
    private @Nullable String text;
    private @Nullable String quality;
    private BigDecimal time = BigDecimal.ZERO;

    SenmlPackReader(CborReader cbor, String namePrefix) {
        this.cbor = cbor;
        this.namePrefix = namePrefix;
    }

    List<SenmlRecord> read() {
        var records = new ArrayList<SenmlRecord>();
        int size = cbor.array();
        while (size == CborReader.INDEFINITE ? !cbor.takeBreak() : records.size() < size) {
            if (records.size() >= BlockCodec.RECORDS_MAX) {
                throw cbor.malformed("at most %d records".formatted(BlockCodec.RECORDS_MAX));
            }
            records.add(record());
        }
        if (!cbor.atEnd()) {
            throw cbor.malformed("the end of the pack");
        }
        return List.copyOf(records);
    }

    private SenmlRecord record() {
        name = "";
        unit = null;
        value = null;
        text = null;
        quality = null;
        time = BigDecimal.ZERO;
        int size = cbor.map();
        for (int i = 0; size == CborReader.INDEFINITE ? !cbor.takeBreak() : i < size; i++) {
            if (cbor.atText()) {
                extension(cbor.text());
            } else {
                label(cbor.integer());
            }
        }
        return resolved();
    }

    private void extension(String label) {
        if (label.equals(SenmlLabel.QUALITY)) {
            quality = cbor.text();
        } else if (label.endsWith("_")) {
            throw cbor.malformed(
                    "no label '%s', which must be understood (RFC 8428, section 4.4), before this"
                            .formatted(label));
        } else {
            cbor.skip();
        }
    }

    private void label(long label) {
        switch (Math.toIntExact(Math.clamp(label, -100L, 100L))) {
            case SenmlLabel.BASE_NAME -> baseName = cbor.text();
            case SenmlLabel.BASE_TIME -> baseTime = cbor.number();
            case SenmlLabel.BASE_UNIT -> baseUnit = cbor.text();
            case SenmlLabel.BASE_VALUE -> baseValue = cbor.number();
            case SenmlLabel.NAME -> name = cbor.text();
            case SenmlLabel.UNIT -> unit = cbor.text();
            case SenmlLabel.VALUE -> value = cbor.real();
            case SenmlLabel.STRING_VALUE -> text = cbor.text();
            case SenmlLabel.TIME -> time = cbor.number();
            case SenmlLabel.BASE_VERSION -> {
                if (cbor.integer() > 10) {
                    throw cbor.malformed("SenML version of at most 10 before this");
                }
            }
            case SenmlLabel.BASE_SUM,
                    SenmlLabel.SUM,
                    SenmlLabel.BOOLEAN_VALUE,
                    SenmlLabel.DATA_VALUE ->
                    throw cbor.malformed(
                            "a number or a text, not label %d, before this".formatted(label));
            default -> cbor.skip(); // update time, and what later versions may add
        }
    }

    private SenmlRecord resolved() {
        String full = baseName + name;
        if (full.isEmpty()) {
            throw cbor.malformed("a name in the record before this");
        }
        String shortened =
                full.startsWith(namePrefix) && full.length() > namePrefix.length()
                        ? full.substring(namePrefix.length())
                        : full;
        String recordUnit = unit == null ? baseUnit : unit;
        Instant at = instant(baseTime.add(time));
        if (text != null) {
            return new SenmlRecord(shortened, unit, 0, text, quality, at);
        }
        double number = value == null ? 0 : value;
        if (baseValue != null) {
            number = baseValue.add(new BigDecimal(number)).doubleValue();
        } else if (value == null) {
            throw cbor.malformed("a value in record '%s' before this".formatted(full));
        }
        return new SenmlRecord(shortened, recordUnit, number, null, quality, at);
    }

    /** To the nearest nanosecond, which is exact for what {@link BlockCodec} writes. */
    private Instant instant(BigDecimal seconds) {
        try {
            BigInteger nanos =
                    seconds.movePointRight(9)
                            .setScale(0, java.math.RoundingMode.HALF_EVEN)
                            .toBigIntegerExact();
            BigInteger[] parts = nanos.divideAndRemainder(NANOS);
            return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
        } catch (ArithmeticException | DateTimeException e) {
            throw cbor.malformed("a time within years +-1,000,000,000 before this");
        }
    }
}
