package dev.vigil.trials;

import dev.vigil.forward.Block;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What arrived of one stream: which sequences, which of them twice and whether the copies are the
 * same. Owned by one thread.
 */
public final class StreamAudit {
    /** Sequences {@code first} to {@code last}, both included. */
    public record Range(long first, long last) {
        public long count() {
            return last - first + 1;
        }

        /** What is left of it, 0 to 2 pieces. */
        List<Range> without(Range other) {
            List<Range> left = new ArrayList<>();
            if (first < other.first) {
                left.add(new Range(first, Math.min(last, other.first - 1)));
            }
            if (last > other.last) {
                left.add(new Range(Math.max(first, other.last + 1), last));
            }
            return left;
        }
    }

    private record Print(int recordCount, String digest) {}

    private final TreeMap<Long, Print> blocks = new TreeMap<>();
    private final List<String> conflicts = new ArrayList<>();
    private final List<Range> losses = new ArrayList<>();
    private long records;
    private long copies;

    /**
     * Notes a block. True when its sequences are new; false when it is a copy of one seen before. A
     * block that shares sequences with another but is not the same is a conflict.
     */
    public boolean observe(Block block) {
        Print print = new Print(block.recordCount(), digest(block.body()));
        Print known = blocks.get(block.firstSequence());
        if (known != null) {
            if (known.equals(print)) {
                copies++;
            } else {
                conflicts.add(
                        "%s: sequence %d arrived with %d records (%s) and with %d records (%s)"
                                .formatted(
                                        block.stream(),
                                        block.firstSequence(),
                                        known.recordCount,
                                        known.digest,
                                        print.recordCount,
                                        print.digest));
            }
            return false;
        }
        if (overlaps(block)) {
            conflicts.add(
                    "%s: sequences %d to %d overlap another block"
                            .formatted(
                                    block.stream(), block.firstSequence(), block.lastSequence()));
            return false;
        }
        blocks.put(block.firstSequence(), print);
        records += block.recordCount();
        return true;
    }

    private boolean overlaps(Block block) {
        Map.Entry<Long, Print> before = blocks.floorEntry(block.firstSequence());
        Long after = blocks.higherKey(block.firstSequence());
        return (before != null && last(before) >= block.firstSequence())
                || (after != null && after <= block.lastSequence());
    }

    /** Sequences that are missing between 1 and the highest seen. */
    public List<Range> gaps() {
        List<Range> gaps = new ArrayList<>();
        long next = 1;
        for (Map.Entry<Long, Print> block : blocks.entrySet()) {
            if (block.getKey() > next) {
                gaps.add(new Range(next, block.getKey() - 1));
            }
            next = last(block) + 1;
        }
        return List.copyOf(gaps);
    }

    /** Sequences that neither came nor are told as lost by {@link #reportLoss}. */
    public List<Range> gapsNotReported() {
        List<Range> open = new ArrayList<>(gaps());
        for (Range loss : losses) {
            List<Range> left = new ArrayList<>();
            open.forEach(gap -> left.addAll(gap.without(loss)));
            open = left;
        }
        return List.copyOf(open);
    }

    /** The node's own word that these sequences are lost. */
    void reportLoss(Range loss) {
        losses.add(loss);
    }

    /** Different records seen, without copies. */
    public long records() {
        return records;
    }

    public int blocks() {
        return blocks.size();
    }

    /** Blocks that arrived again, byte for byte the same. */
    public long copies() {
        return copies;
    }

    /** Blocks that say something else about sequences already seen; never expected. */
    public List<String> conflicts() {
        return List.copyOf(conflicts);
    }

    public long highestSequence() {
        return blocks.isEmpty() ? 0 : last(blocks.lastEntry());
    }

    private static long last(Map.Entry<Long, Print> block) {
        return block.getKey() + block.getValue().recordCount - 1;
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
