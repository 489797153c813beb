package dev.vigil.sensor.scd4x;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.ChipSensor;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.BigEndian;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.I2cChip;
import dev.vigil.sensor.sensirion.SensirionWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An SCD40 or SCD41 (Sensirion SCD4x, version 1.3) that measures every five seconds by itself.
 * Owned by its bus' thread. The chip wants time between a command and its answer, so each sample
 * takes one step: reads the answer to the last command and gives the next.
 */
public final class Scd4x extends ChipSensor {
    public static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.CARBON_DIOXIDE),
                    Measurand.of(Quantity.TEMPERATURE),
                    Measurand.of(Quantity.HUMIDITY));

    /** After {@code stop} the chip answers nothing for half a second (3.5.3). */
    public static final Duration INTERVAL_MIN = Duration.ofMillis(600);

    private static final byte[] STOP = BigEndian.word(0x3F86);
    private static final byte[] SERIAL_NUMBER = BigEndian.word(0x3682);
    private static final byte[] START = BigEndian.word(0x21B1);
    private static final byte[] IS_READY = BigEndian.word(0xE4B8);
    private static final byte[] MEASUREMENT = BigEndian.word(0xEC05);

    /** Not ready while all of these bits are 0 (3.8.2). */
    private static final int READY_BITS = 0x07FF;

    private static final int SILENT_SAMPLES_MAX = 30;

    /** What the chip was told last. */
    private enum Step {
        STOPPED,
        ASKED_WHO,
        STARTED,
        ASKED_READY,
        ASKED_MEASUREMENT
    }

    private final I2cChip chip;
    private Step step = Step.STOPPED;
    private int silentSamples;

    public Scd4x(I2cBus bus, int address, Channels channels, Duration interval) {
        super(channels, interval);
        if (interval.compareTo(INTERVAL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "scd4x with interval %s: must be %s or longer"
                            .formatted(interval, INTERVAL_MIN));
        }
        this.chip = new I2cChip(bus, address, "scd4x");
    }

    @Override
    protected void setUp(Instant now) throws SensorFault {
        tell(STOP, Step.STOPPED);
    }

    @Override
    protected List<Reading> measure(Instant now) throws SensorFault {
        switch (step) {
            case STOPPED -> tell(SERIAL_NUMBER, Step.ASKED_WHO);
            case ASKED_WHO -> {
                words(3);
                silentSamples = 0;
                tell(START, Step.STARTED);
            }
            case STARTED -> tell(IS_READY, Step.ASKED_READY);
            case ASKED_READY -> askWhenReady();
            case ASKED_MEASUREMENT -> {
                int[] words = words(3);
                tell(IS_READY, Step.ASKED_READY);
                return readings(
                        now,
                        Quality.GOOD,
                        words[0] / 1e6,
                        SensirionWords.celsius(words[1]),
                        SensirionWords.relativeHumidity(words[2]));
            }
        }
        return List.of();
    }

    private void askWhenReady() throws SensorFault {
        if ((words(1)[0] & READY_BITS) != 0) {
            silentSamples = 0;
            tell(MEASUREMENT, Step.ASKED_MEASUREMENT);
            return;
        }
        silentSamples++;
        if (silentSamples > SILENT_SAMPLES_MAX) {
            throw chip.fault(
                    "has measured nothing in %d samples, and is started anew"
                            .formatted(SILENT_SAMPLES_MAX));
        }
        tell(IS_READY, Step.ASKED_READY);
    }

    private void tell(byte[] command, Step next) throws SensorFault {
        chip.command(command);
        step = next;
    }

    private int[] words(int count) throws SensorFault {
        byte[] answer = chip.answer(count * SensirionWords.BYTES);
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = SensirionWords.word(answer, i, chip);
        }
        return words;
    }
}
