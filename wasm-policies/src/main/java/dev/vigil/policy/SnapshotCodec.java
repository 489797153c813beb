package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A snapshot as bytes (POLICY-ABI, 5.7): all of it under one checksum. Stateless.
 *
 * <pre>
 * 8 magic | 2 format | policy, wasm SHA-256 | 4 abi | 4 state version | configuration SHA-256 | stream
 * | 8 last sequence | 8 now | 8 told the time | 1 gap | slots: channel, quantity, zone, clock | state | raised hazards | 4 CRC-32C
 * </pre>
 */
public final class SnapshotCodec {
    private static final long MAGIC = 0x5649_4749_4c53_310aL; // "VIGILS1\n"
    private static final int FORMAT = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int RAISED_MAX = 1 << 20;

    private SnapshotCodec() {}

    public static byte[] encode(PolicySnapshot snapshot) {
        var bytes = new ByteArrayOutputStream(snapshot.state().length + 4096);
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(MAGIC);
            out.writeShort(FORMAT);
            PolicySnapshot.Owner owner = snapshot.owner();
            out.writeUTF(owner.policy());
            out.writeUTF(owner.sha256());
            out.writeInt(owner.abi());
            out.writeInt(owner.stateVersion());
            out.writeUTF(owner.configuration());
            out.writeUTF(snapshot.stream());
            out.writeLong(snapshot.lastSequence());
            out.writeLong(snapshot.nowMillis());
            out.writeLong(snapshot.tickedMillis());
            out.writeBoolean(snapshot.gap());
            out.writeInt(snapshot.slots().size());
            for (PolicySnapshot.Slot slot : snapshot.slots()) {
                write(out, slot.channel());
                out.writeLong(slot.lastMillis());
                out.writeLong(slot.offsetMillis());
            }
            out.writeInt(snapshot.state().length);
            out.write(snapshot.state());
            out.writeInt(snapshot.raised().size());
            for (Hazard hazard : snapshot.raised()) {
                write(out, hazard);
            }
            out.flush();
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * What was encoded.
     *
     * @throws IllegalArgumentException saying what is wrong with the bytes
     */
    public static PolicySnapshot decode(byte[] bytes) {
        int checked = bytes.length - CHECKSUM_BYTES;
        if (checked < Long.BYTES || ByteBuffer.wrap(bytes).getLong() != MAGIC) {
            throw new IllegalArgumentException(
                    "%d bytes, which do not begin as a snapshot does".formatted(bytes.length));
        }
        int stored = ByteBuffer.wrap(bytes).getInt(checked);
        int computed = checksum(bytes, checked);
        if (stored != computed) {
            throw new IllegalArgumentException(
                    "torn or damaged: its checksum is %08x, its %d bytes have %08x"
                            .formatted(stored, bytes.length, computed));
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, checked))) {
            in.readLong();
            int format = in.readUnsignedShort();
            if (format != FORMAT) {
                throw new IllegalArgumentException(
                        "format %d, this node knows %d".formatted(format, FORMAT));
            }
            return read(in);
        } catch (IOException | DateTimeException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it ends early or holds nonsense: " + e, e);
        }
    }

    private static PolicySnapshot read(DataInputStream in) throws IOException {
        var owner =
                new PolicySnapshot.Owner(
                        in.readUTF(), in.readUTF(), in.readInt(), in.readInt(), in.readUTF());
        String stream = in.readUTF();
        long lastSequence = in.readLong();
        long nowMillis = in.readLong();
        long tickedMillis = in.readLong();
        boolean gap = in.readBoolean();
        List<PolicySnapshot.Slot> slots = new ArrayList<>();
        int slotCount = count(in, "slots", ModuleRules.SLOTS_MAX);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(new PolicySnapshot.Slot(channel(in), in.readLong(), in.readLong()));
        }
        byte[] state = new byte[count(in, "state bytes", GuestAbi.STATE_BYTES_MAX)];
        in.readFully(state);
        List<Hazard> raised = new ArrayList<>();
        int raisedCount = count(in, "raised hazards", RAISED_MAX);
        for (int i = 0; i < raisedCount; i++) {
            raised.add(hazard(in));
        }
        return new PolicySnapshot(
                owner, stream, lastSequence, nowMillis, tickedMillis, gap, slots, state, raised);
    }

    private static int count(DataInputStream in, String what, int max) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > max) {
            throw new IllegalArgumentException(
                    "%d %s, allowed are 0 to %d".formatted(count, what, max));
        }
        return count;
    }

    private static void write(DataOutputStream out, SensorChannel channel) throws IOException {
        out.writeUTF(channel.id().name());
        out.writeUTF(channel.quantity().name());
        out.writeUTF(channel.zone());
    }

    private static SensorChannel channel(DataInputStream in) throws IOException {
        return new SensorChannel(
                new SensorId(in.readUTF()), Quantity.valueOf(in.readUTF()), in.readUTF());
    }

    private static void write(DataOutputStream out, Hazard hazard) throws IOException {
        write(out, hazard.channel());
        out.writeUTF(hazard.policy());
        out.writeUTF(hazard.change().name());
        out.writeUTF(hazard.code());
        out.writeInt(hazard.severity());
        out.writeUTF(hazard.quality().name());
        out.writeDouble(hazard.score());
        out.writeDouble(hazard.value());
        out.writeDouble(hazard.limit());
        Instant at = hazard.at();
        out.writeLong(at.getEpochSecond());
        out.writeInt(at.getNano());
    }

    private static Hazard hazard(DataInputStream in) throws IOException {
        SensorChannel channel = channel(in);
        return new Hazard(
                in.readUTF(),
                channel,
                Hazard.Change.valueOf(in.readUTF()),
                in.readUTF(),
                in.readInt(),
                Quality.valueOf(in.readUTF()),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                Instant.ofEpochSecond(in.readLong(), in.readInt()));
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
