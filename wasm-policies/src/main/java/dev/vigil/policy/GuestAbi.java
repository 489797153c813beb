package dev.vigil.policy;

import com.dylibso.chicory.runtime.Memory;
import dev.vigil.policy.machine.FlatMemory;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;

/**
 * ABI v1: where things lie in a guest's memory, and the checks on what it wrote there. Owned by the
 * thread that owns its {@link WasmPolicy}. The only class that knows offsets; wasm-policies/ABI.md
 * is its text.
 */
final class GuestAbi {
    static final int COLUMN_TS = 1;
    static final int COLUMN_VAL = 1 << 1;
    static final int COLUMN_SLOT = 1 << 2;
    static final int COLUMN_QUAL = 1 << 3;
    static final int COLUMN_SEQ = 1 << 4;

    static final int MAGIC = 0x314C_4756; // "VGL1"
    static final int LAYOUT_BYTES = 64;
    static final int IN_CAP_MAX = 4096;
    static final int STATE_BYTES_MAX = 4 << 20;
    static final int HEADER_BYTES = 32;
    static final int HAZARD_BYTES = 48;
    static final int DESCRIPTOR_BYTES = 16;
    static final int SETTING_BYTES = 16;
    static final long NOT_TIED = 0xFFFF_FFFFL;

    private static final int[] WIDTHS = {8, 8, 4, 4, 4};
    private static final String[] NAMES = {"ts", "val", "slot", "qual", "seq"};

    /** A region of guest memory, bytes. */
    private record Region(String name, long start, long length) {
        long end() {
            return start + length;
        }
    }

    /** A hazard record that passed the checks; {@code idx} is -1 when tied to no reading. */
    record HazardRecord(
            int idx,
            int slot,
            Hazard.Change change,
            String code,
            int severity,
            double score,
            double value,
            double limit,
            long ts) {}

    /**
     * What a slot stands for.
     *
     * @param zone dense number of the zone, from 0, in order of appearance
     */
    record Slot(Quantity quantity, int zone) {}

    private final FlatMemory memory;
    private final int layout;
    private final int inPtr;
    private final int inCap;
    private final int outPtr;
    private final int outCap;
    private final int argPtr;
    private final int argCap;
    private final int statePtr;
    private final int stateMax;
    private int stateLen;
    private boolean slotsBound;
    private final int stateVersion;
    private final int columns;
    private final int[] columnAt = new int[NAMES.length];

    /**
     * Reads and checks the layout the guest named (POLICY-ABI, 5.2).
     *
     * @param stateBytes granted at most
     * @throws GuestFault PROTOCOL, naming the field, its value and the rule
     */
    GuestAbi(FlatMemory memory, int layout, int stateBytes) {
        this.memory = memory;
        this.layout = layout;
        long bytes = (long) memory.pages() * Memory.PAGE_SIZE;
        check(
                aligned(unsigned(layout)) && unsigned(layout) + LAYOUT_BYTES <= bytes,
                "vigil_layout returned %d: the layout is 64 bytes, 8-aligned, inside the memory of %d bytes",
                unsigned(layout),
                bytes);
        int magic = memory.readInt(layout);
        check(magic == MAGIC, "layout magic is 0x%08x, expected 0x%08x (VGL1)", magic, MAGIC);
        int size = field(1);
        check(size == LAYOUT_BYTES, "layout size is %d, expected %d", size, LAYOUT_BYTES);
        inPtr = field(2);
        inCap = field(3);
        outPtr = field(4);
        outCap = field(5);
        argPtr = field(6);
        argCap = field(7);
        statePtr = field(8);
        stateLen = field(9);
        stateMax = stateLen;
        stateVersion = field(10);
        columns = field(11);
        for (int reserved = 13; reserved < 16; reserved++) {
            check(field(reserved) == 0, "reserved word %d of the layout is not 0", reserved);
        }
        check(
                inCap >= 1 && inCap <= IN_CAP_MAX,
                "in_cap is %d, allowed are 1 to %d",
                unsigned(inCap),
                IN_CAP_MAX);
        check(
                outCap >= inCap && outCap <= 8 * IN_CAP_MAX,
                "out_cap is %d, allowed are in_cap (%d) to %d",
                unsigned(outCap),
                inCap,
                8 * IN_CAP_MAX);
        check(
                stateLen >= 0 && stateLen <= stateBytes,
                "state_len is %d, allowed are 0 to %d",
                unsigned(stateLen),
                stateBytes);
        check(
                (columns & COLUMN_VAL) != 0 && columns >>> NAMES.length == 0,
                "cols is 0x%x: val (bit 1) is needed, and only ts, val, slot, qual, seq (bits 0 to 4) exist",
                columns);
        int end = HEADER_BYTES;
        for (int column = 0; column < NAMES.length; column++) {
            columnAt[column] = -1;
            if (((columns >>> column) & 1) != 0) {
                columnAt[column] = inPtr + end;
                end += (WIDTHS[column] * inCap + 7) & ~7;
            }
        }
        checkRegions(
                bytes,
                new Region("layout", unsigned(layout), LAYOUT_BYTES),
                new Region("in", unsigned(inPtr), end),
                new Region("out", unsigned(outPtr), (long) outCap * HAZARD_BYTES),
                new Region("arg", unsigned(argPtr), unsigned(argCap)),
                new Region("state", unsigned(statePtr), stateLen));
    }

