package dev.vigil.sensor.scd4x;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.sensirion.SensirionWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An SCD40 or SCD41 (Sensirion SCD4x, version 1.3) that measures every five seconds by itself.
 * Owned by its bus' thread. The chip wants time between a command and its answer, so each sample
 * takes one step: reads the answer to the last command and gives the next.
 */
public final class Scd4x implements Sensor {
    public static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.CARBON_DIOXIDE),
                    Measurand.of(Quantity.TEMPERATURE),
                    Measurand.of(Quantity.HUMIDITY));

    /** After {@code stop} the chip answers nothing for half a second (3.5.3). */
    public static final Duration INTERVAL_MIN = Duration.ofMillis(600);

    private static final byte[] STOP = SensirionWords.command(0x3F86);
    private static final byte[] SERIAL_NUMBER = SensirionWords.command(0x3682);
    private static final byte[] START = SensirionWords.command(0x21B1);
    private static final byte[] IS_READY = SensirionWords.command(0xE4B8);
    private static final byte[] MEASUREMENT = SensirionWords.command(0xEC05);
    private static final byte[] NOTHING = {};

    /** Not ready while all of these bits are 0 (3.8.2). */
    private static final int READY_BITS = 0x07FF;

    private static final int SILENT_SAMPLES_MAX = 30;

    /** What the chip was told last. */
    private enum Step {
        UNKNOWN,
        STOPPED,
        ASKED_WHO,
        STARTED,
        ASKED_READY,
        ASKED_MEASUREMENT
    }

    private final I2cBus bus;
    private final int address;

    /** For faults; made once, because making it takes longer than a sample. */
    private final String who;

    private final Channels channels;
    private final Duration interval;
    private Step step = Step.UNKNOWN;
    private int silentSamples;

    public Scd4x(I2cBus bus, int address, Channels channels, Duration interval) {
        if (interval.compareTo(INTERVAL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "scd4x with interval %s: must be %s or longer"
                            .formatted(interval, INTERVAL_MIN));
        }
        this.bus = bus;
        this.address = address;
        this.who = "scd4x at 0x%02X on %s".formatted(address, bus.name());
        this.channels = channels;
        this.interval = interval;
    }

    @Override
    public List<SensorChannel> channels() {
        return channels.list();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        Step last = step;
        step = Step.UNKNOWN; // until all has gone well
        switch (last) {
            case UNKNOWN -> tell(STOP, Step.STOPPED);
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
                return channels.readings(
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
            throw new SensorFault(
                    "%s: has measured nothing in %d samples, and is started anew"
                            .formatted(who, SILENT_SAMPLES_MAX));
        }
        tell(IS_READY, Step.ASKED_READY);
    }

    private void tell(byte[] command, Step next) throws SensorFault {
        bus.transfer(address, command, 0);
        step = next;
    }

    private int[] words(int count) throws SensorFault {
        byte[] answer = bus.transfer(address, NOTHING, count * SensirionWords.BYTES);
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = SensirionWords.word(answer, i, who);
        }
        return words;
    }

    @Override
    public void close() {}
}
