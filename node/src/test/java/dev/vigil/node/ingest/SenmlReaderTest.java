package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8428's own examples, and its rules one by one. */
class SenmlReaderTest {
    private static final String OW = "urn:dev:ow:10e2073a01080063";

    /** Shortly after the example of section 5.1.2 was measured, so that its times are plausible. */
    private static final Instant NOW = Instant.parse("2010-06-08T18:01:17Z");

    private final Map<String, SensorChannel> channels =
            Stream.of(
                            channel(OW, Quantity.TEMPERATURE),
                            channel(OW + ":voltage", Quantity.VOLTAGE),
                            channel(OW + ":current", Quantity.CURRENT),
                            channel(OW + ":humidity", Quantity.HUMIDITY),
                            channel("kitchen/temperature", Quantity.TEMPERATURE),
                            channel("kitchen/smoke", Quantity.OBSCURATION),
                            channel("kitchen/co", Quantity.CARBON_MONOXIDE),
                            channel("door", Quantity.CONTACT))
                    .collect(Collectors.toMap(c -> c.id().name(), c -> c));
    private final SenmlReader reader = new SenmlReader(channels);
    private final Pack pack = new Pack();

    private static SensorChannel channel(String id, Quantity quantity) {
        return new SensorChannel(new SensorId(id), quantity, "zone");
    }

