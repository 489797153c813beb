package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HotPathTest {
    private static final int BATCH = 512;
    private static final int BATCHES = 200;

    @Test
    void judgingAllocatesNothingPerReading() {
        List<SensorChannel> channels = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Quantity quantity = i % 3 == 0 ? Quantity.HUMIDITY : Quantity.TEMPERATURE;
            channels.add(new SensorChannel(new SensorId("c" + i), quantity, "zone" + i / 3));
        }
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            readings.add(Rooms.reading(channels.get(i % 300), 0, 20));
        }
        Batch batch = Rooms.batch(readings);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PolicySet set =
                PolicySet.load(
                        List.of(
                                new PolicySpec("heat", "heat", channels, Map.of()),
                                new PolicySpec("smoke", "smoke", channels, Map.of())))) {
            for (int i = 0; i < BATCHES; i++) {
                set.evaluate(batch);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < BATCHES; i++) {
                set.evaluate(batch);
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            // What a batch and its calls need is a few small arrays and a list: under 4 KiB.
            assertTrue(bytes < BATCHES * 4096L, bytes / BATCHES + " bytes a batch");
            assertEquals(0, set.states().getFirst().failures());
        }
    }
}
