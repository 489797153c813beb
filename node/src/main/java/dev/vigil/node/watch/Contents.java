package dev.vigil.node.watch;

import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.plausibility.Plausibility;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of one turn, sorted by what is to be done with them; each kind in order of arrival.
 *
 * @param readings as they can be believed
 * @param chain the readings of the node's test of itself
 */
record Contents(
        List<Reading> readings,
        List<Reading> chain,
        List<Arrival.Quarantined> quarantined,
        List<Arrival.Operator> orders,
        List<Arrival.OutputTest> tests,
        List<Arrival.Trouble> troubles,
        List<Acknowledgement> acknowledgements,
        @Nullable Instant earliest) {

    /** With the readings as {@code plausibility}, which hears of all of them, believes them. */
    static Contents of(List<Arrival> arrivals, Plausibility plausibility) {
        List<Reading> readings = new ArrayList<>(arrivals.size());
        List<Reading> chain = new ArrayList<>(0);
        List<Arrival.Quarantined> quarantined = new ArrayList<>(0);
        List<Arrival.Operator> orders = new ArrayList<>(0);
        List<Arrival.OutputTest> tests = new ArrayList<>(0);
        List<Arrival.Trouble> troubles = new ArrayList<>(0);
        List<Arrival.Unreadable> unreadable = new ArrayList<>(0);
        List<Acknowledgement> acknowledgements = new ArrayList<>(arrivals.size());
        Instant earliest = null;
        for (Arrival arrival : arrivals) {
            switch (arrival) {
                case Arrival.Readings(var some, _, _) ->
                        (isChain(some) ? chain : readings).addAll(some);
                case Arrival.Quarantined one -> quarantined.add(one);
                case Arrival.Operator order -> orders.add(order);
                case Arrival.OutputTest test -> tests.add(test);
                case Arrival.Trouble trouble -> troubles.add(trouble);
                case Arrival.Unreadable sensor -> unreadable.add(sensor);
            }
            if (!arrival.acknowledgement().equals(Acknowledgement.NONE)) {
                acknowledgements.add(arrival.acknowledgement());
            }
            if (earliest == null || arrival.receivedAt().isBefore(earliest)) {
                earliest = arrival.receivedAt();
            }
        }
        unreadable.forEach(sensor -> plausibility.unreadable(sensor.channels(), sensor.why()));
        return new Contents(
                plausibility.judge(readings),
                chain.isEmpty() ? chain : plausibility.judge(chain),
                quarantined,
                orders,
                tests,
                troubles,
                acknowledgements,
                earliest);
    }

    /** The node's test of itself: its readings are judged and not kept. */
    private static boolean isChain(List<Reading> readings) {
        return readings.getFirst().channel().equals(ChainTest.CHANNEL);
    }
}
