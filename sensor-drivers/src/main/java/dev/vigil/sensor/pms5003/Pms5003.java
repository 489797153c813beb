package dev.vigil.sensor.pms5003;

import dev.vigil.sensor.Channels;
import dev.vigil.sensor.Measurand;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.bus.SerialPort;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PMS5003, which sends a message each second or so unasked. Owned by its bus' thread. A sample
 * reads what has arrived and yields the latest whole message. Bytes that are no message are skipped
 * one by one until one begins.
 */
public final class Pms5003 implements Sensor {
    public static final List<Measurand> MEASURANDS =
            List.of(
                    new Measurand("pm1", Quantity.PARTICULATE_MATTER),
                    new Measurand("pm2.5", Quantity.PARTICULATE_MATTER),
                    new Measurand("pm10", Quantity.PARTICULATE_MATTER));

    /** The module sends at least every 2.3 seconds (appendix I, active mode). */
    static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private static final int READ_MAX = 4096;

    /** The first bytes may be the end of a message; more than that is noise. */
    private static final int SKIPPED_BYTES_MAX = 2 * PmsFrame.BYTES;

    private final SerialPort port;
    private final Channels channels;
    private final Duration interval;
    private byte[] rest = {};
    private int skippedBytes;
    private @Nullable Instant heardAt;

    public Pms5003(SerialPort port, Channels channels, Duration interval) {
        this.port = port;
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
        byte[] arrived = port.read(READ_MAX, Duration.ZERO);
        byte[] bytes = Arrays.copyOf(rest, rest.length + arrived.length);
        System.arraycopy(arrived, 0, bytes, rest.length, arrived.length);
        PmsFrame latest = null;
        String problem = "";
        int at = 0;
        while (bytes.length - at >= PmsFrame.BYTES) {
            byte[] candidate = Arrays.copyOfRange(bytes, at, at + PmsFrame.BYTES);
            String wrong = PmsFrame.problem(candidate);
            if (wrong.isEmpty()) {
                latest = PmsFrame.of(candidate);
                at += PmsFrame.BYTES;
                skippedBytes = 0;
            } else {
                at++;
                skippedBytes++;
                if (PmsFrame.begins(candidate) || skippedBytes > SKIPPED_BYTES_MAX) {
                    problem = wrong;
                }
            }
        }
        rest = Arrays.copyOfRange(bytes, at, bytes.length);
        if (latest == null) {
            return nothing(now, problem);
        }
        heardAt = now;
        return readings(now, latest);
    }

    private List<Reading> nothing(Instant now, String problem) throws SensorFault {
        if (!problem.isEmpty()) {
            throw fault("no message in what arrived: " + problem);
        }
        Instant last = heardAt;
        if (last == null || last.isAfter(now)) {
            heardAt = now;
        } else if (!now.isBefore(last.plus(SILENCE_MAX))) {
            throw fault("nothing for %d s or longer".formatted(SILENCE_MAX.toSeconds()));
        }
        return List.of();
    }

    private List<Reading> readings(Instant now, PmsFrame frame) throws SensorFault {
        if (frame.error() != 0) {
            throw fault("its message says error 0x%02X".formatted(frame.error()));
        }
        return channels.readings(
                now,
                Quality.GOOD,
                frame.pm1() * PmsFrame.KILOGRAMS,
                frame.pm2p5() * PmsFrame.KILOGRAMS,
                frame.pm10() * PmsFrame.KILOGRAMS);
    }

    private SensorFault fault(String what) {
        return new SensorFault("pms5003 on %s: %s".formatted(port.name(), what));
    }
}
