package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Transactions that a driver is expected to make, in their order, with what the bus answers.
 * Immutable. Bytes are written as in data sheets, {@code "F7 1A"}. A driver's tests play it as it
 * is, and with a fault at each place:
 *
 * <pre>{@code
 * Script sample = Script.empty().i2c(0x76, "F7", "65 5A C0 7E ED 00 80 00");
 * try (ScriptedI2cBus bus = new ScriptedI2cBus(sample.faultAt(0, NO_ANSWER).then(sample))) {
 *     ...
 * } // AssertionError when a transaction was not made
 * }</pre>
 *
 * @param calls in their order
 */
public record Script(List<Call> calls) {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    /**
     * One transaction.
     *
     * @param what the port's method and its arguments, as {@link #i2c(int, byte[], int)} and its
     *     like write them
     * @param answer bytes in hex, empty when nothing is read
     * @param fault thrown instead of the answer
     */
    public record Call(String what, String answer, Optional<BusFault.Kind> fault) {}

    public Script {
        calls = List.copyOf(calls);
    }

    public static Script empty() {
        return new Script(List.of());
    }

    /** {@link I2cBus#transfer}: as many bytes are read as {@code answer} has. */
    public Script i2c(int address, String write, String answer) {
        return with(i2c(address, bytes(write), bytes(answer).length), answer);
    }

    /** {@link SpiBus#transfer}: {@code answer} has as many bytes as {@code write}. */
    public Script spi(String write, String answer) {
        if (bytes(write).length != bytes(answer).length) {
            throw new IllegalArgumentException(
                    "SPI answers as many bytes as it is sent: '%s' -> '%s'"
                            .formatted(write, answer));
        }
        return with(spi(bytes(write)), answer);
    }

    /** {@link SerialPort#write}. */
    public Script serialWrite(String bytes) {
        return with(serialWrite(bytes(bytes)), "");
    }

    /** {@link SerialPort#read}, whatever its length and wait: {@code answer} is what arrived. */
    public Script serialRead(String answer) {
        return with("read", answer);
    }

    /** {@link SerialPort#discardInput}. */
    public Script serialDiscard() {
        return with("discard", "");
    }

    /** {@link KernelDevice#read}. */
    public Script attribute(String name, String text) {
        return with(attribute(name), HEX.formatHex(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@link SampledDevice#start}: a line of name, index and type for each channel it has. */
    public Script start(String layout) {
        return with("start", HEX.formatHex(layout.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@link SampledDevice#scans}. */
    public Script scans(String bytes) {
        return with("scans", bytes);
    }

    /** This script, then {@code next}. */
    public Script then(Script next) {
        List<Call> all = new ArrayList<>(calls);
        all.addAll(next.calls);
        return new Script(all);
    }

    /** The first {@code n} transactions; number {@code n} (from 0) fails; then nothing more. */
    public Script faultAt(int n, BusFault.Kind kind) {
        List<Call> until = new ArrayList<>(calls.subList(0, n));
        until.add(new Call(calls.get(n).what(), "", Optional.of(kind)));
        return new Script(until);
    }

    public int size() {
        return calls.size();
    }

    static String i2c(int address, byte[] write, int readLength) {
        return "0x%02X: write [%s] read %d".formatted(address, HEX.formatHex(write), readLength);
    }

    static String spi(byte[] write) {
        return "transfer [%s]".formatted(HEX.formatHex(write));
    }

    static String serialWrite(byte[] bytes) {
        return "write [%s]".formatted(HEX.formatHex(bytes));
    }

    static String attribute(String name) {
        return "attribute " + name;
    }

    static byte[] bytes(String hex) {
        return hex.isBlank() ? new byte[0] : HEX.parseHex(hex.strip());
    }

    private Script with(String what, String answer) {
        return then(new Script(List.of(new Call(what, answer, Optional.empty()))));
    }
}
