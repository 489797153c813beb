package dev.vigil.forward;

/** How an attempt to deliver a block ended. */
public sealed interface Delivery {
    /** The far side has it durably: the journal may forget it. */
    record Delivered() implements Delivery {}

    /** It was not taken; sending it again is safe and needed. */
    record Failed(String reason) implements Delivery {}

    /**
     * Nobody knows (a lost answer, a timeout): it is sent again, and the far side drops the copy by
     * its sequence.
     */
    record Unknown(String reason) implements Delivery {}
}
