package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordedSensorTest implements SensorContract {
    private static final SensorChannel HEAT =
            new SensorChannel(new SensorId("a/temperature"), Quantity.TEMPERATURE, "a");
    private static final SensorChannel SMOKE =
            new SensorChannel(new SensorId("a/smoke"), Quantity.OBSCURATION, "a");

    private Path file = Path.of("unset");

    @BeforeEach
    void nameFile(@TempDir Path directory) {
        file = directory.resolve("fire.csv");
    }

    @Override
    public Sensor sensor(Path directory) {
        Path recording = directory.resolve("contract.csv");
        write(recording, "TIME,T\n0,20\n1,21\n2,22\n4,24\n");
        return recorded(recording, Replay.at(2, true), heat("T"));
    }

    @Test
    void playsRowsWhenTheyAreDue() throws SensorFault {
        write(file, "TIME,T\n100,20\n102,21\n103,22\n");
        try (RecordedSensor sensor = recorded(file, Replay.at(2, false), heat("T"))) {
            assertEquals(List.of(at(20, 0)), sensor.sample(START));
            assertEquals(List.of(), sensor.sample(START.plusMillis(999)));
            assertEquals(
                    List.of(at(21, 1_000), at(22, 1_500)), sensor.sample(START.plusMillis(1_700)));
            assertEquals(List.of(), sensor.sample(START.plusSeconds(60)));
            assertTrue(sensor.isFinished());
        }
    }

    @Test
    void convertsOpticalDensityToObscuration() throws SensorFault {
        write(file, "TIME,OD\n0,0.0227\n");
        var column = new RecordedSensor.Column("OD", SMOKE, unit(SMOKE, "OD/m"));
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), column)) {
            // NIST TN 1455's mean alarm sensitivity: 5.1 %/m is an optical density of 0.0227 1/m.
            assertEquals(0.051, sensor.sample(START).getFirst().value(), 0.0005);
        }
    }

    @Test
    void repeatsWithoutAGapOrABackstep() throws SensorFault {
        write(file, "TIME,T\n0,20\n2,21\n");
        try (RecordedSensor sensor = recorded(file, Replay.at(1, true), heat("T"))) {
            List<Reading> readings = new ArrayList<>(sensor.sample(START));
            readings.addAll(sensor.sample(START.plusSeconds(7)));
            assertEquals(List.of(at(20, 0), at(21, 2_000), at(20, 4_000), at(21, 6_000)), readings);
            assertFalse(sensor.isFinished());
        }
    }

    @Test
    void readsGzipQuotesCarriageReturnsInstantsAndAByteOrderMark() throws Exception {
        Path packed = file.resolveSibling("fire.csv.gz");
        String text =
                "\uFEFFTIME,\"T, upper\"\r\n2026-01-01T00:00:00Z,\"20.5\"\r\n\r\n2026-01-01T00:00:01.5Z,2.1e1\r\n";
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        try (RecordedSensor sensor = recorded(packed, Replay.at(1, false), heat("T, upper"))) {
            sensor.sample(START);
            assertEquals(List.of(at(21, 1_500)), sensor.sample(START.plusSeconds(2)));
        }
    }

    @Test
    void leavesOutEmptyCells() throws SensorFault {
        write(file, "TIME,T,OD\n0,,0\n1,21,\n");
        var smoke = new RecordedSensor.Column("OD", SMOKE, unit(SMOKE, "OD/m"));
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"), smoke)) {
            List<Reading> readings = new ArrayList<>(sensor.sample(START));
            readings.addAll(sensor.sample(START.plusSeconds(1)));
            assertEquals(
                    List.of(new Reading(SMOKE, 0, Quality.GOOD, START), at(21, 1_000)), readings);
        }
    }

    @Test
    void namesFileLineAndValueOfABadCellAndGoesOn() throws SensorFault {
        write(file, "TIME,T,OD\n0,20,0\n1,warm,0.1\n2,NaN,0\n3,23,0\n");
        var smoke = new RecordedSensor.Column("OD", SMOKE, unit(SMOKE, "OD/m"));
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"), smoke)) {
            List<String> faults = new ArrayList<>();
            List<Reading> readings = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                try {
                    readings.addAll(sensor.sample(START.plusSeconds(i)));
                } catch (SensorFault e) {
                    faults.add(String.valueOf(e.getMessage()));
                }
            }
            assertEquals(
                    List.of(
                            file
                                    + ":3: column T of a/temperature is 'warm': not a finite number in Cel",
                            file
                                    + ":4: column T of a/temperature is 'NaN': not a finite number in Cel"),
                    faults);
            assertEquals(2, readings.stream().filter(r -> r.channel().equals(HEAT)).count());
            assertEquals(4, readings.stream().filter(r -> r.channel().equals(SMOKE)).count());
        }
    }

    @Test
    void namesRowsWithoutTheirCellsAndTimesThatGoBack() throws SensorFault {
        write(file, "TIME,T\n0,20\n1\n5,25\n4,24\nnoon,1\n6,26\n");
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"))) {
            List<String> faults = new ArrayList<>();
            List<Reading> readings = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                try {
                    readings.addAll(sensor.sample(START.plusSeconds(10L * i)));
                } catch (SensorFault e) {
                    faults.add(String.valueOf(e.getMessage()).replace(file.toString(), "F"));
                }
            }
            assertEquals(
                    List.of(
                            "F:3: row has 1 cells, its header has 2",
                            "F:5: time 4 is before that of the row above (5.0 s): time must not go back",
                            "F:6: time 'noon' is neither a number of seconds nor an ISO 8601 instant"),
                    faults);
            assertEquals(List.of(20.0, 25.0, 26.0), readings.stream().map(Reading::value).toList());
        }
    }

    @Test
    void triesAgainUntilTheFileIsThere() throws SensorFault {
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"))) {
            SensorFault fault = assertThrows(SensorFault.class, () -> sensor.sample(START));
            assertEquals("recording " + file + " can't be read: no such file", fault.getMessage());
            write(file, "TIME,T\n0,20\n");
            assertEquals(List.of(at(20, 0)), sensor.sample(START));
        }
    }

    @Test
    void saysWhichColumnsThereAre() {
        write(file, "TIME,TCA_1,TCA_2\n0,1,2\n");
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"))) {
            SensorFault fault = assertThrows(SensorFault.class, () -> sensor.sample(START));
            assertEquals(
                    file + ":1: no column 'T'; the header has TIME, TCA_1, TCA_2",
                    fault.getMessage());
        }
    }

    @Test
    void staysAtFaultWhenTheFileIsTorn() throws Exception {
        Path packed = file.resolveSibling("torn.csv.gz");
        StringBuilder text = new StringBuilder("TIME,T\n");
        for (int i = 0; i < 20_000; i++) {
            text.append(i).append(',').append(20 + (i * 31 % 97) / 10.0).append('\n');
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        byte[] whole = Files.readAllBytes(packed);
        Files.write(packed, java.util.Arrays.copyOf(whole, whole.length / 2));
        try (RecordedSensor sensor = recorded(packed, Replay.at(1_000, false), heat("T"))) {
            sensor.sample(START);
            Instant end = START.plusSeconds(3_600);
            SensorFault fault =
                    assertThrows(
                            SensorFault.class,
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    sensor.sample(end);
                                }
                            });
            assertTrue(
                    String.valueOf(fault.getMessage()).contains("torn.csv.gz can't be read"),
                    fault::getMessage);
            assertThrows(SensorFault.class, () -> sensor.sample(end));
        }
    }

    @Test
    void boundsWhatOneSampleYieldsAndALineHolds() throws SensorFault {
        StringBuilder text = new StringBuilder("TIME,T\n");
        for (int i = 0; i < RecordedSensor.ROWS_PER_SAMPLE_MAX + 5; i++) {
            text.append(i).append(",20\n");
        }
        text.append("x".repeat(CsvFile.LINE_CHARACTERS_MAX + 1));
        write(file, text.toString());
        try (RecordedSensor sensor = recorded(file, Replay.at(1, false), heat("T"))) {
            sensor.sample(START);
            Instant later = START.plus(Duration.ofDays(1));
            assertEquals(RecordedSensor.ROWS_PER_SAMPLE_MAX, sensor.sample(later).size());
            assertEquals(4, sensor.sample(later).size());
            SensorFault fault = assertThrows(SensorFault.class, () -> sensor.sample(later));
            assertTrue(
                    String.valueOf(fault.getMessage()).contains("more than 65536 characters"),
                    fault::getMessage);
        }
    }

    @Test
    void replaysTheRecordedFireOfTheDemo() throws SensorFault {
        Path fire = Path.of("recordings/nist-smoke-alarms/SDC02.csv.gz");
        var smoke = new RecordedSensor.Column("SMA_1", SMOKE, unit(SMOKE, "OD/m"));
        try (RecordedSensor sensor = recorded(fire, Replay.at(20, false), heat("TCA_1"), smoke)) {
            List<Reading> readings = new ArrayList<>();
            Instant now = START;
            while (!sensor.isFinished()) {
                readings.addAll(sensor.sample(now));
                now = now.plus(sensor.interval());
            }
            assertEquals(22.2, readings.getFirst().value());
            assertEquals(2 * 101, readings.size());
            assertTrue(readings.stream().allMatch(r -> r.quality() == Quality.GOOD));
        }
    }

    private static RecordedSensor recorded(
            Path path, Replay replay, RecordedSensor.Column... columns) {
        return new RecordedSensor(path, "TIME", List.of(columns), replay);
    }

    private static RecordedSensor.Column heat(String column) {
        return new RecordedSensor.Column(column, HEAT, UnitConversion.own(Quantity.TEMPERATURE));
    }

    private static UnitConversion unit(SensorChannel channel, String symbol) {
        return UnitConversion.to(channel.quantity(), symbol).orElseThrow();
    }

    private static Reading at(double celsius, long millis) {
        return new Reading(HEAT, celsius, Quality.GOOD, START.plusMillis(millis));
    }

    private static void write(Path path, String text) {
        try {
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
