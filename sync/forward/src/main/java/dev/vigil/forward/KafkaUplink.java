package dev.vigil.forward;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Blocks as Kafka messages: key the stream, value the body, headers {@link BlockHeaders}; {@code
 * acks=all}, idempotent. Owned by the shipper's thread; Kafka's own thread only puts outcomes into
 * a queue, which the shipper's window bounds.
 *
 * <ol>
 *   <li>{@link #send} waits for the topic's metadata at most {@value #BLOCK_MILLIS} ms, and only
 *       while they are unknown: the shipper sends one block at a time then. Kafka goes on asking
 *       meanwhile.
 *   <li>A broker that does not answer is an outcome within {@value #DELIVERY_MILLIS} ms; Kafka
 *       tries to reconnect every second or faster, so what is in flight is delivered when the
 *       broker comes back before that.
 *   <li>A failure that Kafka will not get over by itself (authorization, a fenced producer) gives
 *       up the producer; the next attempt makes a new one. Names that do not resolve are such a
 *       failure too.
 * </ol>
 */
public final class KafkaUplink implements Uplink {
    /** Topic of the state messages. */
    public static final String STATE_TOPIC = "vigil.state";

    static final int BLOCK_MILLIS = 250;
    static final int DELIVERY_MILLIS = 12_000;
    private static final int REQUEST_MILLIS = 8_000;

    private final String topic;
    private final Map<String, Object> settings;
    private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private @Nullable Producer<String, byte[]> producer;
    private volatile @Nullable Producer<String, byte[]> broken;

    /**
     * Connects when the first block is sent.
     *
     * @param settings further settings of Kafka's producer (security, timeouts), which win over the
     *     defaults here but not over what delivery depends on
     */
    public KafkaUplink(String bootstrapServers, String topic, Map<String, String> settings) {
        this.topic = topic;
        this.settings = producerSettings(bootstrapServers, settings);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void send(Block block, Waybill waybill) {
        var message =
                new ProducerRecord<String, byte[]>(topic, block.stream().toString(), block.body());
        add(waybill.headers(block), message);
        try {
            Producer<String, byte[]> open = producer();
            var _ =
                    open.send(
                            message,
                            (metadata, error) ->
                                    outcomes.add(new Outcome(block, delivery(open, error))));
        } catch (KafkaException | IllegalStateException e) {
            outcomes.add(new Outcome(block, delivery(producer, e)));
        }
    }

    /** Key: the node. Where the topic is missing, this waits as long as a block's would. */
    @Override
    public void state(StateMessage message) {
        Producer<String, byte[]> open = producer;
        if (open == null || open.equals(broken)) {
            return;
        }
        var record =
                new ProducerRecord<String, byte[]>(STATE_TOPIC, message.node(), message.body());
        add(message.headers(), record);
        try {
            var _ = open.send(record);
        } catch (KafkaException | IllegalStateException _) {
            // The next one is newer anyway.
        }
    }

    private static void add(Map<String, String> headers, ProducerRecord<String, byte[]> message) {
        headers.forEach(
                (name, value) ->
                        message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public List<Outcome> poll() {
        var settled = new ArrayList<Outcome>();
        Outcome outcome = outcomes.poll();
        while (outcome != null) {
            settled.add(outcome);
            outcome = outcomes.poll();
        }
        return settled;
    }

    /** Does not wait for what is in flight: it is sent again. */
    @Override
    public void close() {
        Producer<String, byte[]> closing = producer;
        producer = null;
        if (closing != null) {
            closing.close(Duration.ZERO);
        }
    }

    private Producer<String, byte[]> producer() {
        Producer<String, byte[]> open = producer;
        if (open != null && open.equals(broken)) {
            close();
            open = null;
        }
        if (open == null) {
            open = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    private Delivery delivery(@Nullable Producer<String, byte[]> from, @Nullable Exception error) {
        if (error == null) {
            return new Delivery.Delivered();
        }
        String reason = Reason.of(error);
        if (error instanceof RetriableException) {
            return new Delivery.Unknown(reason);
        }
        broken = from;
        return new Delivery.Failed(reason);
    }

    private static Map<String, Object> producerSettings(
            String bootstrapServers, Map<String, String> more) {
        var settings = new HashMap<String, Object>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "vigil");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L * 1024 * 1024);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1_048_576);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        settings.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 3_000);
        settings.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 8_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 100);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.putAll(more);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        return settings;
    }
}
