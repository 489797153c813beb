package dev.vigil.centre.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** A stream's state as bytes in the ledger's store and its changelog. Stateless. */
final class StreamStateCodec {
    private static final int VERSION = 2;

    /** As it was written before nodes said something of themselves. */
    private static final int WITHOUT_NODE = 1;

    private StreamStateCodec() {}

    static Serde<StreamState> serde() {
        Serializer<StreamState> write = (_, state) -> write(state);
        Deserializer<StreamState> read = (_, bytes) -> read(bytes);
        return Serdes.serdeFrom(write, read);
    }

    static byte[] write(StreamState state) {
        var bytes = new ByteArrayOutputStream(128);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            Sequences sequences = state.sequences();
            out.writeLong(sequences.floor());
            write(out, sequences.received());
            write(out, sequences.lost());
            write(out, sequences.unused());
            out.writeLong(sequences.receivedBelow());
            out.writeLong(sequences.lostBelow());
            out.writeLong(sequences.missingBelow());
            Waiting waiting = state.waiting();
            out.writeLong(waiting.passed());
            out.writeInt(waiting.held().size());
            for (Waiting.Held held : waiting.held()) {
                write(out, held.own());
                out.writeInt(held.bytes());
            }
            out.writeBoolean(waiting.gapSince().isPresent());
            write(out, waiting.gapSince().orElse(Instant.EPOCH));
            write(out, waiting.reported());
            Sight sight = state.sight();
            write(out, sight.lastSeen());
            write(out, sight.lastAt());
            out.writeBoolean(sight.historic());
            out.writeUTF(sight.clock());
            out.writeLong(sight.node().head());
            out.writeUTF(sight.node().software());
            out.writeLong(sight.copies());
            out.writeLong(sight.quarantined());
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return bytes.toByteArray();
    }

    static StreamState read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION && version != WITHOUT_NODE) {
                throw new IllegalStateException(
                        "stored state has version %d: this ledger reads %d"
                                .formatted(version, VERSION));
            }
            var sequences =
                    new Sequences(
                            in.readLong(),
                            ranges(in),
                            ranges(in),
                            ranges(in),
                            in.readLong(),
                            in.readLong(),
                            in.readLong());
            return new StreamState(sequences, waiting(in), sight(in, version));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "stored state of %d bytes ends too early".formatted(bytes.length), e);
        }
    }

    private static Waiting waiting(DataInputStream in) throws IOException {
        long passed = in.readLong();
        int count = in.readInt();
        var held = new ArrayList<Waiting.Held>(count);
        for (int i = 0; i < count; i++) {
            held.add(new Waiting.Held(ranges(in), in.readInt()));
        }
        boolean waits = in.readBoolean();
        Instant since = instant(in);
        return new Waiting(passed, held, waits ? Optional.of(since) : Optional.empty(), ranges(in));
    }

    private static Sight sight(DataInputStream in, int version) throws IOException {
        return new Sight(
                instant(in),
                instant(in),
                in.readBoolean(),
                in.readUTF(),
                version == WITHOUT_NODE
                        ? NodeNotes.NONE
                        : new NodeNotes(in.readLong(), in.readUTF()),
                in.readLong(),
                in.readLong());
    }

    private static void write(DataOutputStream out, Ranges ranges) throws IOException {
        out.writeInt(ranges.list().size());
        for (Range range : ranges.list()) {
            out.writeLong(range.from());
            out.writeLong(range.through());
        }
    }

    private static Ranges ranges(DataInputStream in) throws IOException {
        int count = in.readInt();
        var list = new ArrayList<Range>(count);
        for (int i = 0; i < count; i++) {
            list.add(new Range(in.readLong(), in.readLong()));
        }
        return count == 0 ? Ranges.NONE : new Ranges(list);
    }

    private static void write(DataOutputStream out, Instant at) throws IOException {
        out.writeLong(at.getEpochSecond());
        out.writeInt(at.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }
}
