package dev.vigil.node.site;

import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.pulse.PulseCounter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The {@code from: {gpio: ...}} of a sensor that is no contact, of a site.yaml: pulses on a line
 * are counted. Stateless.
 */
final class PulsesReader {
    private static final String RAIN = "mm-per-pulse";
    private static final String FLOW = "l-per-pulse";
    private static final double PULSE_MIN = 1e-3;
    private static final double PULSE_MAX = 1000;

    /** Reed contacts bounce for about a millisecond. */
    private static final Duration DEBOUNCE = Duration.ofMillis(2);

    private static final Duration HOUR = Duration.ofHours(1);

    Optional<Chip> read(YamlMap from, SensorChannel channel) {
        List<String> possible =
                PulseCounter.MEASURANDS.stream().map(m -> m.quantity().senmlName()).toList();
        Quantity quantity = channel.quantity();
        if (!possible.contains(quantity.senmlName())) {
            from.mistake(
                    "gpio",
                    "a line is a contact, or its pulses are counted as %s; it measures no %s"
                            .formatted(String.join(", ", possible), quantity.senmlName()));
            from.keys();
            return Optional.empty();
        }
        Optional<String> needed = sizeOf(quantity);
        if (needed.isPresent() && !from.has(needed.get())) {
            from.mistake(
                    "gpio",
                    "%s is counted in pulses of a known size - '%s' is missing"
                            .formatted(quantity.senmlName(), needed.get()));
        }
        if (from.has(RAIN) && from.has(FLOW)) {
            from.mistake(FLOW, "a pulse is rain or flow - '%s' is given too".formatted(RAIN));
        }
        double rain = from.number(RAIN, 1, PULSE_MIN, PULSE_MAX);
        double flow = from.number(FLOW, 1, PULSE_MIN, PULSE_MAX);
        double perPulse = (from.has(FLOW) ? flow : rain) / 1000;
        String chip = from.text("gpio", "");
        GpioChip.InputLine line = GpioLines.input(from, DEBOUNCE);
        Duration every =
                from.duration("every", Duration.ofSeconds(10), Duration.ofSeconds(1), HOUR);
        Duration sum =
                from.duration("sum", HOUR, every, every.multipliedBy(PulseCounter.WINDOWS_MAX));
        return Optional.of(
                new Chip.Pulses(chip, line, new PulseCounter.Meaning(perPulse, every, sum)));
    }

    private static Optional<String> sizeOf(Quantity quantity) {
        return switch (quantity) {
            case VELOCITY, LEVEL -> Optional.of(RAIN);
            case VOLUME_FLOW -> Optional.of(FLOW);
            default -> Optional.empty();
        };
    }
}
