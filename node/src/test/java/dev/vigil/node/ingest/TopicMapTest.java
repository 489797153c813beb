package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicMapTest {
    private static final Map<String, SensorChannel> CHANNELS =
            Map.of(
                    "kitchen/temperature",
                            ListenerRig.channel("kitchen/temperature", Quantity.TEMPERATURE),
                    "hall/temperature",
                            ListenerRig.channel("hall/temperature", Quantity.TEMPERATURE));

    private static TopicMap map(SiteConfig.Topic... topics) {
        return new TopicMap(new SiteConfig.Inputs(List.of(topics), List.of(), CHANNELS));
    }

    private static SiteConfig.Topic number(String filter, String channel, String unit) {
        return new SiteConfig.Topic(filter, new SiteConfig.Form.PlainNumber(channel, unit));
    }

    /** The examples of MQTT 5, section 4.7, and the corners of its rules. */
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/tennis/player1/#, sport/tennis/player10, false",
        "sport/#, sport, true",
        "#, sport, true",
        "#, $SYS/x, false",
        "+/monitor, $SYS/monitor, false",
        "$SYS/#, $SYS/x/y, true",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "a//b, a//b, true",
        "a/+/b, a//b, true",
        "a/b, a/b/, false",
        "a/b/, a/b, false",
        "a/b, A/b, false",
        "a, ab, false"
    })
    void filterMatchesAsMqttSays(String filter, String topic, boolean matches) {
        assertEquals(matches, TopicFilter.of(filter).matches(topic));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "+a/b", "##"})
    void filterThatMqttForbidsIsRefused(String filter) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(filter))
                        .getMessage();
        assertTrue(message != null && message.contains("'" + filter + "'"), message);
    }

    @Test
    void wildcardsStandInTheChannelsName() {
        TopicMap map = map(number("site/+/+/raw", "{1}/{2}", "Cel"));
        Route.PlainNumber route =
                assertInstanceOf(Route.PlainNumber.class, map.route("site/hall/temperature/raw"));
        assertEquals("hall/temperature", route.channel().id().name());
    }

    @Test
    void firstMatchingLineCountsWhetherItHasWildcardsOrNot() {
        SiteConfig.Topic exact = number("a/b", "kitchen/temperature", "Cel");
        SiteConfig.Topic pattern = number("a/+", "hall/temperature", "Cel");
        assertEquals("kitchen/temperature", channelOf(map(exact, pattern).route("a/b")));
        assertEquals("hall/temperature", channelOf(map(pattern, exact).route("a/b")));
        assertEquals("hall/temperature", channelOf(map(exact, pattern).route("a/c")));
    }

    private static String channelOf(Route route) {
        return assertInstanceOf(Route.PlainNumber.class, route).channel().id().name();
    }

    @Test
    void topicOfNoLineAndChannelOfNoSiteHaveTheirReasons() {
        TopicMap map = map(number("site/+/temperature", "{1}/temperature", "Cel"));
        assertEquals(
                QuarantineReason.UNKNOWN_TOPIC,
                assertInstanceOf(Route.Closed.class, map.route("other")).kind());
        Route.Closed closed =
                assertInstanceOf(Route.Closed.class, map.route("site/attic/temperature"));
        assertEquals(QuarantineReason.UNKNOWN_CHANNEL, closed.kind());
        assertTrue(closed.reason().contains("attic/temperature"), closed.reason());
    }

    @Test
    void lineThatCanNeverWorkIsAnErrorAtTheStart() {
        assertThrows(
                IllegalArgumentException.class, () -> map(number("a", "attic/temperature", "Cel")));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> map(number("a", "hall/temperature", "ppm")))
                        .getMessage();
        assertTrue(message != null && message.contains("'ppm'"), message);
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        map(
                                new SiteConfig.Topic(
                                        "a/+",
                                        new SiteConfig.Form.JsonFields(
                                                "hall/temperature",
                                                "Cel",
                                                "v",
                                                Optional.empty()))));
    }

    @Test
    void thousandsOfLinesAreFoundByHash() {
        SiteConfig.Topic[] lines = new SiteConfig.Topic[10_000];
        for (int i = 0; i < lines.length; i++) {
            lines[i] =
                    number(
                            "t/" + i,
                            i % 2 == 0 ? "hall/temperature" : "kitchen/temperature",
                            "Cel");
        }
        TopicMap map = map(lines);
        assertEquals("hall/temperature", channelOf(map.route("t/9998")));
        assertEquals("kitchen/temperature", channelOf(map.route("t/9999")));
    }
}
