package dev.vigil.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a site knows and its policies may look up: rooms and their use, doors, hydrants. Immutable;
 * a policy reads one set for the whole of a batch. Who makes a set has checked its signature.
 */
public final class ReferenceTables {
    static final int TABLES_MAX = 16;
    static final int ROWS_MAX = 4096;
    static final int ROW_BYTES_MAX = 256;

    /** A site that gives none. */
    public static final ReferenceTables NONE = new ReferenceTables(List.of());

    /**
     * One table as it was signed.
     *
     * @param version of its content, recorded with what was judged by it
     * @param rows bytes by key; what they mean is between the table's author and the policy's
     */
    public record Table(String name, String version, Map<Long, byte[]> rows) {
        public Table {
            if (!name.matches("[a-z][a-z0-9_-]{0,31}")) {
                throw new IllegalArgumentException(
                        "reference table '%s': a name is a-z 0-9 _ -, up to 32".formatted(name));
            }
            if (rows.size() > ROWS_MAX) {
                throw new IllegalArgumentException(
                        "reference table %s has %d rows, allowed are %d"
                                .formatted(name, rows.size(), ROWS_MAX));
            }
            Map<Long, byte[]> copy = new HashMap<>();
            rows.forEach(
                    (key, row) -> {
                        if (row.length > ROW_BYTES_MAX) {
                            throw new IllegalArgumentException(
                                    "reference table %s: row %d has %d bytes, allowed are %d"
                                            .formatted(name, key, row.length, ROW_BYTES_MAX));
                        }
                        copy.put(key, Arrays.copyOf(row, row.length));
                    });
            rows = Map.copyOf(copy);
        }
    }

    private final Map<String, Table> tables = new HashMap<>();

    /**
     * @throws IllegalArgumentException for too many tables, or two of one name
     */
    public ReferenceTables(List<Table> tables) {
        if (tables.size() > TABLES_MAX) {
            throw new IllegalArgumentException(
                    "%d reference tables, allowed are %d".formatted(tables.size(), TABLES_MAX));
        }
        for (Table table : tables) {
            if (this.tables.put(table.name(), table) != null) {
                throw new IllegalArgumentException(
                        "reference table %s appears twice".formatted(table.name()));
            }
        }
    }

    /** The row, or null; not to be changed. */
    byte @Nullable [] row(String table, long key) {
        Table found = tables.get(table);
        return found == null ? null : found.rows().get(key);
    }

    /** Versions by name: what a record of a judgement needs to be replayed. */
    public SortedMap<String, String> versions() {
        SortedMap<String, String> versions = new TreeMap<>();
        tables.values().forEach(table -> versions.put(table.name(), table.version()));
        return versions;
    }
}
