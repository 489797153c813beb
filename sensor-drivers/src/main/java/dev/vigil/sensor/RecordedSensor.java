package dev.vigil.sensor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays a CSV file (plain, or gzip when its name ends in {@code .gz}) as if it were measured now.
 * Owned by its bus' thread.
 *
 * <ul>
 *   <li>The recording begins at the first {@link #sample}: a row measured {@code s} seconds after
 *       the first row is a reading {@code s / speed} seconds after that instant.
 *   <li>The time column holds seconds as a number, or ISO 8601 instants. It must not go back.
 *   <li>An empty cell was not measured: no reading. A cell that is no finite number, a row with the
 *       wrong number of cells or with a bad time is a {@link SensorFault} that names file, line and
 *       value; what the row's other cells say is delivered, and the replay goes on.
 *   <li>A file that can't be opened or lacks a column is a fault at each sample until it is there;
 *       one that can't be read on (a torn gzip) is a fault at each sample from then on.
 *   <li>Memory: one row. The file is read as it is played, lines are at most {@value
 *       CsvFile#LINE_CHARACTERS_MAX} characters, and one sample yields the readings of at most
 *       {@value #ROWS_PER_SAMPLE_MAX} rows; the rest comes with the next.
 * </ul>
 */
public final class RecordedSensor implements Sensor {
    public static final int ROWS_PER_SAMPLE_MAX = 1_000;

    /**
     * A column to replay.
     *
     * @param name in the file's header
     * @param unit of the file's values; they are converted to that of the channel's quantity
     */
    public record Column(String name, SensorChannel channel, UnitConversion unit) {}

    private final Path file;
    private final String timeColumn;
    private final List<Column> columns;
    private final Replay replay;

    private @Nullable RecordedRows rows;
    private RecordedRows.@Nullable Row next;
    private @Nullable SensorFault fault;
    private @Nullable SensorFault broken;
    private @Nullable Instant passBegan;
    private double passFirstSeconds;
    private double lastSeconds;
    private double lastStepSeconds = 1;
    private boolean finished;

    public RecordedSensor(Path file, String timeColumn, List<Column> columns, Replay replay) {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException(
                    "recording %s without a column: nothing would be replayed".formatted(file));
        }
        this.file = file;
        this.timeColumn = timeColumn;
        this.columns = List.copyOf(columns);
        this.replay = replay;
    }

    /**
     * Reads a whole recording without playing it.
     *
     * @return what is wrong with it, the first {@code max} findings; empty when all can be played
     */
    public static List<String> problems(
            Path file, String timeColumn, List<Column> columns, int max) {
        List<String> problems = new ArrayList<>();
        try (RecordedRows rows = RecordedRows.open(file, timeColumn, columns)) {
            boolean more = true;
            while (more && problems.size() < max) {
                more = readOne(rows, problems);
            }
        } catch (SensorFault e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            problems.add("recording %s can't be read: %s".formatted(file, CsvFile.reason(e)));
        }
        return problems;
    }

    private static boolean readOne(RecordedRows rows, List<String> problems) throws IOException {
        try {
            RecordedRows.Row row = rows.next();
            if (row != null && row.fault() != null) {
                problems.add(String.valueOf(row.fault().getMessage()));
            }
            return row != null;
        } catch (SensorFault e) {
            problems.add(String.valueOf(e.getMessage()));
            return true;
        }
    }

    @Override
    public List<SensorChannel> channels() {
        return columns.stream().map(Column::channel).toList();
    }

    @Override
    public Duration interval() {
        return replay.interval();
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        throwPending();
        if (finished || broken != null) {
            return List.of();
        }
        List<Reading> due = new ArrayList<>();
        try {
            collect(now, due);
        } catch (SensorFault e) {
            fault = e;
        } catch (IOException e) {
            closeRows();
            fault =
                    new SensorFault(
                            "recording %s can't be read: %s".formatted(file, CsvFile.reason(e)), e);
            // Begun anew from its first line it would tell its readings twice.
            broken = passBegan == null ? null : fault;
        }
        if (due.isEmpty()) {
            throwPending();
        }
        return due;
    }

    /** True when a replay that doesn't repeat has yielded its last row. */
    public boolean isFinished() {
        return finished && fault == null;
    }

    @Override
    public void close() {
        closeRows();
        finished = true;
    }

    private void throwPending() throws SensorFault {
        SensorFault pending = fault;
        fault = broken;
        if (pending != null) {
            throw pending;
        }
    }

    private void collect(Instant now, List<Reading> due) throws IOException, SensorFault {
        for (int row = 0; row < ROWS_PER_SAMPLE_MAX && !finished; row++) {
            if (rows == null) {
                rows = RecordedRows.open(file, timeColumn, columns);
            }
            if (next == null) {
                next = rows.next();
            }
            if (next == null) {
                endOfFile();
                continue;
            }
            Instant at = playedAt(next, now);
            if (at.isAfter(now)) {
                return;
            }
            RecordedRows.Row played = next;
            next = null;
            addReadings(played, at, due);
        }
    }

    private Instant playedAt(RecordedRows.Row row, Instant now) {
        Instant began = passBegan;
        if (began == null) {
            began = now;
            passBegan = began;
            passFirstSeconds = row.seconds();
            lastSeconds = row.seconds();
        }
        double elapsed = (row.seconds() - passFirstSeconds) / replay.speed();
        return began.plusNanos(Math.round(elapsed * 1e9));
    }

    private void addReadings(RecordedRows.Row row, Instant at, List<Reading> due)
            throws SensorFault {
        if (row.seconds() > lastSeconds) {
            lastStepSeconds = row.seconds() - lastSeconds;
        }
        lastSeconds = row.seconds();
        for (int i = 0; i < columns.size(); i++) {
            double value = row.values()[i];
            if (!Double.isNaN(value)) { // NaN: not measured, or named in the row's fault
                due.add(new Reading(columns.get(i).channel(), value, Quality.GOOD, at));
            }
        }
        if (row.fault() != null) {
            throw row.fault();
        }
    }

    private void endOfFile() throws SensorFault {
        closeRows();
        Instant began = passBegan;
        if (began == null) {
            finished = !replay.repeat();
            throw new SensorFault("recording %s has no rows below its header".formatted(file));
        }
        if (!replay.repeat()) {
            finished = true;
            return;
        }
        // The next pass follows as far behind the last row as that was behind the one before.
        double passSeconds = lastSeconds - passFirstSeconds + lastStepSeconds;
        passBegan = began.plusNanos(Math.round(passSeconds / replay.speed() * 1e9));
        lastSeconds = passFirstSeconds;
    }

    private void closeRows() {
        RecordedRows open = rows;
        rows = null;
        next = null;
        if (open != null) {
            open.close();
        }
    }
}
