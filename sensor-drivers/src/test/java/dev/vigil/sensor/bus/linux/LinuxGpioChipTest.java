package dev.vigil.sensor.bus.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.GpioChip.Bias;
import dev.vigil.sensor.bus.GpioChip.InputLine;
import dev.vigil.sensor.bus.GpioChip.OutputLine;
import dev.vigil.sensor.bus.GpioInput;
import dev.vigil.sensor.bus.GpioOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Simulated: the kernel's GPIO character device; node/trials has a real kernel's gpio-sim. */
class LinuxGpioChipTest {
    private static final InputLine DOOR =
            new InputLine("door", true, Bias.PULL_UP, Duration.ofMillis(20));

    private final FakeKernel kernel = new FakeKernel();
    private final FakeGpio other = new FakeGpio(kernel, "other", List.of("door"));
    private final FakeGpio fake =
            new FakeGpio(kernel, "edge-sim", List.of("flood", "door", "siren"));

    @BeforeEach
    void twoChipsWithAGapBetweenTheirNumbers() {
        kernel.device("/dev/gpiochip0", other);
        kernel.device("/dev/gpiochip3", fake);
    }

    @AfterEach
    void leavesNothingOpenOrAllocated() {
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    @Test
    void findsTheChipByItsLabelAndTheLineByItsNameOrNumber() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            chip.input(DOOR);
            chip.input(new InputLine("0", false, Bias.AS_IS, Duration.ZERO));
            assertTrue(fake.line(1).activeLow);
            assertEquals(20_000, fake.line(1).debounceMicros);
            assertFalse(fake.line(0).activeLow);
            assertEquals(0, fake.line(0).debounceMicros);
        }
    }

    @Test
    void namesTheLabelsThereAreWhenTheOneIsMissing() {
        BusFault fault =
                assertThrows(BusFault.class, () -> LinuxGpioChip.open(kernel, "pinctrl-bcm2711"));
        assertEquals(BusFault.Kind.GONE, fault.kind());
        assertTrue(
                String.valueOf(fault.getMessage()).contains("other, edge-sim"), fault.getMessage());
    }

    @Test
    void listsChipsWithTheirLinesAndWhoHasThem() throws BusFault {
        var nameless = new FakeGpio(kernel, "nameless", List.of("", ""));
        kernel.device("/dev/gpiochip4", nameless);
        nameless.taken(1);
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            chip.input(DOOR);
            assertEquals(
                    new LinuxGpioListing(
                            List.of(
                                    new LinuxGpioListing.Chip("other", List.of(free("door"))),
                                    new LinuxGpioListing.Chip(
                                            "edge-sim",
                                            List.of(
                                                    free("flood"),
                                                    new LinuxGpioListing.Line(
                                                            "door", true, "vigil"),
                                                    free("siren"))),
                                    new LinuxGpioListing.Chip(
                                            "nameless",
                                            List.of(
                                                    free("0"),
                                                    new LinuxGpioListing.Line("1", true, "")))),
                            List.of()),
                    LinuxGpioListing.of(kernel));
        }
    }

    private static LinuxGpioListing.Line free(String name) {
        return new LinuxGpioListing.Line(name, false, "");
    }

    @Test
    void tellsWhenAnotherHasTheLineAndKeepsTheOthers() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            fake.taken(1);
            BusFault fault = assertThrows(BusFault.class, () -> chip.input(DOOR));
            assertEquals(BusFault.Kind.REFUSED, fault.kind());
            GpioInput flood = chip.input(new InputLine("flood", false, Bias.AS_IS, Duration.ZERO));
            assertFalse(flood.active());
        }
    }

    @Test
    void reportsEdgesWithTheKernelsTimeAndNumber() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            GpioInput door = chip.input(DOOR);
            fake.line(1).becomes(true, 1_000);
            fake.line(1).becomes(false, 2_000);
            chip.await(Duration.ZERO);
            assertEquals(
                    new GpioInput.Edges(
                            List.of(
                                    new GpioInput.Edge(true, 1_000, 1),
                                    new GpioInput.Edge(false, 2_000, 2)),
                            0,
                            false),
                    door.edges());
            assertEquals(new GpioInput.Edges(List.of(), 0, false), door.edges());
        }
    }

    @Test
    void edgesThatComeAfterTheWaitAreTheNextWaits() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            GpioInput door = chip.input(DOOR);
            chip.await(Duration.ZERO);
            fake.line(1).becomes(true, 1_000);
            assertEquals(List.of(), door.edges().list());
            chip.await(Duration.ZERO);
            assertEquals(List.of(new GpioInput.Edge(true, 1_000, 1)), door.edges().list());
        }
    }

    @Test
    void aGapInTheNumbersIsCountedAndTheLevelAskedAnew() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            GpioInput door = chip.input(DOOR);
            int edges = GpioStructs.EVENT_BUFFER + 100;
            for (int i = 0; i < edges; i++) {
                fake.line(1).becomes(i % 2 == 0, i);
            }
            fake.line(1).active = true; // as a line does that bounces on while it is read
            GpioInput.Edges told = door.edges();
            assertEquals(GpioStructs.EVENT_BUFFER, told.list().size());
            assertEquals(100, told.lost());
            assertTrue(told.active());
        }
    }

    @Test
    void anEdgeToWhatTheLineWasAlreadyMeansThatOneBeforeItWasLost() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            GpioInput door = chip.input(DOOR);
            fake.line(1).becomes(true, 1_000);
            assertEquals(0, door.edges().lost(), "the first one is known from nothing");
            fake.line(1).becomes(true, 2_000);
            fake.line(1).becomes(false, 3_000);
            assertEquals(1, door.edges().lost());
            for (int i = 0; i <= GpioStructs.EVENT_BUFFER; i++) {
                fake.line(1).becomes(i % 2 == 1, 4_000 + i);
            }
            assertEquals(2, door.edges().lost(), "one without room, and one that was too fast");
        }
    }

    @Test
    void anOutputHasItsLevelFromTheRequestOn() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            try (GpioOutput siren = chip.output(new OutputLine("siren", false, Bias.AS_IS, true))) {
                assertTrue(fake.line(2).active);
                siren.set(false);
                assertFalse(fake.line(2).active);
            }
        }
    }

    @Test
    void anOutputsPullIsWhatItsLineIsWhenNobodyDrivesIt() throws BusFault {
        OutputLine failsOn = new OutputLine("siren", false, Bias.PULL_UP, false);
        OutputLine failsOff = new OutputLine("siren", true, Bias.PULL_UP, false);
        OutputLine asTheBoardHasIt = new OutputLine("siren", false, Bias.AS_IS, false);
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim")) {
            assertFalse(chip.released(asTheBoardHasIt));
            assertTrue(chip.released(failsOn));
            assertFalse(chip.released(failsOff));
            chip.output(new OutputLine("siren", false, Bias.PULL_DOWN, false)).close();
            assertFalse(chip.released(asTheBoardHasIt));
            chip.output(failsOn).close();
            assertTrue(chip.released(asTheBoardHasIt));
        }
    }

    @Test
    void tellsOfAKernelThatLeavesOutputsDriven() throws BusFault {
        FakeGpio board = new FakeGpio(kernel, "pinctrl-bcm2711", List.of("GPIO17"));
        kernel.device("/dev/gpiochip4", board);
        String parameter = "/sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs";
        try (GpioChip chip = LinuxGpioChip.open(kernel, "pinctrl-bcm2711");
                GpioChip another = LinuxGpioChip.open(kernel, "edge-sim")) {
            assertFalse(chip.keepsReleased(), "a kernel that doesn't know the parameter");
            kernel.device(parameter, new TextFile("N\n"));
            assertFalse(chip.keepsReleased());
            kernel.device(parameter, new TextFile("Y\n"));
            assertTrue(chip.keepsReleased());
            assertFalse(another.keepsReleased());
        }
    }

    private record TextFile(String text) implements FakeKernel.Device {
        @Override
        public int ioctl(long request, long argument) {
            return -Errno.ENOTTY;
        }

        @Override
        public int read(ByteBuffer into) {
            int length = Math.min(into.remaining(), text.length());
            into.put(text.getBytes(StandardCharsets.US_ASCII), 0, length);
            return length;
        }
    }

    @Test
    void aChipThatDisappearsIsGoneForEveryCall() throws BusFault {
        try (GpioChip chip = LinuxGpioChip.open(kernel, "edge-sim");
                GpioOutput siren = chip.output(new OutputLine("siren", false, Bias.AS_IS, false))) {
            GpioInput door = chip.input(DOOR);
            fake.disappears();
            assertEquals(
                    BusFault.Kind.GONE,
                    assertThrows(BusFault.class, () -> chip.await(Duration.ZERO)).kind());
            assertEquals(BusFault.Kind.GONE, assertThrows(BusFault.class, door::edges).kind());
            assertEquals(BusFault.Kind.GONE, assertThrows(BusFault.class, door::active).kind());
            assertEquals(
                    BusFault.Kind.GONE, assertThrows(BusFault.class, () -> siren.set(true)).kind());
        }
    }

    @Test
    void edgesAreNumberedOnWhereTheKernelsCounterWraps() {
        java.nio.ByteBuffer event =
                java.nio.ByteBuffer.allocate(GpioStructs.EVENT_BYTES)
                        .order(java.nio.ByteOrder.nativeOrder())
                        .putInt(20, 1);
        assertEquals(0x1_0000_0001L, GpioStructs.event(event, 0, 0xFFFF_FFFFL).number());
    }
}
