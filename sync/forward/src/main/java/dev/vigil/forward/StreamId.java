package dev.vigil.forward;

/**
 * A gapless sequence of records: one lane of one journal of one node. A new journal (a new or wiped
 * disk) is a new incarnation, so that sequences never collide.
 *
 * @param incarnation made when the journal was created: 16 hex digits
 */
public record StreamId(String node, String incarnation, Lane lane) {
    /** Kafka record key and CloudEvents source: {@code gw-01/5f0c…/alarm}. */
    @Override
    public String toString() {
        return node + "/" + incarnation + "/" + lane.word();
    }
}
