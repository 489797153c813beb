package dev.vigil.policy.fires;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A gzipped CSV file with one header line, in memory. Immutable. */
public record Recording(String name, List<String> columns, List<List<String>> rows) {
    public Recording {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    public static Recording read(Path file) throws IOException {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            List<List<String>> lines = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(List.of(line.strip().split(",", -1)));
            }
            String name = String.valueOf(file.getFileName()).replace(".csv.gz", "");
            return new Recording(
                    name, lines.getFirst(), List.copyOf(lines.subList(1, lines.size())));
        }
    }

    public boolean has(String column) {
        return columns.contains(column);
    }

    String text(int row, String column) {
        int at = columns.indexOf(column);
        if (at < 0) {
            throw new IllegalArgumentException(
                    "%s has no column '%s'; it has %s".formatted(name, column, columns));
        }
        return rows.get(row).get(at);
    }

    public double number(int row, String column) {
        return Double.parseDouble(text(row, column));
    }

    /** The column's values in order of rows. */
    public double[] numbers(String column) {
        double[] values = new double[rows.size()];
        for (int row = 0; row < values.length; row++) {
            values[row] = number(row, column);
        }
        return values;
    }
}
