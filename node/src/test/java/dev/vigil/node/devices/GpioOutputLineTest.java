package dev.vigil.node.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.watch.OutputFault;
import dev.vigil.sensor.bus.GpioChip;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpioOutputLineTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");

    private final FakeChip chip = new FakeChip();
    private final GpioOutputLine siren =
            new GpioOutputLine(
                    "siren",
                    "fake",
                    new GpioChip.OutputLine("siren", false, GpioChip.Bias.AS_IS, false),
                    false,
                    chip::open);

    @Test
    void isOffFromWhenItIsTakenAndGivenBackAsItIs() throws OutputFault {
        siren.prepare();
        siren.prepare();
        siren.set(true, T0, "alarm");
        siren.close();
        assertEquals(List.of("taken false", "set true", "released"), chip.driven);
        assertEquals(chip.opened, chip.closed);
    }

    @Test
    void aBoardThatDoesNotKeepToWhatTheSiteDeclaresIsAFaultButSoundsAllTheSame()
            throws OutputFault {
        chip.releasedLevel = true;
        OutputFault fault = assertThrows(OutputFault.class, siren::prepare);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("when-released: off"),
                fault.getMessage());
        siren.set(true, T0, "alarm");
        assertEquals("set true", chip.driven.getLast());
    }

    @Test
    void aKernelThatLeavesItDrivenInACrashIsAFaultButItSoundsAllTheSame() throws OutputFault {
        chip.keepsReleased = true;
        OutputFault fault = assertThrows(OutputFault.class, siren::prepare);
        assertTrue(
                String.valueOf(fault.getMessage()).contains("dtparam=strict_gpiod"),
                fault.getMessage());
        siren.set(true, T0, "alarm");
        assertEquals("set true", chip.driven.getLast());
    }

    @Test
    void aChipThatDisappearsIsAFaultAndIsTakenAgainWhenItIsBack() throws OutputFault {
        siren.prepare();
        chip.gone = true;
        assertThrows(OutputFault.class, () -> siren.set(true, T0, "alarm"));
        chip.gone = false;
        siren.set(true, T0, "alarm");
        assertEquals(List.of("taken false", "released", "taken false", "set true"), chip.driven);
    }
}
