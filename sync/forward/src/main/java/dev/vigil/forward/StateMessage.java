package dev.vigil.forward;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node's sensors said last: one record for each, of whatever age. Not journalled, not
 * acknowledged, without a sequence: the next one takes its place (sync/docs/WIRE.md).
 *
 * @param at when it was put together
 * @param body a SenML pack as in a {@link Block}; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // sent and forgotten, never compared
public record StateMessage(String node, Instant at, int recordCount, byte[] body) {
    static final String TYPE = "dev.vigil.state.v1";

    /** The latest ones when there are too many for one message. */
    static StateMessage of(String node, Instant at, List<SenmlRecord> records, BlockCodec codec) {
        List<SenmlRecord> latest =
                records.stream()
                        .sorted(Comparator.comparing(SenmlRecord::at).reversed())
                        .limit(BlockCodec.RECORDS_MAX)
                        .toList();
        return new StateMessage(node, at, latest.size(), codec.encode(node, latest));
    }

    /** CloudEvents, as a block's. */
    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        headers.put(BlockHeaders.SPEC_VERSION, BlockHeaders.SPEC);
        headers.put(BlockHeaders.ID, node + "/state/" + at.toEpochMilli());
        headers.put(BlockHeaders.SOURCE, node);
        headers.put(BlockHeaders.EVENT_TYPE, TYPE);
        BlockHeaders.time(at).ifPresent(time -> headers.put(BlockHeaders.TIME, time));
        headers.put(BlockHeaders.CONTENT_TYPE, "application/senml+cbor");
        headers.put("content-encoding", "zstd");
        headers.put(BlockHeaders.COUNT, Integer.toString(recordCount));
        return headers;
    }
}
