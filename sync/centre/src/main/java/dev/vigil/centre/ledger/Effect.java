package dev.vigil.centre.ledger;

/** What is to be done, in the order of the list it comes in. */
sealed interface Effect {
    /** Publish these records of the block that arrived. */
    record Publish(Ranges sequences) implements Effect {}

    /** Keep the block that arrived, under this key. */
    record Hold(long key) implements Effect {}

    /** Publish these records of the block kept under this key, and forget it. */
    record Release(long key, Ranges sequences) implements Effect {}

    /** These sequences are missing, and have been for as long as the ledger waits. */
    record GapOpened(Range gap) implements Effect {}

    /** A gap that was reported is accounted for after all. */
    record GapClosed(Range gap, String how) implements Effect {}

    /** There were too many gaps; this one is no longer waited for. What comes for it is dropped. */
    record GapAbandoned(Range gap) implements Effect {}
}
