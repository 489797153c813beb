package dev.vigil.sensor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a recording, converted to the channels' units, one at a time. Owned by one thread.
 */
final class RecordedRows implements AutoCloseable {
    /**
     * One row.
     *
     * @param seconds of its time column
     * @param values in the order of the columns; NaN where there is none
     * @param fault what is wrong with the row, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(double seconds, double[] values, @Nullable SensorFault fault) {}

    private final Path file;
    private final CsvFile csv;
    private final List<RecordedSensor.Column> columns;
    private final int timeIndex;
    private final int[] columnIndexes;
    private final int width;
    private double previousSeconds = Double.NEGATIVE_INFINITY;

    private RecordedRows(
            Path file, CsvFile csv, String timeColumn, List<RecordedSensor.Column> columns)
            throws IOException, SensorFault {
        this.file = file;
        this.csv = csv;
        this.columns = columns;
        List<String> header = csv.next();
        if (header == null) {
            throw new SensorFault("recording %s is empty: no header line".formatted(file));
        }
        width = header.size();
        timeIndex = indexOf(header, timeColumn);
        columnIndexes = new int[columns.size()];
        for (int i = 0; i < columnIndexes.length; i++) {
            columnIndexes[i] = indexOf(header, columns.get(i).name());
        }
    }

    static RecordedRows open(Path file, String timeColumn, List<RecordedSensor.Column> columns)
            throws IOException, SensorFault {
        CsvFile csv = CsvFile.open(file);
        boolean opened = false;
        try {
            RecordedRows rows = new RecordedRows(file, csv, timeColumn, columns);
            opened = true;
            return rows;
        } finally {
            if (!opened) {
                csv.close();
            }
        }
    }

    /**
     * The next row, or null at the end of the file.
     *
     * @throws SensorFault when the row has no usable time; the row is skipped
     */
    @Nullable Row next() throws IOException, SensorFault {
        List<String> cells = csv.next();
        if (cells == null) {
            return null;
        }
        if (cells.size() != width) {
            throw new SensorFault(
                    "%s:%d: row has %d cells, its header has %d"
                            .formatted(file, csv.line(), cells.size(), width));
        }
        double seconds = seconds(cells.get(timeIndex));
        if (seconds < previousSeconds) {
            throw new SensorFault(
                    "%s:%d: time %s is before that of the row above (%s s): time must not go back"
                            .formatted(file, csv.line(), cells.get(timeIndex), previousSeconds));
        }
        previousSeconds = seconds;
        double[] values = new double[columnIndexes.length];
        SensorFault fault = null;
        for (int i = 0; i < values.length; i++) {
            String cell = cells.get(columnIndexes[i]).strip();
            values[i] = cell.isEmpty() ? Double.NaN : columns.get(i).unit().apply(number(cell));
            if (!cell.isEmpty() && !Double.isFinite(values[i])) {
                values[i] = Double.NaN;
                fault = fault != null ? fault : badCell(columns.get(i), cell);
            }
        }
        return new Row(seconds, values, fault);
    }

    @Override
    public void close() {
        csv.close();
    }

    private SensorFault badCell(RecordedSensor.Column column, String cell) {
        return new SensorFault(
                "%s:%d: column %s of %s is '%s': not a finite number in %s"
                        .formatted(
                                file,
                                csv.line(),
                                column.name(),
                                column.channel().id(),
                                CsvFile.shortened(cell),
                                column.unit()));
    }

    private int indexOf(List<String> header, String column) throws SensorFault {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new SensorFault(
                    "%s:1: no column '%s'; the header has %s"
                            .formatted(file, column, CsvFile.shortened(String.join(", ", header))));
        }
        return index;
    }

    private double seconds(String cell) throws SensorFault {
        double seconds = number(cell.strip());
        if (Double.isFinite(seconds)) {
            return seconds;
        }
        try {
            Instant at = Instant.parse(cell.strip());
            return at.getEpochSecond() + at.getNano() * 1e-9;
        } catch (DateTimeParseException e) {
            throw new SensorFault(
                    "%s:%d: time '%s' is neither a number of seconds nor an ISO 8601 instant"
                            .formatted(file, csv.line(), CsvFile.shortened(cell)),
                    e);
        }
    }

    /** NaN for what is no decimal number (Java's own suffixes and hexadecimals aren't either). */
    private static double number(String cell) {
        if (cell.isEmpty() || !cell.chars().allMatch(RecordedRows::isNumberCharacter)) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isNumberCharacter(int c) {
        return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
    }
}
