package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttBlockTest {
    private static final StreamId STREAM =
            new StreamId("gw-01.a_b", "0123456789abcdef", Lane.HISTORY);

    @Test
    void theTopicHasTheStreamAsOneLevel() {
        assertEquals(
                "vigil/v1/up/gw-01.a_b/gw-01.a_b:0123456789abcdef:history",
                MqttBlock.topic(STREAM));
        assertEquals(
                "vigil/v1/ack/gw-01.a_b/gw-01.a_b:0123456789abcdef:history",
                MqttBlock.ackTopic(STREAM));
    }

    @Test
    void topicAndPayloadAloneGiveTheHeadersAndTheBodyThatKafkaGets() {
        for (Lane lane : Lane.values()) {
            for (boolean historic : new boolean[] {true, false}) {
                Block block = block(new StreamId("gw", "0123456789abcdef", lane), 52_001);
                Map<String, String> headers = BlockHeaders.of(block, historic);

                MqttBlock.Carried carried =
                        MqttBlock.read(
                                MqttBlock.topic(block.stream()), MqttBlock.payload(block, headers));

                assertEquals(block.stream().toString(), carried.key());
                assertEquals(headers, carried.headers());
                assertArrayEquals(block.body(), carried.body());
            }
        }
    }

    @Test
    void aHeaderThatIsNewOrOfAnotherValueIsCarriedToo() {
        Block block = block(STREAM, 1);
        Map<String, String> headers = BlockHeaders.of(block, false);
        headers.put(BlockHeaders.CODEC, "another");
        headers.put("vigil_new", "a=b");

        MqttBlock.Carried carried =
                MqttBlock.read(MqttBlock.topic(STREAM), MqttBlock.payload(block, headers));

        assertEquals(headers, carried.headers());
    }

    @Test
    void aZstdReaderThatKnowsNothingOfOursSkipsTheHeaders() throws IOException {
        Block block = block(STREAM, 1);
        byte[] payload = MqttBlock.payload(block, BlockHeaders.of(block, false));
        try (var zstd = new ZstdInputStream(new ByteArrayInputStream(payload))) {
            assertArrayEquals(BlockCodec.decompress(block.body()), zstd.readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vigil/v1/up/gw/gw:0123456789abcdef",
                "vigil/v1/up/gw/other:0123456789abcdef:history",
                "vigil/v1/up/gw/gw:0123456789abcdef:hist",
                "vigil/v1/up/gw",
                "other/v1/up/gw/gw:0123456789abcdef:history"
            })
    void aTopicOfSomethingElseIsRefused(String topic) {
        Block block = block(new StreamId("gw", "0123456789abcdef", Lane.HISTORY), 1);
        byte[] payload = MqttBlock.payload(block, BlockHeaders.of(block, false));
        assertThrows(MalformedBlock.class, () -> MqttBlock.read(topic, payload));
    }

    @Test
    void noCutOrChangedPayloadLeadsToAnythingButARefusalOrABlock() {
        Block block = block(STREAM, 7);
        byte[] payload = MqttBlock.payload(block, BlockHeaders.of(block, false));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = Arrays.copyOf(payload, random.nextInt(payload.length));
            if (bad.length > 0) {
                bad[random.nextInt(Math.min(bad.length, 120))] = (byte) random.nextInt(256);
            }
            try {
                MqttBlock.read(MqttBlock.topic(STREAM), bad);
            } catch (MalformedBlock e) {
                assertFalse(String.valueOf(e.getMessage()).isEmpty());
                refused++;
            }
        }
        assertTrue(refused > 100, "refused " + refused);
    }

    @Test
    void anAcknowledgementIsReadWhateverElseItSays() {
        var expected =
                Optional.of(
                        new MqttBlock.Acknowledgement(
                                "gw-01.a_b/0123456789abcdef/history", 9, List.of()));
        assertEquals(expected, MqttBlock.readAck(LedgerStandIn.ack(STREAM, 9)));
        assertEquals(
                expected,
                ack(
                        "{ \"at\":\"x\", \"through\" : 9, \"stream\" : \"gw-01.a_b/0123456789abcdef/history\"}"));
    }

    @Test
    void aStateMessageIsReadByTopicAndPayloadToo() {
        List<SenmlRecord> records = Samples.readings(new Random(1), Samples.START, 20);
        try (var codec = new BlockCodec()) {
            StateMessage message = StateMessage.of("gw", Samples.START, records, codec);
            MqttBlock.Carried carried =
                    MqttBlock.readState(
                            MqttBlock.stateTopic("gw"),
                            HeaderFrame.before(message.headers(), message.body()));
            assertEquals("gw", carried.key());
            assertEquals(message.headers(), carried.headers());
            assertEquals(20, BlockCodec.decode("gw", carried.body()).size());
        }
        assertThrows(
                MalformedBlock.class, () -> MqttBlock.readState("vigil/v1/state/", new byte[20]));
    }

    @Test
    void rangesBeyondAGapAreReadToo() {
        assertEquals(
                List.of(
                        new MqttBlock.Acknowledgement.Range(12, 20),
                        new MqttBlock.Acknowledgement.Range(31, 31)),
                ack("{\"stream\":\"gw/1/alarm\",\"through\":9,\"beyond\":[[12,20], [31,31]],\"x\":[[1,2]]}")
                        .orElseThrow()
                        .beyond());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"stream\":\"gw/1/alarm\"}",
                "{\"stream\":\"gw/1/alarm\",\"through\":-1}",
                "{\"stream\":\"gw/1/alarm\",\"through\":1.5}",
                "{\"stream\":\"gw/1/alarm\",\"through\":1e9}",
                "{\"stream\":\"gw/1/alarm\",\"through\":9999999999999999999}"
            })
    void whatIsNoAcknowledgementIsNone(String text) {
        assertEquals(Optional.empty(), ack(text));
    }

    private static Optional<MqttBlock.Acknowledgement> ack(String text) {
        return MqttBlock.readAck(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Block block(StreamId stream, long sequence) {
        List<SenmlRecord> records = Samples.readings(new Random(1), Samples.START, 20);
        try (var codec = new BlockCodec()) {
            return new Block(
                    stream,
                    sequence,
                    records.size(),
                    Samples.START,
                    Instant.parse("2026-11-23T07:00:00.019Z"),
                    BlockCodec.CODEC,
                    codec.encode(stream.node(), records));
        }
    }
}
