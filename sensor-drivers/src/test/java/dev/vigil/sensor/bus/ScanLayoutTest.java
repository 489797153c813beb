package dev.vigil.sensor.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanLayoutTest {
    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "le:s16/16>>0, 5801, 344",
        "le:s16/16>>0, dfff, -33",
        "be:s16/16>>0, ffdf, -33",
        "le:u13/16>>0, ffff, 8191",
        "le:s12/16>>4, f0ff, -1",
        "le:s12/16>>4, 0f80, -2048",
        "be:u24/32>>8, 123456ff, 1193046",
        "be:s20/32>>12, fffff123, -1",
        "le:s8/8>>0, 80, -128",
        "le:u64/64>>0, 0100000000000000, 1",
        "le:s64/64>>0, ffffffffffffffff, -1",
        "le:s16/16X1>>0, 0100, 1"
    })
    void aNumberIsWhatItsTypeSays(String type, String stored, long value) {
        assertEquals(value, ScanType.of(type).value(bytes("00" + stored), 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "16", "le:s16/16", "le:x16/16>>0", "le:s16/16X4>>0", "le:s17/16>>0"})
    void aTypeThatIsNoneIsRefused(String type) {
        assertThrows(IllegalArgumentException.class, () -> ScanType.of(type));
    }

    @Test
    void eachNumberIsAlignedToItsOwnSizeAndTheScanToTheGreatest() {
        ScanType word = ScanType.of("le:s16/16>>0");
        ScanLayout layout =
                ScanLayout.of(
                        List.of(
                                new ScanLayout.Channel(
                                        "in_timestamp", 3, ScanType.of("le:s64/64>>0")),
                                new ScanLayout.Channel("in_accel_x", 0, word),
                                new ScanLayout.Channel("in_accel_z", 2, word),
                                new ScanLayout.Channel("in_accel_y", 1, word)));
        assertEquals(
                List.of("in_accel_x 0", "in_accel_y 2", "in_accel_z 4", "in_timestamp 8"),
                layout.elements().stream().map(e -> e.name() + " " + e.offset()).toList());
        assertEquals(16, layout.bytes());
        ScanLayout wordAfterByte =
                ScanLayout.of(
                        List.of(
                                new ScanLayout.Channel("a", 0, ScanType.of("le:s8/8>>0")),
                                new ScanLayout.Channel("b", 1, ScanType.of("le:s32/32>>0")),
                                new ScanLayout.Channel("c", 2, word)));
        assertEquals(12, wordAfterByte.bytes());
    }
}
