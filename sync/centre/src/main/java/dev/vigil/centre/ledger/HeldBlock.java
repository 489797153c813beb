package dev.vigil.centre.ledger;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.StreamId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** A block that waits for what is missing before it, as bytes. Stateless. */
final class HeldBlock {
    private HeldBlock() {}

    static byte[] write(UplinkMessage.Intact message) {
        Block block = message.block();
        var bytes = new ByteArrayOutputStream(block.body().length + 64);
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(block.firstSequence());
            out.writeInt(block.recordCount());
            out.writeUTF(block.codec());
            out.writeBoolean(message.historic());
            out.writeUTF(message.clock());
            out.write(block.body());
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return bytes.toByteArray();
    }

    static UplinkMessage.Intact read(StreamId stream, byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long first = in.readLong();
            int count = in.readInt();
            String codec = in.readUTF();
            boolean historic = in.readBoolean();
            String clock = in.readUTF();
            var block =
                    new Block(
                            stream,
                            first,
                            count,
                            Instant.EPOCH,
                            Instant.EPOCH,
                            codec,
                            in.readAllBytes());
            return new UplinkMessage.Intact(
                    block, BlockCodec.decode(block), historic, clock, NodeNotes.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException("held block of %s ends too early".formatted(stream), e);
        }
    }
}