    private List<Reading> read(String json) throws UnreadablePayload {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    private List<Reading> read(byte[] payload) throws UnreadablePayload {
        Message message = Message.of("t", payload, NOW);
        pack.begin(message);
        reader.read(message, pack);
        return pack.readings();
    }

    private static String brief(Reading reading) {
        return "%s %s %s".formatted(reading.channel().id(), reading.value(), reading.at());
    }

    @Test
    void example511SingleDataPoint() throws UnreadablePayload {
        List<Reading> readings =
                read("[{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"Cel\",\"v\":23.1}]");
        assertEquals(
                List.of(OW + " 23.1 " + NOW),
                readings.stream().map(SenmlReaderTest::brief).toList());
        assertEquals(Quality.GOOD, readings.getFirst().quality());
    }

    @Test
    void example512MultipleDataPoints() throws UnreadablePayload {
        List<Reading> readings =
                read(
                        """
                        [
                          {"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},
                          {"n":"current","u":"A","v":1.2}
                        ]
                        """);
        assertEquals(
                List.of(OW + ":voltage 120.1 " + NOW, OW + ":current 1.2 " + NOW),
                readings.stream().map(SenmlReaderTest::brief).toList());
    }

    @Test
    void example512WithBaseTimeUnitAndVersionResolvesTimes() throws UnreadablePayload {
        List<Reading> readings =
                read(
                        """
                        [
                          {"bn":"urn:dev:ow:10e2073a01080063:","bt":1.276020076001e+09,
                           "bu":"A","bver":5,
                           "n":"voltage","u":"V","v":120.1},
                          {"n":"current","t":-5,"v":1.2},
                          {"n":"current","t":-4,"v":1.3},
                          {"n":"current","t":-3,"v":1.4},
                          {"n":"current","t":-2,"v":1.5},
                          {"n":"current","t":-1,"v":1.6},
                          {"n":"current","v":1.7}
                        ]
                        """);
        assertEquals(7, readings.size());
        assertEquals(
                List.of(
                        OW + ":voltage 120.1 2010-06-08T18:01:16.001Z",
                        OW + ":current 1.2 2010-06-08T18:01:11.001Z",
                        OW + ":current 1.3 2010-06-08T18:01:12.001Z"),
                readings.stream().limit(3).map(SenmlReaderTest::brief).toList());
        assertEquals(OW + ":current 1.7 2010-06-08T18:01:16.001Z", brief(readings.getLast()));
        assertNull(pack.problem());
    }

    @Test
    void example513RelativeTimesAreBeforeTheArrival() throws UnreadablePayload {
        List<Reading> readings =
                read(
                        """
                        [
                          {"bn":"urn:dev:ow:10e2073a01080063:","bu":"%RH","n":"humidity","v":20,"t":-60},
                          {"n":"humidity","v":21.2}
                        ]
                        """);
        assertEquals(NOW.minusSeconds(60), readings.getFirst().at());
        assertEquals(NOW, readings.getLast().at());
    }

    /** The pack of 5.1.2 with the integer labels of table 4 and a half-precision 1.5, as in 6. */
    @Test
    void exampleOfSection6InCbor() throws UnreadablePayload {
        byte[] cbor =
                HexFormat.of()
                        .parseHex(
                                "87a721781c75726e3a6465763a6f773a31306532303733613031303830303633"
                                        + "3a22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e"
                                        + "066666666666a3006763757272656e74062402fb3ff3333333333333a3006763"
                                        + "757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb"
                                        + "3ff6666666666666a3006763757272656e74062102f93e00a300676375727265"
                                        + "6e74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb3333"
                                        + "33333333");
        List<Reading> readings = read(cbor);
        assertEquals(
                List.of(
                        OW + ":voltage 120.1 2010-06-08T18:01:16.001Z",
                        OW + ":current 1.2 2010-06-08T18:01:11.001Z",
                        OW + ":current 1.3 2010-06-08T18:01:12.001Z",
                        OW + ":current 1.4 2010-06-08T18:01:13.001Z",
                        OW + ":current 1.5 2010-06-08T18:01:14.001Z",
                        OW + ":current 1.6 2010-06-08T18:01:15.001Z",
                        OW + ":current 1.7 2010-06-08T18:01:16.001Z"),
                readings.stream().map(SenmlReaderTest::brief).toList());
    }

    @Test
    void decimalFractionsOfCborAreNumbers() throws UnreadablePayload {
        // [{0: "kitchen/temperature", 1: "Cel", 2: 4([-1, 231])}]
        byte[] cbor =
                HexFormat.of()
                        .parseHex(
                                "81a300736b69746368656e2f74656d7065726174757265016343656c02c4822018e7");
        assertEquals(23.1, read(cbor).getFirst().value());
    }

    @Test
    void baseValueIsAddedAndStandsAloneWithAName() throws UnreadablePayload {
        List<Reading> readings =
                read(
                        """
                        [{"bn":"kitchen/","bu":"Cel","bv":20},
                         {"n":"temperature","v":1.5},
                         {"n":"temperature"}]
                        """);
        assertEquals(List.of(21.5, 20.0), readings.stream().map(Reading::value).toList());
    }

    @Test
    void baseFieldsOnlyHoldFromTheirRecordOn() throws UnreadablePayload {
        List<Reading> readings =
                read(
                        """
                        [{"n":"kitchen/co","u":"ppm","v":50},
                         {"bn":"kitchen/","bu":"Cel","n":"temperature","v":20}]
                        """);
        assertEquals(List.of(5.0E-5, 20.0), readings.stream().map(Reading::value).toList());
    }

    @Test
    void booleanOfAContactNeedsNoUnit() throws UnreadablePayload {
        assertEquals(
                List.of(1.0, 0.0),
                read("[{\"n\":\"door\",\"vb\":true},{\"n\":\"door\",\"vb\":false}]").stream()
                        .map(Reading::value)
                        .toList());
    }

    @Test
    void unknownLabelIsIgnored() throws UnreadablePayload {
        assertEquals(
                1,
                read("[{\"n\":\"kitchen/co\",\"x\":{\"y\":[1,2]},\"0\":\"no\",\"u\":\"/\",\"v\":0}]")
                        .size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0,\"x_\":1}]",
                "[{\"bver\":11,\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}]",
                "[{\"bver\":42,\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}]",
                "[{\"bver\":0,\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}]",
                "[{\"n\":\"kitchen/co\",\"n\":\"door\",\"u\":\"/\",\"v\":0}]",
                "[{\"n\":7,\"u\":\"/\",\"v\":0}]",
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":\"0\"}]",
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":null}]",
                "{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}",
                "[1]",
                "\"kitchen\""
            })
    void packAgainstTheRulesIsRefusedWhole(String json) {
        assertEquals(
                QuarantineReason.NOT_SENML,
                assertThrows(UnreadablePayload.class, () -> read(json)).kind());
    }

    @Test
    void secondaryUnitsFeatureIsUnderstood() throws UnreadablePayload {
        assertEquals(1, read("[{\"bver\":26,\"n\":\"kitchen/co\",\"u\":\"ppm\",\"v\":0}]").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "[",
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}",
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":NaN}]",
                "[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0}] []",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                "21.5x"
            })
    void whatIsNotJsonIsRefusedWhole(String json) {
        UnreadablePayload refused = assertThrows(UnreadablePayload.class, () -> read(json));
        assertTrue(
                refused.kind() == QuarantineReason.NOT_READABLE
                        || refused.kind() == QuarantineReason.NOT_SENML,
                refused.reason());
    }

