package dev.vigil.node.watch;

import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.sensor.Reading;
import java.util.List;

/**
 * What one turn of the pipeline wants durable, and whom to tell.
 *
 * @param firstSequence number of the first of {@code readings} in the HISTORY stream
 * @param alarms for the ALARM lane
 * @param readings for the HISTORY lane, followed by {@code quarantined}
 */
record Commit(
        long firstSequence,
        List<SenmlRecord> alarms,
        List<Reading> readings,
        List<Arrival.Quarantined> quarantined,
        List<Acknowledgement> acknowledgements) {
    int recordCount() {
        return alarms.size() + readings.size() + quarantined.size();
    }
}
