package dev.vigil.node.watch;

import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.sensor.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of one turn, sorted by what is to be done with them; each kind in order of arrival.
 */
record Contents(
        List<Reading> readings,
        List<Arrival.Quarantined> quarantined,
        List<Arrival.Operator> orders,
        List<Arrival.Trouble> troubles,
        List<Acknowledgement> acknowledgements,
        @Nullable Instant earliest) {

    static Contents of(List<Arrival> arrivals) {
        List<Reading> readings = new ArrayList<>(arrivals.size());
        List<Arrival.Quarantined> quarantined = new ArrayList<>(0);
        List<Arrival.Operator> orders = new ArrayList<>(0);
        List<Arrival.Trouble> troubles = new ArrayList<>(0);
        List<Acknowledgement> acknowledgements = new ArrayList<>(arrivals.size());
        Instant earliest = null;
        for (Arrival arrival : arrivals) {
            switch (arrival) {
                case Arrival.Readings(var some, _, _) -> readings.addAll(some);
                case Arrival.Quarantined one -> quarantined.add(one);
                case Arrival.Operator order -> orders.add(order);
                case Arrival.Trouble trouble -> troubles.add(trouble);
            }
            if (!arrival.acknowledgement().equals(Acknowledgement.NONE)) {
                acknowledgements.add(arrival.acknowledgement());
            }
            if (earliest == null || arrival.receivedAt().isBefore(earliest)) {
                earliest = arrival.receivedAt();
            }
        }
        return new Contents(readings, quarantined, orders, troubles, acknowledgements, earliest);
    }
}
