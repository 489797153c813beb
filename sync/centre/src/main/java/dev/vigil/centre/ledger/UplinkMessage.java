package dev.vigil.centre.ledger;

import dev.vigil.centre.StreamNames;
import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.MalformedBlock;
import dev.vigil.forward.SenmlRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A message of the topic {@code vigil.uplink}, read. Immutable. */
sealed interface UplinkMessage {
    /** Characters of a record's name. */
    int NAME_MAX = 1_000;

    /** Characters of a record's text: escaped in JSON it is six times that at most. */
    int TEXT_MAX = 100_000;

    /**
     * A block and its records.
     *
     * @param block as it came
     * @param historic it waited in a backlog
     * @param clock quality of the node's clock, as it says
     * @param node what the node says of itself
     */
    record Intact(
            Block block, List<SenmlRecord> records, boolean historic, String clock, NodeNotes node)
            implements UplinkMessage {
        Range range() {
            return new Range(block.firstSequence(), block.lastSequence());
        }

        Instant latest() {
            Instant latest = Instant.MIN;
            for (SenmlRecord record : records) {
                latest = record.at().isAfter(latest) ? record.at() : latest;
            }
            return latest;
        }
    }

    /**
     * Not a block of ours.
     *
     * @param block whose headers can be read and whose body can not; empty when not even those can
     */
    record Unreadable(String reason, Optional<Block> block) implements UplinkMessage {}

    static UplinkMessage read(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        Block block;
        try {
            block =
                    BlockHeaders.block(
                            name -> bytes(headers, name), value == null ? new byte[0] : value);
        } catch (MalformedBlock e) {
            return new Unreadable(String.valueOf(e.getMessage()), Optional.empty());
        }
        String stream = block.stream().toString();
        if (StreamNames.parse(stream).isEmpty()) {
            return new Unreadable(
                    "header %s is '%s': node names are short, incarnations hexadecimal"
                            .formatted(BlockHeaders.SOURCE, stream),
                    Optional.empty());
        }
        String keyText = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        if (!keyText.equals(stream)) {
            // Elsewhere it could be counted twice: a partition keeps the book of its own streams.
            return new Unreadable(
                    "the key is '%s' and the header %s '%s': they must be the same"
                            .formatted(keyText, BlockHeaders.SOURCE, stream),
                    Optional.empty());
        }
        try {
            List<SenmlRecord> records = BlockCodec.decode(block);
            Optional<String> tooLong = tooLong(block, records);
            if (tooLong.isPresent()) {
                return new Unreadable(tooLong.get(), Optional.of(block));
            }
            return new Intact(
                    block,
                    records,
                    text(headers, BlockHeaders.HISTORIC).equals("true"),
                    text(headers, BlockHeaders.CLOCK_QUALITY),
                    NodeNotes.of(
                            block.lastSequence(),
                            text(headers, BlockHeaders.HEAD),
                            text(headers, BlockHeaders.SOFTWARE)));
        } catch (MalformedBlock e) {
            return new Unreadable(String.valueOf(e.getMessage()), Optional.of(block));
        }
    }

    /** What would not fit a message of Kafka's default size once it is a record of its own. */
    private static Optional<String> tooLong(Block block, List<SenmlRecord> records) {
        if (block.body().length > BlockCodec.BODY_BYTES_MAX) {
            return Optional.of(
                    "block of %d bytes: at most %d"
                            .formatted(block.body().length, BlockCodec.BODY_BYTES_MAX));
        }
        for (SenmlRecord record : records) {
            String text = record.text() == null ? "" : record.text();
            if (record.name().length() > NAME_MAX || text.length() > TEXT_MAX) {
                return Optional.of(
                        "a record has a name of %d characters and a text of %d: at most %d and %d"
                                .formatted(
                                        record.name().length(), text.length(), NAME_MAX, TEXT_MAX));
            }
        }
        return Optional.empty();
    }

    private static String text(Headers headers, String name) {
        byte[] value = bytes(headers, name);
        if (value == null) {
            return "unknown";
        }
        String text = new String(value, StandardCharsets.UTF_8);
        return text.substring(0, Math.min(text.length(), 40));
    }

    private static byte @Nullable [] bytes(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : header.value();
    }
}
