package dev.vigil.node.watch;

import java.time.Instant;

/**
 * One step in an incident's life; each but {@link Kind#RESTORED} becomes a record of the ALARM
 * lane.
 *
 * @param incident as it is after the step
 * @param note who or why, for people; may be empty
 */
public record IncidentChange(Kind kind, Incident incident, Instant at, String note) {
    /** The steps, and CAP 1.2's message type for each. */
    public enum Kind {
        OPENED("Alert"),
        /** A higher level, or a hazard that came back. */
        ESCALATED("Update"),
        /** Another hazard at or below the level. */
        JOINED("Update"),
        ACKNOWLEDGED("Update"),
        /** All hazards are gone; a latching incident waits for its reset. */
        RETURNED("Update"),
        /** The node was started again and knows of it: told to subscribers, no record. */
        RESTORED("Update"),
        CLOSED("Cancel");

        private final String capMessageType;

        Kind(String capMessageType) {
            this.capMessageType = capMessageType;
        }

        /** CAP 1.2, section 3.2.1, element msgType. */
        public String capMessageType() {
            return capMessageType;
        }
    }
}
