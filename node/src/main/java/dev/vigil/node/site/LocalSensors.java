package dev.vigil.node.site;

import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.WaveformSensor;
import java.util.List;

/** The sensors a site.yaml asks for, constructed. Stateless. */
public final class LocalSensors {
    private LocalSensors() {}

    /** Ready to be owned by a {@link SensorBus}. Opens nothing: that is the first sample's. */
    public static List<Sensor> of(List<SiteConfig.LocalSensor> local) {
        return local.stream().map(LocalSensors::of).toList();
    }

    private static Sensor of(SiteConfig.LocalSensor local) {
        return switch (local) {
            case SiteConfig.LocalSensor.Waveform(var channel, var wave, var interval) ->
                    new WaveformSensor(channel, wave, interval);
            case SiteConfig.LocalSensor.Recorded(var file, var time, var columns, var replay) ->
                    new RecordedSensor(file, time, columns, replay);
        };
    }
}
