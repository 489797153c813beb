package dev.vigil.sensor.pi4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.DigitalStateChangeEvent;
import com.pi4j.io.i2c.I2C;
import dev.vigil.sensor.bus.linux.FakeGpio;
import dev.vigil.sensor.bus.linux.FakeI2c;
import dev.vigil.sensor.bus.linux.FakeKernel;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pi4J's own context, I/O types and events. Simulated: the kernel's GPIO and I2C devices. */
class PortContextTest {
    private final FakeKernel kernel = new FakeKernel();
    private final FakeGpio chip = new FakeGpio(kernel, "sim", List.of("a", "b", "siren"));
    private final FakeI2c adapter = new FakeI2c(kernel, true);
    private Context pi4j;

    @BeforeEach
    void opens() {
        kernel.device("/dev/gpiochip0", chip);
        kernel.device("/dev/i2c-1", adapter);
        pi4j = PortContext.open(kernel, "sim");
    }

    @AfterEach
    void givesBackWhatItOpened() {
        pi4j.shutdown();
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    private DigitalInput input(int line) {
        return pi4j.create(DigitalInput.newConfigBuilder(pi4j).id("in-" + line).bcm(line).build());
    }

    @Test
    void anInputsListenersHearOfEdgesWithTheKernelsTime() throws InterruptedException {
        DigitalInput input = input(1);
        assertEquals(DigitalState.LOW, input.state());
        LinkedBlockingQueue<DigitalStateChangeEvent<?>> events = new LinkedBlockingQueue<>();
        input.addListener(events::add);

        chip.line(1).becomes(true, 123_456);

        DigitalStateChangeEvent<?> event = events.poll(30, TimeUnit.SECONDS);
        assertNotNull(event);
        assertEquals(DigitalState.HIGH, event.state());
        assertEquals(123_456, assertInstanceOf(EdgeEvent.class, event).kernelNanos());
        assertEquals(DigitalState.HIGH, input.state());
    }

    @Test
    void anOutputHasItsInitialStateIsDrivenAndHasItsShutdownState() {
        DigitalOutput siren =
                pi4j.create(
                        DigitalOutput.newConfigBuilder(pi4j)
                                .id("siren")
                                .bcm(2)
                                .initial(DigitalState.HIGH)
                                .shutdown(DigitalState.LOW)
                                .build());
        FakeGpio.Line line = chip.line(2);
        assertTrue(line.isActive());
        siren.off();
        assertFalse(line.isActive());
        siren.on();
        assertTrue(line.isActive());
        pi4j.shutdown();
        assertFalse(line.isActive());
    }

    @Test
    void anI2cDeviceHasRegisters() {
        adapter.chip(0x76)[0xD0] = 0x60;
        I2C device =
                pi4j.create(I2C.newConfigBuilder(pi4j).id("bme280").bus(1).device(0x76).build());
        assertEquals(0x60, device.readRegister(0xD0));
        device.writeRegister(0xF4, (byte) 0x27);
        assertEquals(0x27, adapter.chip(0x76)[0xF4]);
        byte[] two = new byte[2];
        assertEquals(2, device.readRegister(0xD0, two, 0, 2));
        assertEquals(0x60, two[0]);
        device.close();
    }

    @Test
    void anInputWhoseLevelCanNotBeReadIsGivenBack() {
        chip.tellsNoLevel();
        assertThrows(RuntimeException.class, () -> input(1));
        assertEquals(0, kernel.openFiles());
        assertEquals(0, kernel.allocations());
    }

    @Test
    void whatTheKernelRefusesIsAnExceptionThatSaysWhy() {
        chip.taken(0);
        RuntimeException refused = assertThrows(RuntimeException.class, () -> input(0));
        Throwable why = refused;
        while (why.getCause() != null) {
            why = why.getCause();
        }
        assertTrue(String.valueOf(why.getMessage()).contains("EBUSY"), why::toString);
        I2C nobody =
                pi4j.create(I2C.newConfigBuilder(pi4j).id("nobody").bus(1).device(0x20).build());
        assertThrows(Pi4JException.class, () -> nobody.readRegister(0));
    }
}
