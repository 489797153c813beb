package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vigil.sensor.BusFault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is simulated: spidev's struct and requests; no kernel has a loopback device to try on. */
class LinuxSpiBusTest {
    private final FakeKernel kernel = new FakeKernel();
    private final List<String> settings = new ArrayList<>();

    /** Answers each byte with its complement. */
    private int complement(long request, long argument) {
        ByteBuffer bytes = kernel.at(argument);
        switch ((int) request & 0xff) {
            case 1 -> settings.add("mode " + bytes.get(0));
            case 3 -> settings.add("bits " + bytes.get(0));
            case 4 -> settings.add("speed " + bytes.getInt(0));
            default -> {
                ByteBuffer sent = kernel.at(bytes.getLong(0));
                ByteBuffer answer = kernel.at(bytes.getLong(8));
                for (int i = 0; i < bytes.getInt(16); i++) {
                    answer.put(i, (byte) ~sent.get(i));
                }
            }
        }
        return 0;
    }

    @Test
    void setsItselfUpOnceAndBringsAByteForEachThatGoesOut() throws BusFault {
        kernel.device("/dev/spidev0.0", this::complement);
        try (LinuxSpiBus bus = new LinuxSpiBus(kernel, "/dev/spidev0.0", 1, 500_000)) {
            assertArrayEquals(new byte[] {(byte) 0xFE, -1}, bus.transfer(new byte[] {1, 0}));
            bus.transfer(new byte[] {7});
        }
        assertEquals(List.of("mode 1", "bits 8", "speed 500000"), settings);
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    @Test
    void aNodeThatIsNotThereIsGone() {
        try (LinuxSpiBus bus = new LinuxSpiBus(kernel, "/dev/spidev9.0", 0, 500_000)) {
            assertEquals(
                    BusFault.Kind.GONE,
                    assertThrows(BusFault.class, () -> bus.transfer(new byte[] {1})).kind());
        }
    }
}