    private static void checkRegions(long bytes, Region... regions) {
        for (Region region : regions) {
            check(
                    aligned(region.start) && region.end() <= bytes,
                    "region %s is at %d with %d bytes: regions are 8-aligned and inside the memory of %d bytes",
                    region.name,
                    region.start,
                    region.length,
                    bytes);
        }
        for (int i = 0; i < regions.length; i++) {
            for (int j = i + 1; j < regions.length; j++) {
                Region a = regions[i];
                Region b = regions[j];
                check(
                        a.end() <= b.start || b.end() <= a.start,
                        "regions %s [%d, %d) and %s [%d, %d) overlap",
                        a.name,
                        a.start,
                        a.end(),
                        b.name,
                        b.start,
                        b.end());
            }
        }
    }

    /** Names of the columns in {@code bitmap}, ascending. */
    static List<String> columnNames(int bitmap) {
        List<String> names = new ArrayList<>();
        for (int column = 0; column < NAMES.length; column++) {
            if (((bitmap >>> column) & 1) != 0) {
                names.add(NAMES[column]);
            }
        }
        return names;
    }

    int columns() {
        return columns;
    }

    int capacity() {
        return inCap;
    }

    int stateVersion() {
        return stateVersion;
    }

    /**
     * Writes a row. Columns a policy did not ask for are not written; a bad reading has value 0.
     *
     * @param ts time of the reading, ms since 1970, not before that of the slot's last one
     * @param sequence offset from the call's first sequence
     */
    @SuppressWarnings("EnumOrdinal") // Quality says that its ordinal is the qual column
    void reading(int row, long ts, Reading reading, int slot, int sequence) {
        Quality quality = reading.quality();
        int at = columnAt[0];
        if (at >= 0) {
            memory.writeLong(at + 8 * row, ts);
        }
        memory.writeF64(columnAt[1] + 8 * row, quality == Quality.BAD ? 0.0 : reading.value());
        at = columnAt[2];
        if (at >= 0) {
            memory.writeI32(at + 4 * row, slot);
        }
        at = columnAt[3];
        if (at >= 0) {
            memory.writeI32(at + 4 * row, quality.ordinal());
        }
        at = columnAt[4];
        if (at >= 0) {
            memory.writeI32(at + 4 * row, sequence);
        }
    }

    void header(int count, int flags, long nowMillis, long firstSequence) {
        memory.writeI32(inPtr, count);
        memory.writeI32(inPtr + 4, flags);
        memory.writeLong(inPtr + 8, nowMillis);
        memory.writeLong(inPtr + 16, firstSequence);
        memory.writeI32(inPtr + 24, columns);
        memory.writeI32(inPtr + 28, inCap);
    }

    /**
     * To be called when slots were bound or unbound: a policy that keeps its state by slot may now
     * say how much of the state region is in use. After the first time that only grows.
     *
     * @throws GuestFault PROTOCOL when that is more than the layout had at first
     */
    void slotsBound() {
        int used = field(9);
        check(
                used >= 0 && used <= stateMax,
                "state_len is %d after slots were bound, at first it was %d: that is the most",
                unsigned(used),
                stateMax);
        stateLen = slotsBound ? Math.max(stateLen, used) : used;
        slotsBound = true;
    }

    /** Describes a slot in the arg region, for {@code vigil_slot}. */
    @SuppressWarnings("EnumOrdinal") // Quantity says that its ordinal is part of the ABI
    void descriptor(int slot, Slot described) {
        needArgument(DESCRIPTOR_BYTES);
        memory.writeI32(argPtr, slot);
        memory.writeI32(argPtr + 4, described.quantity().ordinal());
        memory.writeI32(argPtr + 8, described.zone());
        memory.writeI32(argPtr + 12, 0);
    }

