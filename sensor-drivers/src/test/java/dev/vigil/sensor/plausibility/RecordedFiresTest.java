package dev.vigil.sensor.plausibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Replay;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.UnitConversion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real fires do must pass the bounds that hold without a word. */
class RecordedFiresTest {
    private static final Path RECORDINGS = Path.of("recordings");
    private static final Instant T0 = Instant.parse("2026-11-23T12:00:00Z");

    /** Thermocouples of the rooms' positions and smoke meters; not those in the fire itself. */
    private static final Pattern ROOM = Pattern.compile("TC[A-G](_\\d)?|SM[A-F]_\\d");

    @ParameterizedTest
    @ValueSource(strings = {"SDC02", "SDC07", "SDC33", "SDC38"})
    void everyReadingOfAHouseFireIsBelieved(String fire) throws IOException, SensorFault {
        List<Reading> judged =
                judged(RECORDINGS.resolve("nist-smoke-alarms").resolve(fire + ".csv.gz"), ROOM);
        assertTrue(judged.size() > 1000, "only %d readings".formatted(judged.size()));
        assertEquals(List.of(), judged.stream().filter(r -> r.quality() != Quality.GOOD).toList());
    }

    /** A thermocouple of this test broke, and said -1.3e12 degrees. */
    @Test
    void aBrokenThermocoupleIsNotBelieved() throws IOException, SensorFault {
        int broken = 0;
        for (Path file : sprinklers()) {
            for (Reading reading : judged(file, Pattern.compile("TC_\\d_\\d\\d"))) {
                boolean possible = reading.value() >= -90 && reading.value() <= 1400;
                assertEquals(!possible, reading.quality() == Quality.BAD, reading::toString);
                broken += possible ? 0 : 1;
            }
        }
        assertTrue(broken > 0, "the recordings have one");
    }

    private static List<Path> sprinklers() throws IOException {
        try (var files = Files.list(RECORDINGS.resolve("nist-sprinklers"))) {
            return files.filter(f -> f.toString().contains("Vettori")).sorted().toList();
        }
    }

    private static List<Reading> judged(Path file, Pattern columns)
            throws IOException, SensorFault {
        Map<SensorChannel, Bounds> bounds = new LinkedHashMap<>();
        List<RecordedSensor.Column> wanted = new ArrayList<>();
        for (String column : header(file)) {
            if (columns.matcher(column).matches()) {
                boolean smoke = column.startsWith("SM");
                Quantity quantity = smoke ? Quantity.OBSCURATION : Quantity.TEMPERATURE;
                SensorChannel channel = new SensorChannel(new SensorId(column), quantity, "room");
                bounds.put(channel, Bounds.of(quantity));
                wanted.add(
                        new RecordedSensor.Column(
                                column,
                                channel,
                                UnitConversion.to(quantity, smoke ? "OD/m" : "Cel").orElseThrow()));
            }
        }
        if (wanted.isEmpty()) {
            return List.of();
        }
        Plausibility layer = new Plausibility(bounds);
        List<Reading> judged = new ArrayList<>();
        try (RecordedSensor fire = new RecordedSensor(file, "TIME", wanted, Replay.at(1, false))) {
            for (int second = 0; second < 10_000; second += 10) {
                judged.addAll(layer.judge(fire.sample(T0.plusSeconds(second))));
            }
        }
        return judged;
    }

    private static List<String> header(Path file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.US_ASCII))) {
            return List.of(String.valueOf(reader.readLine()).split(",", -1));
        }
    }
}
