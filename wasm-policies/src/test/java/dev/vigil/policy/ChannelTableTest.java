package dev.vigil.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelTableTest {
    private static SensorChannel channel(int number) {
        return new SensorChannel(new SensorId("c" + number), Quantity.TEMPERATURE, "hall");
    }

    @Test
    void findsEveryChannelAndItsEqualAndNoOther() {
        List<SensorChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            channels.add(channel(i));
        }
        ChannelTable table = new ChannelTable(channels);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3000; i++) {
                assertEquals(i, table.number(channels.get(i)));
                assertEquals(i, table.number(channel(i)));
                assertEquals(-1, table.number(channel(3000 + i)));
            }
        }
    }

    @Test
    void anEmptyTableKnowsNothing() {
        assertEquals(-1, new ChannelTable(List.of()).number(channel(1)));
    }
}