    @Test
    void everyTruncationOfAPackIsRefusedAndNoneThrowsAnythingElse() {
        String json = "[{\"bn\":\"kitchen/\",\"bu\":\"Cel\",\"n\":\"temperature\",\"v\":20.5e0}]";
        for (int end = 0; end < json.length(); end++) {
            String cut = json.substring(0, end);
            assertThrows(UnreadablePayload.class, () -> read(cut), cut);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"n":"cellar/co","u":"/","v":0}           | UNKNOWN_CHANNEL | cellar/co
                    {"n":"kitchen/co","v":400}                | WRONG_UNIT      | no unit
                    {"n":"kitchen/co","u":"","v":400}         | WRONG_UNIT      | no unit
                    {"n":"kitchen/co","u":"Cel","v":400}      | WRONG_UNIT      | 'Cel'
                    {"n":"kitchen/co","u":"PPM","v":400}      | WRONG_UNIT      | 'PPM'
                    {"n":"kitchen/smoke","u":"%","v":4}       | WRONG_UNIT      | dB/m
                    {"n":"kitchen/co","u":"/","vs":"high"}    | NO_VALUE        | kitchen/co
                    {"n":"kitchen/co","u":"/","vb":true}      | NO_VALUE        | kitchen/co
                    {"n":"kitchen/co","u":"/","s":1}          | NO_VALUE        | kitchen/co
                    {"n":"kitchen/co","u":"/","v":1e999}      | NOT_FINITE      | Infinity
                    """)
    void badRecordIsRefusedAloneAndItsNeighboursStay(
            String record, QuarantineReason kind, String named) throws UnreadablePayload {
        List<Reading> readings =
                read(
                        "[{\"n\":\"kitchen/temperature\",\"u\":\"Cel\",\"v\":20},"
                                + record
                                + ",{\"n\":\"kitchen/temperature\",\"u\":\"K\",\"v\":300}]");
        assertEquals(2, readings.size());
        Pack.Problem problem = pack.problem();
        assertTrue(problem != null && problem.kind() == kind, () -> String.valueOf(problem));
        assertTrue(problem != null && problem.reason().contains(named), () -> problem.reason());
    }

    @Test
    void nanOfCborIsRefused() throws UnreadablePayload {
        // [{0: "kitchen/temperature", 1: "Cel", 2: NaN}]
        byte[] cbor =
                HexFormat.of()
                        .parseHex(
                                "81a300736b69746368656e2f74656d7065726174757265016343656c02f97e00");
        assertEquals(0, read(cbor).size());
        Pack.Problem problem = pack.problem();
        assertEquals(QuarantineReason.NOT_FINITE, problem == null ? null : problem.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "-86400, -86400",
        "268435455, ", // below 2^28 it is relative: 8.5 years ahead
        "268435456, ", // absolute: 1978
        "1276020076.001, -0.999",
        "1e300, ",
        "-1e300, "
    })
    void timeIsRelativeBelow2To28AndAbsoluteFromThere(String t, Double secondsFromNow)
            throws UnreadablePayload {
        Reading reading =
                read("[{\"n\":\"kitchen/co\",\"u\":\"/\",\"v\":0,\"t\":" + t + "}]").getFirst();
        if (secondsFromNow == null) {
            assertEquals(NOW, reading.at());
            assertEquals(Quality.UNCERTAIN, reading.quality());
            Pack.Problem doubt = pack.doubtfulTime();
            assertEquals(QuarantineReason.IMPLAUSIBLE_TIME, doubt == null ? null : doubt.kind());
        } else {
            assertEquals(NOW.plusMillis(Math.round(secondsFromNow * 1000)), reading.at());
            assertEquals(Quality.GOOD, reading.quality());
        }
    }
}
