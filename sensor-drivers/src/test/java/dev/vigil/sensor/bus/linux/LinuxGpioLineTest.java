package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip.Bias;
import dev.vigil.sensor.bus.GpioChip.InputLine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Simulated: the kernel's GPIO character device. */
class LinuxGpioLineTest {
    private final FakeKernel kernel = new FakeKernel();
    private final LinuxGpioLine line =
            new LinuxGpioLine(
                    kernel, "edge-sim", new InputLine("gauge", false, Bias.AS_IS, Duration.ZERO));

    @AfterEach
    void leavesNothingOpenOrAllocated() {
        line.close();
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    private FakeGpio chip() {
        FakeGpio chip = new FakeGpio(kernel, "edge-sim", List.of("gauge"));
        kernel.device("/dev/gpiochip0", chip);
        return chip;
    }

    @Test
    void isRequestedWhenItIsFirstAsked() throws BusFault {
        FakeGpio chip = chip();
        assertFalse(line.active());
        chip.line(0).becomes(true, 1_000);
        assertEquals(1, line.edges().list().size());
        assertTrue(line.active());
    }

    @Test
    void aChipThatGoesAndComesBackIsFoundAgain() throws BusFault {
        FakeGpio gone = chip();
        line.active();
        gone.disappears();
        kernel.remove("/dev/gpiochip0");
        assertEquals(BusFault.Kind.GONE, assertThrows(BusFault.class, line::edges).kind());
        assertEquals(0, kernel.openFiles());
        assertEquals(BusFault.Kind.GONE, assertThrows(BusFault.class, line::edges).kind());
        FakeGpio back = chip();
        line.active();
        back.line(0).becomes(true, 2_000);
        assertEquals(1, line.edges().list().size());
    }

    @Test
    void aLineThatSomebodyElseHasLeavesNothingOpen() {
        chip().taken(0);
        assertEquals(BusFault.Kind.REFUSED, assertThrows(BusFault.class, line::active).kind());
        assertEquals(0, kernel.openFiles());
    }

    @Test
    void aChipThatThisProcessMayNotOpenIsSaidToBeOne() {
        kernel.refused("/dev/gpiochip0", Errno.EPERM);
        BusFault fault = assertThrows(BusFault.class, line::active);
        assertEquals(
                "gpio chip 'edge-sim': /dev/gpiochip0 can't be opened: this process may not (EPERM)",
                fault.getMessage());
    }
}
