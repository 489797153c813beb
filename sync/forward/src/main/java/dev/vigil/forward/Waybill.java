package dev.vigil.forward;

import java.util.Map;

/**
 * What is said of a block when it is sent, and is no part of it: a copy may have another one.
 * Immutable.
 *
 * @param historic it waited for the link
 * @param head last durable sequence of its stream then: how far there is something to send
 * @param software version of the node's
 */
public record Waybill(boolean historic, long head, String software) {
    /** A version that nobody knows. */
    public static final String UNKNOWN = "unknown";

    /** Everything that a block travels with. */
    public Map<String, String> headers(Block block) {
        Map<String, String> headers = BlockHeaders.of(block, historic);
        headers.put(BlockHeaders.HEAD, Long.toString(head));
        headers.put(BlockHeaders.SOFTWARE, software);
        return headers;
    }
}
