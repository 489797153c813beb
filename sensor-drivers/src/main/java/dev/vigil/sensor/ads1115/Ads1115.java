package dev.vigil.sensor.ads1115;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.analog.Transducer;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.I2cChip;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ADS1115 (TI SBAS444E) with something at one to four of its inputs. Owned by its bus' thread.
 * Each sample fetches the conversion that the last one began and begins that of the next input: an
 * input's turn comes every {@code interval x inputs}. A chip that was reset shows another
 * configuration than the one it was given.
 */
public final class Ads1115 implements Sensor {
    /** A conversion takes 1/128 s (8.1.3, DR = 100) and is not fetched before. */
    public static final Duration INTERVAL_MIN = Duration.ofMillis(10);

    private static final int CONVERSION = 0;
    private static final int CONFIGURATION = 1;

    /** Begin; or, when read: done (8.1.3). */
    private static final int SINGLE_SHOT = 0x8000;

    /** One shot, 128 samples a second, no comparator. */
    private static final int SETTINGS = 0x0183;

    private static final int FIRST_PIN_TO_GROUND = 4;

    /**
     * Something that gives a voltage.
     *
     * @param pin AIN0 to AIN3, against ground
     * @param warmUp its readings are not believed for so long after the first sample
     */
    public record Input(
            int pin,
            Ads1115Range range,
            Transducer transducer,
            SensorChannel channel,
            Duration warmUp) {
        public Input {
            if (pin < 0 || pin > 3) {
                throw new IllegalArgumentException(
                        "input %d of an ads1115: must be 0 to 3".formatted(pin));
            }
            if (transducer.quantity() != channel.quantity()) {
                throw new IllegalArgumentException(
                        "channel %s is of quantity %s, what is at input %d measures %s"
                                .formatted(
                                        channel.id(),
                                        channel.quantity().senmlName(),
                                        pin,
                                        transducer.quantity().senmlName()));
            }
        }

        int configuration() {
            return SINGLE_SHOT
                    | ((FIRST_PIN_TO_GROUND + pin) << 12)
                    | (range.code() << 9)
                    | SETTINGS;
        }
    }

    private final I2cChip chip;
    private final List<Input> inputs;
    private final Duration interval;
    private @Nullable Instant firstSampleAt;
    private @Nullable Instant begunAt;
    private int current;

    /**
     * @param inputs at least one, each pin once
     */
    public Ads1115(I2cBus bus, int address, List<Input> inputs, Duration interval) {
        if (inputs.isEmpty()
                || inputs.stream().map(Input::pin).distinct().count() < inputs.size()) {
            throw new IllegalArgumentException(
                    "ads1115 with inputs %s: at least one, each only once"
                            .formatted(inputs.stream().map(Input::pin).toList()));
        }
        this.chip = new I2cChip(bus, address, "ads1115");
        this.inputs = List.copyOf(inputs);
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return inputs.stream().map(Input::channel).toList();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        Instant first = firstSampleAt == null ? now : firstSampleAt;
        firstSampleAt = first;
        Instant begun = begunAt;
        if (begun != null && !now.isBefore(begun) && now.isBefore(begun.plus(INTERVAL_MIN))) {
            return List.of();
        }
        begunAt = null;
        if (begun == null) {
            begin(now);
            return List.of();
        }
        Input input = inputs.get(current);
        int raw = fetch(input);
        current = (current + 1) % inputs.size();
        begin(now);
        return List.of(reading(input, raw, begun, first));
    }

    private void begin(Instant now) throws SensorFault {
        chip.writeWord(CONFIGURATION, inputs.get(current).configuration());
        begunAt = now;
    }

    private int fetch(Input input) throws SensorFault {
        int told = chip.readWord(CONFIGURATION);
        chip.requireUnchanged(
                "configuration", told & ~SINGLE_SHOT, input.configuration() & ~SINGLE_SHOT);
        if ((told & SINGLE_SHOT) == 0) {
            throw chip.fault("the conversion of input %d is not done".formatted(input.pin));
        }
        return chip.readWord(CONVERSION);
    }

    private Reading reading(Input input, int raw, Instant at, Instant first) throws SensorFault {
        if (Ads1115Range.clipped(raw)) {
            throw new SensorFault(
                    input.channel,
                    "%s: input %d is at the end of its range of %s V"
                            .formatted(chip, input.pin, input.range.fullScale()));
        }
        return switch (input.transducer.of(input.range.volt(raw))) {
            case Transducer.Broken(var why) ->
                    throw new SensorFault(
                            input.channel, "%s: input %d: %s".formatted(chip, input.pin, why));
            case Transducer.Value(var value, var quality) ->
                    new Reading(
                            input.channel,
                            value,
                            at.isBefore(first.plus(input.warmUp)) ? Quality.BAD : quality,
                            at);
        };
    }
}
