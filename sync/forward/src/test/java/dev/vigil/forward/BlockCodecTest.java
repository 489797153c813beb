package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.github.luben.zstd.Zstd;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCodecTest {
    private static final Instant NOW = Samples.START;
    private final BlockCodec codec = new BlockCodec();
    private final Random random = new Random(1);

    @AfterEach
    void close() {
        codec.close();
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.0,
                -0.0,
                1,
                -1,
                21.5,
                0.1,
                1 / 3.0,
                1e-9,
                123456.789,
                1e15,
                9007199254740991.0,
                9007199254740992.0,
                9007199254740994.0,
                -9.3e18,
                1e22,
                1e300,
                Double.MAX_VALUE,
                Double.MIN_VALUE,
                Double.MIN_NORMAL,
                -Double.MAX_VALUE,
                0.30000000000000004
            })
    void keepsEveryDoubleToTheLastBit(double value) {
        SenmlRecord back = roundTrip(SenmlRecord.number("a", "Cel", value, null, NOW)).getFirst();
        assertEquals(Double.doubleToRawLongBits(value), Double.doubleToRawLongBits(back.value()));
    }

    @Test
    void keepsRandomDoublesToTheLastBit() {
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                keepsEveryDoubleToTheLastBit(value);
            }
            keepsEveryDoubleToTheLastBit(random.nextInt() / 1000.0);
        }
    }

    @Test
    void keepsTimesToTheNanosecondHoweverFarApart() {
        var records = new ArrayList<SenmlRecord>();
        for (Instant at :
                List.of(
                        NOW,
                        Instant.EPOCH,
                        NOW.plusNanos(1),
                        NOW.minusNanos(1),
                        NOW.plusSeconds(1_000_000).plusNanos(999_999_999),
                        NOW.plusSeconds(1_000_001).plusNanos(999_999_999),
                        Instant.MIN,
                        Instant.MAX,
                        Instant.ofEpochSecond(-1, 5),
                        NOW.plusMillis(7),
                        NOW.plusNanos(7_000))) {
            records.add(SenmlRecord.number("a", "Cel", 1, null, at));
        }
        assertEquals(records, roundTrip(records.toArray(SenmlRecord[]::new)));
    }

    @Test
    void keepsTextsQualitiesAndNames() {
        var records =
                List.of(
                        SenmlRecord.text("alarm/1", "Rauch im Flur \uD83D\uDD25 \u0000 \"x\"", NOW),
                        SenmlRecord.text("alarm/empty", "", NOW),
                        SenmlRecord.text("alarm/long", "x".repeat(300_000), NOW),
                        SenmlRecord.number("gw-01/gw-01/x", "%RH", 5, "UNCERTAIN", NOW),
                        SenmlRecord.number("ünï", "%", 5, "BAD", NOW),
                        new SenmlRecord("text-with-unit", "u", 0, "t", "BAD", NOW));
        assertEquals(records, roundTrip(records.toArray(SenmlRecord[]::new)));
    }

    @Test
    void writesAPackThatAnyCborLibraryReads() throws Exception {
        byte[] body =
                codec.encode(
                        "gw-01",
                        List.of(
                                SenmlRecord.number("room/t", "Cel", 21.5, null, NOW),
                                SenmlRecord.number(
                                        "room/t", "Cel", -3, "BAD", NOW.plusMillis(250))));
        var fields = new ArrayList<String>();
        try (JsonParser parser = new CBORFactory().createParser(BlockCodec.decompress(body))) {
            assertEquals(JsonToken.START_ARRAY, parser.nextToken());
            JsonToken token = parser.nextToken();
            while (token != JsonToken.END_ARRAY) {
                if (token == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    token = parser.nextToken();
                    Object value =
                            token.isNumeric()
                                    ? new BigDecimal(parser.getNumberValue().toString())
                                    : parser.getText();
                    fields.add(name + "=" + value);
                }
                token = parser.nextToken();
            }
        }
        assertEquals(
                List.of(
                        "-2=gw-01/",
                        "-3=1795417200",
                        "0=room/t",
                        "1=Cel",
                        "2=21.5",
                        "0=room/t",
                        "1=Cel",
                        "2=-3",
                        "6=0.250",
                        "q=BAD"),
                fields);
    }

    /** The multiple-data-points example of RFC 8428 (section 5.1.2) in CBOR, as in section 6. */
    @Test
    void readsTheExampleOfTheRfc() {
        byte[] pack =
                HexFormat.of()
                        .parseHex(
                                "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb"
                                        + "41d303a15b00106223614120050067766f6c7461676501615602fb405e066666666666"
                                        + "a3006763757272656e74062402fb3ff3333333333333"
                                        + "a3006763757272656e74062302fb3ff4cccccccccccd"
                                        + "a3006763757272656e74062202fb3ff6666666666666"
                                        + "a3006763757272656e74062102f93e00"
                                        + "a3006763757272656e74062002fb3ff999999999999a"
                                        + "a3006763757272656e74060002fb3ffb333333333333");
        List<SenmlRecord> records = BlockCodec.decode("gw", Zstd.compress(pack));
        assertEquals(7, records.size());
        assertEquals("urn:dev:ow:10e2073a0108006:voltage", records.getFirst().name());
        assertEquals("V", records.getFirst().unit());
        assertEquals(120.1, records.getFirst().value());
        assertEquals("A", records.get(1).unit());
        assertEquals(1.2, records.get(1).value());
        assertEquals(
                5_000, records.get(6).at().toEpochMilli() - records.get(1).at().toEpochMilli());
    }

    @Test
    void refusesWhatCanNotBeSenml() {
        assertThrows(IllegalArgumentException.class, () -> codec.encode("gw", List.of()));
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            var error =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    codec.encode(
                                            "gw",
                                            List.of(
                                                    SenmlRecord.number(
                                                            "room/t", "Cel", value, null, NOW))));
            assertTrue(String.valueOf(error.getMessage()).contains("room/t"));
        }
    }

    @Test
    void refusesABombBeforeItUnpacksIt() {
        byte[] bomb = Zstd.compress(new byte[64 * 1024 * 1024]);
        assertTrue(bomb.length < 10_000);
        var error = assertThrows(MalformedBlock.class, () -> BlockCodec.decode("gw", bomb));
        assertTrue(String.valueOf(error.getMessage()).contains("16777216"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "9bffffffffffffffff",
                "9a7fffffff",
                "81bbffffffffffffffff",
                "9f",
                "81a1",
                "81a100",
                "81a1007bffffffffffffffff",
                "81a10062c328",
                "81a202f97e00006161",
                "81a202fb7ff0000000000000006161",
                "81a2006161021bffffffffffffffffff",
                "81a2006161c4820001",
                "81a3006161020106c482391fff01",
                "81a30061610201625f5f01",
                "81a10201",
                "81a20061610401",
                "81a1006161",
                "81a2006161020100",
                "81a300616102010681818181818181818181818181",
                "f6",
                "81f6",
                "5f",
                "81a2016100",
                "81a3006161020103611f20",
                "81a20061610201ff"
            })
    void hostileBytesAreOneClearException(String hex) {
        byte[] body = Zstd.compress(HexFormat.of().parseHex(hex));
        var error = assertThrows(MalformedBlock.class, () -> BlockCodec.decode("gw", body));
        assertTrue(String.valueOf(error.getMessage()).length() > 20, error.getMessage());
    }

    @Test
    void anEmptyBodyIsThatExceptionToo() {
        assertThrows(MalformedBlock.class, () -> BlockCodec.decode("gw", new byte[0]));
    }

    @Test
    void damagedBodiesNeverDoWorseThanThatException() {
        byte[] good = codec.encode("gw-01", Samples.readings(random, NOW, 200));
        byte[] pack = BlockCodec.decompress(good);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            boolean inside = i % 2 == 0;
            byte[] bad = inside ? pack.clone() : good.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            try {
                BlockCodec.decode("gw-01", inside ? Zstd.compress(bad) : bad);
            } catch (MalformedBlock _) {
                refused++;
            }
        }
        assertTrue(refused > 2_000, "refused " + refused);
    }

    @Test
    void printsSenmlJsonWithItsPlace() {
        var stream = new StreamId("gw-01", "00000000000000aa", Lane.HISTORY);
        assertEquals(
                "{\"stream\":\"gw-01/00000000000000aa/history\",\"seq\":17,\"n\":\"gw-01/room/t\",\"u\":\"Cel\",\"v\":21.5,\"t\":1795417200.25,\"q\":\"BAD\"}",
                SenmlJson.line(
                        stream,
                        17,
                        SenmlRecord.number("room/t", "Cel", 21.5, "BAD", NOW.plusMillis(250))));
        assertEquals(
                "{\"stream\":\"gw-01/00000000000000aa/history\",\"seq\":1,\"n\":\"gw-01/a\",\"vs\":\"say \\\"x\\\"\\n\\u0001\\\\\",\"t\":-0.5}",
                SenmlJson.line(
                        stream,
                        1,
                        SenmlRecord.text("a", "say \"x\"\n\u0001\\", Instant.ofEpochMilli(-500))));
    }

    @Test
    void theSameRecordsAreTheSameBytes() {
        var records = Samples.readings(random, NOW, 100);
        assertArrayEquals(codec.encode("gw-01", records), codec.encode("gw-01", records));
        assertEquals(
                "gw-01/",
                new String(
                        BlockCodec.decompress(codec.encode("gw-01", records)),
                        5,
                        6,
                        StandardCharsets.UTF_8));
    }

    private List<SenmlRecord> roundTrip(SenmlRecord... records) {
        return BlockCodec.decode("gw-01", codec.encode("gw-01", List.of(records)));
    }
}