    /** Flat TLV: u16 key, u16 type 1 (f64), u32 length 8, value. Returns the length. */
    int configuration(SortedMap<Integer, Double> values) {
        int length = values.size() * SETTING_BYTES;
        needArgument(length);
        ByteBuffer tlv = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(
                (key, value) ->
                        tlv.putShort((short) (int) key)
                                .putShort((short) 1)
                                .putInt(8)
                                .putDouble(value));
        memory.write(argPtr, tlv.array(), 0, length);
        return length;
    }

    /** Hands bytes over, for {@code vigil_migrate}. */
    void argument(byte[] bytes) {
        needArgument(bytes.length);
        memory.write(argPtr, bytes, 0, bytes.length);
    }

    private void needArgument(int length) {
        check(
                unsigned(argCap) >= length,
                "arg_cap is %d, this call needs %d bytes",
                unsigned(argCap),
                length);
    }

    byte[] state() {
        return copyState(new byte[stateLen]);
    }

    /**
     * A copy of the state: in {@code into} when that is of its length, else in a new array. States
     * are big, and saved with every change of hazards.
     */
    byte[] copyState(byte[] into) {
        byte[] copy = into.length == stateLen ? into : new byte[stateLen];
        memory.read(statePtr, copy);
        return copy;
    }

    /** More than what is in use now may have been saved: a slot was unbound since. */
    void state(byte[] saved) {
        if (saved.length < stateLen || saved.length > stateMax) {
            throw GuestFault.protocol(
                    "saved state has %d bytes, the state region %d to %d"
                            .formatted(saved.length, stateLen, stateMax));
        }
        stateLen = saved.length;
        memory.write(statePtr, saved, 0, saved.length);
    }

    /** How many hazards the guest could not write since it was made. */
    int dropped() {
        return memory.readInt(layout + 48);
    }

    /**
     * The hazards of a call.
     *
     * @param count what the call returned
     * @param rows readings of the call: {@code idx} is below it
     * @param slots those that are bound
     * @throws GuestFault PROTOCOL for the first record that breaks a rule of 5.4
     */
    List<HazardRecord> hazards(
            int count, int rows, BitSet slots, long nowMillis, Manifest manifest) {
        check(count <= outCap, "the call says %d hazards, out_cap is %d", count, outCap);
        List<HazardRecord> records = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            records.add(hazard(outPtr + row * HAZARD_BYTES, row, rows, slots, nowMillis, manifest));
        }
        return records;
    }

    private HazardRecord hazard(
            int at, int row, int rows, BitSet slots, long nowMillis, Manifest manifest) {
        long idx = unsigned(memory.readInt(at));
        check(
                idx == NOT_TIED || idx < rows,
                "hazard %d: idx is %d, the call had %d readings",
                row,
                idx,
                rows);
        long slot = unsigned(memory.readInt(at + 4));
        check(
                slot < slots.length() && slots.get((int) slot),
                "hazard %d: slot is %d, not one of the %d that are bound",
                row,
                slot,
                slots.cardinality());
        int kind = memory.readShort(at + 8) & 0xFFFF;
        check(kind >= 1 && kind <= 3, "hazard %d: kind is %d, allowed are 1 to 3", row, kind);
        int code = memory.readShort(at + 10) & 0xFFFF;
        String name = manifest.hazards().get(code);
        if (name == null) {
            throw GuestFault.protocol(
                    "hazard %d: code %d is not declared in the manifest".formatted(row, code));
        }
        long severity = unsigned(memory.readInt(at + 12));
        check(severity <= 1000, "hazard %d: severity is %d, allowed are 0 to 1000", row, severity);
        double score = finite(row, "score", memory.readDouble(at + 16));
        double value = finite(row, "value", memory.readDouble(at + 24));
        double limit = finite(row, "limit", memory.readDouble(at + 32));
        long ts = memory.readLong(at + 40);
        check(ts <= nowMillis, "hazard %d: ts is %d, now is %d", row, ts, nowMillis);
        return new HazardRecord(
                idx == NOT_TIED ? -1 : (int) idx,
                (int) slot,
                CHANGES.get(kind - 1),
                name,
                (int) severity,
                score,
                value,
                limit,
                ts);
    }

    private static final List<Hazard.Change> CHANGES = Arrays.asList(Hazard.Change.values());

    private static double finite(int row, String field, double value) {
        if (!Double.isFinite(value)) {
            throw GuestFault.protocol(
                    "hazard %d: %s is %s, not finite".formatted(row, field, value));
        }
        return value;
    }

    private int field(int index) {
        return memory.readInt(layout + 4 * index);
    }

    private static boolean aligned(long pointer) {
        return (pointer & 7) == 0;
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a library of its own
    private static void check(boolean holds, String rule, Object... values) {
        if (!holds) {
            throw GuestFault.protocol(rule.formatted(values));
        }
    }
}
