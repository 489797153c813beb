package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerIT {
    @Test
    void keepsItsAddressAndItsDataOverAStopAndAKill(@TempDir Path directory) throws Exception {
        try (var broker = KafkaBroker.startIn(directory)) {
            String address = broker.bootstrapServers();
            broker.createTopic("t", 1);
            assertEquals(0, write(address));

            broker.stop();
            assertFalse(broker.isRunning());
            broker.start();
            assertEquals(1, write(address));

            broker.kill();
            assertFalse(broker.isRunning());
            broker.start();
            assertTrue(broker.isRunning());
            assertEquals(address, broker.bootstrapServers());
            assertEquals(2, write(address));
        }
    }

    /** Returns the offset of what it wrote. */
    private static long write(String address) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", address),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>("t", new byte[] {1}))
                    .get(30, TimeUnit.SECONDS)
                    .offset();
        }
    }
}
