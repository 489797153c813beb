package dev.vigil.forward;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/**
 * Bridge and ledger in a few lines: takes blocks from a broker, knows how far each stream is
 * without a gap, and acknowledges that as sync/docs/WIRE.md says. Paho's thread works on it under
 * its lock; the test asks.
 */
public final class LedgerStandIn implements Paho.Connection, AutoCloseable {
    private final URI broker;
    private final PemTls tls;
    private final Thread connector = new Thread(this::keepConnected, "ledger-stand-in");
    private volatile @Nullable MqttAsyncClient client;
    private volatile boolean open = true;
    private final Map<String, TreeMap<Long, Long>> ranges = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private boolean acknowledging = true;
    private int copies;

    private LedgerStandIn(URI broker, PemTls tls) {
        this.broker = broker;
        this.tls = tls;
    }

    /** Connected and subscribed; connects again for as long as it is open. */
    public static LedgerStandIn connect(URI broker, PemTls tls) throws MqttException, TlsFault {
        var ledger = new LedgerStandIn(broker, tls);
        ledger.connectOnce();
        ledger.connector.setDaemon(true);
        ledger.connector.start();
        return ledger;
    }

    public static LedgerStandIn connect(URI broker) throws MqttException, TlsFault {
        return connect(broker, PemTls.none());
    }

    /** When not, it takes blocks and says nothing; afterwards it says how far it is. */
    public synchronized void acknowledging(boolean does) {
        acknowledging = does;
        if (does) {
            ranges.keySet().forEach(this::acknowledge);
        }
    }

    /** As if everything up to here had come by Kafka. */
    public synchronized void has(StreamId stream, long through) {
        ranges.computeIfAbsent(stream.toString(), _ -> new TreeMap<>())
                .merge(1L, through, Math::max);
    }

    /** Nothing up to here is missing. */
    public synchronized long through(StreamId stream) {
        return through(stream.toString());
    }

    /** Blocks that came and were known. */
    public synchronized int copies() {
        return copies;
    }

    /** In order of arrival, copies included. */
    public synchronized List<Block> blocks() {
        return List.copyOf(blocks);
    }

    /** {@code stream/sequence} of those. */
    public synchronized List<String> order() {
        return blocks.stream().map(LedgerStandIn::id).toList();
    }

    /** What was not as it should be. */
    public List<String> faults() {
        return faults;
    }

    @Override
    public synchronized void messageArrived(String topic, MqttMessage message) {
        try {
            MqttBlock.Carried carried = MqttBlock.read(topic, message.getPayload());
            var shown = new HashMap<String, String>();
            for (UserProperty property : message.getProperties().getUserProperties()) {
                shown.put(property.getKey(), property.getValue());
            }
            if (!shown.equals(carried.headers())) {
                faults.add("user properties %s, headers %s".formatted(shown, carried.headers()));
            }
            Block block =
                    BlockHeaders.block(
                            name -> {
                                String value = carried.headers().get(name);
                                return value == null
                                        ? null
                                        : value.getBytes(StandardCharsets.UTF_8);
                            },
                            carried.body());
            BlockCodec.decode(block);
            blocks.add(block);
            if (!known.add(id(block))) {
                copies++;
            }
            ranges.computeIfAbsent(carried.key(), _ -> new TreeMap<>())
                    .put(block.firstSequence(), block.lastSequence());
            if (acknowledging) {
                acknowledge(carried.key());
            }
        } catch (MalformedBlock e) {
            faults.add(String.valueOf(e.getMessage()));
        }
    }

    /** {@code {"stream":"...","through":N}}. */
    static byte[] ack(StreamId stream, long through) {
        return "{\"stream\":\"%s\",\"through\":%d}"
                .formatted(stream, through)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String id(Block block) {
        return block.stream() + "/" + block.firstSequence();
    }

    private long through(String stream) {
        long through = 0;
        for (var range : ranges.getOrDefault(stream, new TreeMap<>()).entrySet()) {
            if (range.getKey() > through + 1) {
                break;
            }
            through = Math.max(through, range.getValue());
        }
        return through;
    }

    private void acknowledge(String stream) {
        StreamId id = BlockHeaders.stream(stream);
        MqttAsyncClient connected = client;
        try {
            if (connected != null) {
                connected.publish(MqttBlock.ackTopic(id), ack(id, through(stream)), 1, true);
            }
        } catch (MqttException _) {
            // The connection is gone; the block comes again.
        }
    }

    /** The connector sees it by itself. */
    @Override
    public void ended(String why) {}

    @Override
    public void close() {
        open = false;
        LockSupport.unpark(connector);
        hangUp();
    }

    private void keepConnected() {
        while (open) {
            MqttAsyncClient last = client;
            if (last == null || !last.isConnected()) {
                try {
                    hangUp();
                    connectOnce();
                } catch (MqttException _) {
                    // the broker is not there: once more
                } catch (TlsFault e) {
                    faults.add(String.valueOf(e.getMessage()));
                }
            }
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void connectOnce() throws MqttException, TlsFault {
        var options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3600L);
        if (broker.getScheme().equals("ssl")) {
            options.setSocketFactory(tls.context().getSocketFactory());
        }
        var fresh = new MqttAsyncClient(broker.toString(), "ledger", new MemoryPersistence());
        client = fresh;
        fresh.setCallback(this);
        fresh.connect(options).waitForCompletion(30_000);
        fresh.subscribe(MqttBlock.BLOCKS, 1).waitForCompletion(30_000);
    }

    private void hangUp() {
        MqttAsyncClient last = client;
        client = null;
        if (last != null) {
            Paho.end(last, false);
        }
    }
}
