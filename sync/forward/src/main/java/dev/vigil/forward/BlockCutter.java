package dev.vigil.forward;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts blocks for a slow link, where a block of ten thousand readings would hold an alarm up for
 * seconds. A piece has the sequences its records had in the whole. Owned by the shipper's thread.
 */
final class BlockCutter implements AutoCloseable {
    private final BlockCodec codec = new BlockCodec();

    /**
     * The records of {@code block} after {@code after}, in blocks whose bodies are of about {@code
     * bytes} at most; a single record may be larger. What can't be read is left as it is.
     */
    List<Block> cut(Block block, long after, int bytes) {
        boolean whole = block.firstSequence() > after;
        if (whole && block.body().length <= bytes) {
            return List.of(block);
        }
        List<SenmlRecord> records;
        try {
            records = BlockCodec.decode(block);
        } catch (MalformedBlock _) {
            return List.of(block); // The centre sets it aside and says so.
        }
        int from = whole ? 0 : Math.toIntExact(after - block.firstSequence() + 1);
        int pieces = Math.max(1, Math.ceilDiv(block.body().length, bytes));
        int size = Math.ceilDiv(records.size(), pieces);
        var cut = new ArrayList<Block>();
        for (int i = from; i < records.size(); i += size) {
            cut.add(piece(block, i, records.subList(i, Math.min(records.size(), i + size))));
        }
        return cut;
    }

    @Override
    public void close() {
        codec.close();
    }

    private Block piece(Block whole, int index, List<SenmlRecord> records) {
        return Block.of(
                whole.stream(), whole.firstSequence() + index, records, codec, whole.clock());
    }
}
