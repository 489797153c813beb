package dev.vigil.policy.tool;

import dev.vigil.policy.fires.Recording;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The columns of a NIST recording (sensor-drivers/recordings/README.md) as channels: at each
 * position the thermocouple nearest the ceiling, the first smoke meter and the gas analyser, in one
 * zone; of the sprinkler tests every thermocouple, each a zone of its own. Stateless.
 */
final class RecordedFire {
    private static final Pattern POSITION = Pattern.compile("(TC|SM|GAS)([A-G])_([1-5])");
    private static final Pattern CEILING = Pattern.compile("TC_[1-4]_[0-9]+");

    /** A column that is a channel. */
    private record Column(
            SensorChannel channel, Recording from, String name, DoubleUnaryOperator toUnit) {}

    private RecordedFire() {}

    static Readings read(Path file) {
        Recording recording;
        try {
            recording = Recording.read(file);
        } catch (IOException e) {
            throw ToolFailure.usage("%s can't be read: %s".formatted(file, e));
        }
        Readings readings = new Readings();
        List<Column> columns = new ArrayList<>();
        for (String name : recording.columns()) {
            Matcher position = POSITION.matcher(name);
            if (position.matches()) {
                column(recording, readings, position, columns);
            } else if (CEILING.matcher(name).matches()) {
                columns.add(
                        new Column(
                                readings.channel(name + "/temperature", Quantity.TEMPERATURE, name),
                                recording,
                                name,
                                value -> value));
            }
        }
        if (columns.isEmpty()) {
            throw ToolFailure.usage(
                    "%s has no column that is known, as TCA_1, SMA_1, GASA_1 or TC_1_01"
                            .formatted(file));
        }
        double[] seconds = recording.numbers("TIME");
        for (int row = 0; row < seconds.length; row++) {
            for (Column column : columns) {
                readings.add(
                        column.channel,
                        Readings.at(seconds[row]),
                        column.toUnit.applyAsDouble(column.from.number(row, column.name)),
                        Quality.GOOD);
            }
        }
        return readings;
    }

    private static void column(
            Recording recording, Readings readings, Matcher name, List<Column> columns) {
        String kind = name.group(1) + name.group(3);
        String zone = "position-" + name.group(2);
        switch (kind) {
            case "TC1" ->
                    columns.add(column(recording, readings, name, zone, Quantity.TEMPERATURE));
            case "SM1" ->
                    columns.add(column(recording, readings, name, zone, Quantity.OBSCURATION));
            case "GAS1" ->
                    columns.add(column(recording, readings, name, zone, Quantity.CARBON_MONOXIDE));
            case "GAS3" ->
                    columns.add(column(recording, readings, name, zone, Quantity.CARBON_DIOXIDE));
            case "GAS5" -> columns.add(column(recording, readings, name, zone, Quantity.OXYGEN));
            default -> {}
        }
    }

    private static Column column(
            Recording recording, Readings readings, Matcher name, String zone, Quantity quantity) {
        DoubleUnaryOperator toUnit =
                switch (quantity) {
                    case TEMPERATURE -> value -> value;
                    // StrictMath: its results are the same on every machine.
                    case OBSCURATION -> density -> 1 - StrictMath.pow(10, -density);
                    default -> percent -> percent / 100;
                };
        return new Column(
                readings.channel(zone + "/" + quantity.senmlName(), quantity, zone),
                recording,
                name.group(),
                toUnit);
    }
}
