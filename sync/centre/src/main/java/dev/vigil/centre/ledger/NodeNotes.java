package dev.vigil.centre.ledger;

import dev.vigil.forward.Waybill;

/**
 * What a node says of itself with each block. Immutable.
 *
 * @param head last sequence of the stream that it could send then
 * @param software its version
 */
record NodeNotes(long head, String software) {
    static final NodeNotes NONE = new NodeNotes(0, Waybill.UNKNOWN);

    /** {@code head} counts when it is a number and not before the block's own last sequence. */
    static NodeNotes of(long last, String head, String software) {
        long said = head.matches("\\d{1,18}") ? Long.parseLong(head) : last;
        return new NodeNotes(Math.max(last, said), software);
    }

    /** What was sent long ago, or carried by hand, knows less. */
    NodeNotes after(NodeNotes before) {
        return new NodeNotes(
                Math.max(head, before.head),
                software.equals(Waybill.UNKNOWN) ? before.software : software);
    }
}
