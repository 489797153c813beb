package dev.vigil.forward;

/** Bytes that are no block of ours; the message says where and which rule they break. */
public final class MalformedBlock extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedBlock(String message) {
        super(message);
    }
}
