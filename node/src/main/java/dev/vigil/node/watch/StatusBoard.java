package dev.vigil.node.watch;

import dev.vigil.policy.PolicyState;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline lets others see: the latest reading of each channel, the open incidents, the
 * faults. Written by the pipeline's thread only; read by any thread, each item a consistent value
 * of its own.
 */
final class StatusBoard {
    private final IdentityHashMap<SensorChannel, Integer> indexByChannel = new IdentityHashMap<>();
    private final AtomicReferenceArray<@Nullable Reading> latest;
    private final AtomicLong readings = new AtomicLong();
    private volatile Incidents incidents = Incidents.none();
    private volatile List<Faults.Fault> faults = List.of();
    private volatile List<PolicyState> policies = List.of();

    StatusBoard(Collection<SensorChannel> channels) {
        for (SensorChannel channel : channels) {
            indexByChannel.put(channel, indexByChannel.size());
        }
        this.latest = new AtomicReferenceArray<>(indexByChannel.size());
    }

    void show(List<Reading> batch) {
        for (Reading reading : batch) {
            Integer index = indexByChannel.get(reading.channel());
            if (index != null) {
                latest.setRelease(index, reading);
            }
        }
        readings.setRelease(readings.getPlain() + batch.size());
    }

    void show(Incidents open, List<Faults.Fault> active, List<PolicyState> states) {
        incidents = open;
        faults = active;
        policies = states;
    }

    @Nullable Reading latest(SensorChannel channel) {
        Integer index = indexByChannel.get(channel);
        return index == null ? null : latest.getAcquire(index);
    }

    List<PolicyState> policies() {
        return policies;
    }

    long readingsTotal() {
        return readings.getAcquire();
    }

    Incidents incidents() {
        return incidents;
    }

    List<Faults.Fault> faults() {
        return faults;
    }
}
