package dev.vigil.centre.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.centre.Topics;
import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.Lane;
import dev.vigil.forward.Samples;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import dev.vigil.forward.Waybill;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTopologyTest {
    private static final StreamId HISTORY = new StreamId("gw-01", "5f0c", Lane.HISTORY);
    private static final StreamId ALARM = new StreamId("gw-01", "5f0c", Lane.ALARM);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final LedgerCounters counters = new LedgerCounters();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void publishesOneRecordAReadingAsCloudEvent() throws Exception {
        var driver = driver("json");
        List<SenmlRecord> records = Samples.readings(new Random(1), Samples.START, 3);
        send(driver, HISTORY, 1, records);
        send(driver, HISTORY, 1, records);

        List<TestRecord<String, byte[]>> readings = out(driver, Topics.READINGS);
        assertEquals(3, readings.size());
        TestRecord<String, byte[]> second = readings.get(1);
        assertEquals("gw-01/" + records.get(1).name(), second.key());
        assertEquals("gw-01/5f0c/history/2", header(second, "ce_id"));
        assertEquals("gw-01/5f0c/history", header(second, "ce_source"));
        assertEquals("dev.vigil.reading.v1", header(second, "ce_type"));
        assertEquals("1.0", header(second, "ce_specversion"));
        assertEquals(records.get(1).at().toString(), header(second, "ce_time"));
        assertEquals("application/json", header(second, "content-type"));
        assertEquals("false", header(second, "vigil_hist"));
        JsonNode json = JSON.readTree(second.value());
        assertEquals(2, json.path("seq").asLong());
        assertEquals(records.get(1).value(), json.path("v").asDouble());
        assertEquals(3, counters.readings());
        assertEquals(3, counters.copies());
    }

    @Test
    void anAlarmsTextIsAnObject() throws Exception {
        var driver = driver("json");
        send(
                driver,
                ALARM,
                1,
                List.of(
                        SenmlRecord.text(
                                "alarm/kitchen-1", "{\"state\":\"ACTIVE\"}", Samples.START),
                        SenmlRecord.text("fault/x", "{\"half\":", Samples.START)));
        List<TestRecord<String, byte[]>> alarms = out(driver, Topics.ALARMS);
        assertEquals("gw-01/alarm/kitchen-1", alarms.getFirst().key());
        assertEquals("dev.vigil.alarm.v1", header(alarms.getFirst(), "ce_type"));
        JsonNode json = JSON.readTree(alarms.getFirst().value());
        assertEquals("ACTIVE", json.path("data").path("state").asText());
        assertEquals("{\"half\":", JSON.readTree(alarms.get(1).value()).path("vs").asText());
    }

    @Test
    void avroIsReadByAvrosOwnReader() throws Exception {
        var driver = driver("avro");
        List<SenmlRecord> records = Samples.readings(new Random(2), Samples.START, 1);
        send(driver, HISTORY, 17, records);
        driver.advanceWallClockTime(Duration.ofSeconds(31));
        TestRecord<String, byte[]> reading = out(driver, Topics.READINGS).getFirst();
        var reader =
                new BinaryMessageDecoder<GenericRecord>(GenericData.get(), AvroFormat.schema());
        GenericRecord record = reader.decode(reading.value());
        assertEquals("application/avro", header(reading, "content-type"));
        assertEquals("gw-01/5f0c/history", record.get("stream").toString());
        assertEquals(17L, record.get("sequence"));
        assertEquals(reading.key(), record.get("name").toString());
        assertEquals(records.getFirst().value(), record.get("value"));
        assertEquals(records.getFirst().unit(), record.get("unit").toString());
        Instant at = records.getFirst().at();
        assertEquals(at.getEpochSecond(), record.get("seconds"));
        assertEquals(at.getNano(), record.get("nanos"));
        assertNull(record.get("text"));
    }

    @Test
    void theFleetSaysHowMuchWaitsAtANodeAndWhatItRuns() throws Exception {
        var driver = driver("json");
        Block first = block(HISTORY, 1, Samples.readings(new Random(3), Samples.START, 10));
        Block second = block(HISTORY, 11, Samples.readings(new Random(4), Samples.START, 10));
        send(driver, second, HISTORY.toString(), new Waybill(true, 500, "1.1").headers(second));
        send(driver, first, HISTORY.toString(), new Waybill(true, 400, "1.1").headers(first));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        JsonNode row = fleet(driver, HISTORY);
        assertEquals(480, row.path("backlog").asLong(), "an older block knows less");
        assertEquals("1.1", row.path("software").asText());
        assertEquals("unknown", row.path("clock").asText());
        assertEquals(Samples.START.toString(), row.path("lastSeen").asText());

        Block third = block(HISTORY, 21, Samples.readings(new Random(5), Samples.START, 480));
        send(driver, third, HISTORY.toString(), new Waybill(false, 500, "1.2").headers(third));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        JsonNode later = fleet(driver, HISTORY);
        assertEquals(0, later.path("backlog").asLong());
        assertEquals("1.2", later.path("software").asText());
    }

    @Test
    void aLossInTheAlarmLaneExplainsAGapInHistory() throws Exception {
        var driver = driver("json");
        send(driver, HISTORY, 101, Samples.readings(new Random(3), Samples.START, 10));
        driver.advanceWallClockTime(Duration.ofSeconds(31));
        assertEquals("opened", gaps(driver).getFirst().path("change").asText());
        assertEquals(100, fleet(driver, HISTORY).path("missing").asLong());
        send(
                driver,
                ALARM,
                1,
                List.of(
                        SenmlRecord.text(
                                "loss/history",
                                "{\"stream\":\"gw-01/5f0c/history\",\"from\":1,\"through\":100,\"reason\":\"space: budget\"}",
                                Samples.START)));
        JsonNode closed = gaps(driver).getFirst();
        assertEquals("closed", closed.path("change").asText());
        assertEquals("space: budget", closed.path("how").asText());
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        JsonNode row = fleet(driver, HISTORY);
        assertEquals(0, row.path("missing").asLong());
        assertEquals(100, row.path("lost").asLong());
        assertEquals(10, row.path("received").asLong());
        assertEquals(110, ack(driver, HISTORY).path("through").asLong());
    }

    @Test
    void aNodeCanNotSpeakOfAnotherNodesLosses() {
        var driver = driver("json");
        send(
                driver,
                ALARM,
                1,
                List.of(
                        SenmlRecord.text(
                                "loss/history",
                                "{\"stream\":\"gw-02/5f0c/history\",\"from\":1,\"through\":100,\"reason\":\"x\"}",
                                Samples.START)));
        assertEquals(List.of(), out(driver, Topics.LOSSES));
        assertEquals(1, out(driver, Topics.QUARANTINE).size());
    }

    @Test
    void whatCanNotBeReadIsPutAsideAndBlocksNothing() throws Exception {
        var driver = driver("json");
        List<SenmlRecord> records = Samples.readings(new Random(4), Samples.START, 10);
        send(driver, HISTORY, 1, records);
        Block broken = block(HISTORY, 11, records);
        broken.body()[20] ^= 1;
        send(driver, broken, HISTORY.toString());
        send(driver, HISTORY, 21, records);
        send(driver, block(HISTORY, 31, records), "someone/else/history");
        input(driver).pipeInput(new TestRecord<>("k", new byte[] {1, 2, 3}, new RecordHeaders()));
        input(driver).pipeInput(new TestRecord<>(null, (byte[]) null, new RecordHeaders()));

        assertEquals(20, out(driver, Topics.READINGS).size());
        List<TestRecord<String, byte[]>> aside = out(driver, Topics.QUARANTINE);
        assertEquals(4, aside.size());
        assertArrayEquals(broken.body(), aside.getFirst().value());
        assertEquals("gw-01/5f0c/history/11", header(aside.getFirst(), "ce_id"));
        assertTrue(header(aside.getFirst(), "vigil_reason").contains("zstd"));
        assertEquals("vigil.uplink/0/1", header(aside.getFirst(), "vigil_origin"));
        assertTrue(header(aside.get(1), "vigil_reason").contains("someone/else/history"));
        assertTrue(header(aside.get(2), "vigil_reason").contains("missing"));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        JsonNode row = fleet(driver, HISTORY);
        assertEquals(10, row.path("quarantined").asLong());
        assertEquals(10, row.path("lost").asLong());
        assertEquals(30, ack(driver, HISTORY).path("through").asLong());
    }

    @Test
    void whatIsTooLargeIsPutAsideInPart() {
        var driver = driver("json");
        var headers = new RecordHeaders();
        headers.add("ce_source", new byte[2_000_000]);
        input(driver)
                .pipeInput(new TestRecord<>("k".repeat(2_000_000), new byte[3_000_000], headers));
        TestRecord<String, byte[]> aside = out(driver, Topics.QUARANTINE).getFirst();
        assertEquals(500_000, aside.value().length);
        assertEquals("3000000", header(aside, "vigil_truncated"));
        assertEquals(1_000, aside.key().length());
        assertTrue(header(aside, "vigil_reason").length() <= 500);
        assertNull(aside.getHeaders().lastHeader("ce_source"));
    }

    @Test
    void aNodeWhoseNameCanNotBePartOfATopicIsPutAside() {
        var driver = driver("json");
        List<SenmlRecord> records = Samples.readings(new Random(6), Samples.START, 1);
        send(driver, new StreamId("gw+1", "5f0c", Lane.HISTORY), 1, records);
        send(driver, new StreamId("g".repeat(101), "5f0c", Lane.HISTORY), 1, records);
        send(driver, new StreamId("gw-01", "not hex", Lane.HISTORY), 1, records);
        assertEquals(3, out(driver, Topics.QUARANTINE).size());
        assertEquals(List.of(), out(driver, Topics.READINGS));
    }

    @Test
    void acknowledgesWhatItHasAndNamesWhatItHasBeyondAGap() throws Exception {
        var driver = driver("json");
        List<SenmlRecord> records = Samples.readings(new Random(5), Samples.START, 10);
        send(driver, HISTORY, 1, records);
        send(driver, HISTORY, 21, records);
        driver.advanceWallClockTime(Duration.ofMillis(100));
        JsonNode ack = ack(driver, HISTORY);
        assertEquals(10, ack.path("through").asLong());
        assertEquals("[[21,30]]", ack.path("beyond").toString());
        assertEquals("5f0c", ack.path("incarnation").asText());
        assertEquals(10, out(driver, Topics.READINGS).size());
        // A copy means that the node did not see the acknowledgement.
        driver.advanceWallClockTime(Duration.ofMillis(100));
        assertEquals(List.of(), out(driver, Topics.ACKS));
        send(driver, HISTORY, 1, records);
        driver.advanceWallClockTime(Duration.ofMillis(100));
        assertEquals(10, ack(driver, HISTORY).path("through").asLong());
    }

    private TopologyTestDriver driver(String format) {
        var settings = new Properties();
        settings.setProperty(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.setProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.setProperty(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.setProperty(
                StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG,
                WallclockTimestampExtractor.class.getName());
        var driver =
                new TopologyTestDriver(
                        LedgerTopology.build(
                                Duration.ofSeconds(30), () -> RecordFormat.of(format), counters),
                        settings,
                        Samples.START);
        open.add(driver);
        return driver;
    }

    private TestInputTopic<String, byte[]> input(TopologyTestDriver driver) {
        return driver.createInputTopic(
                Topics.UPLINK, new StringSerializer(), new ByteArraySerializer());
    }

    private void send(
            TopologyTestDriver driver, StreamId stream, long first, List<SenmlRecord> records) {
        send(driver, block(stream, first, records), stream.toString());
    }

    private void send(TopologyTestDriver driver, Block block, String key) {
        send(driver, block, key, BlockHeaders.of(block, false));
    }

    private void send(
            TopologyTestDriver driver, Block block, String key, Map<String, String> said) {
        var headers = new RecordHeaders();
        said.forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        input(driver).pipeInput(new TestRecord<>(key, block.body(), headers));
    }

    private static Block block(StreamId stream, long first, List<SenmlRecord> records) {
        try (var codec = new BlockCodec()) {
            Instant at = records.getFirst().at();
            return new Block(
                    stream,
                    first,
                    records.size(),
                    at,
                    at,
                    BlockCodec.CODEC,
                    codec.encode(stream.node(), records));
        }
    }

    private static List<TestRecord<String, byte[]>> out(TopologyTestDriver driver, String topic) {
        return driver.createOutputTopic(
                        topic, new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static JsonNode ack(TopologyTestDriver driver, StreamId stream) throws Exception {
        return last(driver, Topics.ACKS, stream);
    }

    private static JsonNode fleet(TopologyTestDriver driver, StreamId stream) throws Exception {
        return last(driver, Topics.FLEET, stream);
    }

    private static JsonNode last(TopologyTestDriver driver, String topic, StreamId stream)
            throws Exception {
        List<TestRecord<String, byte[]>> all =
                out(driver, topic).stream()
                        .filter(record -> stream.toString().equals(record.key()))
                        .toList();
        return JSON.readTree(all.getLast().value());
    }

    private static List<JsonNode> gaps(TopologyTestDriver driver) throws Exception {
        var gaps = new ArrayList<JsonNode>();
        for (var record : out(driver, Topics.GAPS)) {
            gaps.add(JSON.readTree(record.value()));
        }
        return gaps;
    }

    private static String header(TestRecord<String, byte[]> record, String name) {
        return new String(record.getHeaders().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
