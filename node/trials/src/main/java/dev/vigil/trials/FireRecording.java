package dev.vigil.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded fire of NIST's Home Smoke Alarm tests (NIST TN 1455) as the messages of imagined
 * detectors: at each measuring position one multi-sensor head at the ceiling, that sends
 * temperature, obscuration and, where gas was sampled, carbon monoxide. Immutable.
 *
 * <p>Columns: {@code TCx_1} degC (the thermocouple nearest the ceiling), {@code SMx_n} optical
 * density in 1/m (the lowest n present, nearest the ceiling), {@code GASx_1} CO in percent by
 * volume. Values are converted to SenML units, nothing is smoothed, filled in or left out.
 */
public final class FireRecording {
    /** The mean response of the alarms in NIST TN 1455, 5.1 %/m, as optical density in 1/m. */
    public static final double ALARM_OPTICAL_DENSITY = 0.0227;

    static final List<String> POSITIONS = List.of("A", "B", "C", "D", "E");

    /**
     * What one detector head measured at one moment.
     *
     * @param position {@code A} to {@code E}
     * @param temperature degC
     * @param obscuration share of light lost over one metre, 0..1
     * @param carbonMonoxide mole fraction, null where no gas was sampled
     */
    public record Sample(
            String position,
            double temperature,
            double obscuration,
            @Nullable Double carbonMonoxide) {
        /** How many readings its message holds. */
        public int readings() {
            return carbonMonoxide == null ? 2 : 3;
        }

        public String topic() {
            return "site/house/" + position;
        }

        /** Name of a channel of this position: {@code position-E/temperature}. */
        public String channel(String quantity) {
            return "position-" + position + "/" + quantity;
        }

        /** A SenML pack (RFC 8428) with base name and base time. */
        public String senml(Instant at) {
            StringBuilder pack = new StringBuilder(160);
            pack.append("[{\"bn\":\"position-").append(position).append("/\",\"bt\":");
            pack.append(
                    String.format(
                            Locale.ROOT, "%d.%03d", at.getEpochSecond(), at.getNano() / 1_000_000));
            pack.append(",\"n\":\"temperature\",\"u\":\"Cel\",\"v\":").append(temperature);
            pack.append("},{\"n\":\"obsc_per_m\",\"u\":\"/\",\"v\":").append(obscuration);
            if (carbonMonoxide != null) {
                pack.append("},{\"n\":\"co\",\"u\":\"/\",\"v\":").append(carbonMonoxide);
            }
            return pack.append("}]").toString();
        }
    }

    /** All samples of one moment, {@code sinceStart} of the recording. */
    public record Moment(Duration sinceStart, List<Sample> samples) {}

    private final List<Moment> moments;

    private FireRecording(List<Moment> moments) {
        this.moments = List.copyOf(moments);
    }

    /** Reads a gzipped CSV of nist-smoke-alarms/. */
    public static FireRecording read(Path gzippedCsv) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(gzippedCsv)),
                                StandardCharsets.US_ASCII))) {
            return parse(lines.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the recording " + gzippedCsv, e);
        }
    }

    static FireRecording parse(List<String> lines) {
        List<String> header = Arrays.asList(lines.getFirst().split(",", -1));
        int time = column(header, "TIME");
        List<Head> heads = POSITIONS.stream().map(position -> Head.of(position, header)).toList();
        List<Moment> moments = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            long millis = Math.round(Double.parseDouble(cells[time]) * 1000);
            moments.add(
                    new Moment(
                            Duration.ofMillis(millis),
                            heads.stream().map(head -> head.sample(cells)).toList()));
        }
        return new FireRecording(moments);
    }

    public List<Moment> moments() {
        return moments;
    }

    public Duration length() {
        return moments.getLast().sinceStart();
    }

    public int readings() {
        return moments.stream().flatMap(m -> m.samples().stream()).mapToInt(Sample::readings).sum();
    }

    /** The first sample whose obscuration is that of {@link #ALARM_OPTICAL_DENSITY} or more. */
    public Moment firstSmoke() {
        double threshold = obscuration(ALARM_OPTICAL_DENSITY);
        return moments.stream()
                .filter(m -> m.samples().stream().anyMatch(s -> s.obscuration() >= threshold))
                .findFirst()
                .orElseThrow();
    }

    /** Share of light lost over one metre at an optical density in 1/m. */
    static double obscuration(double opticalDensity) {
        return Math.clamp(1 - Math.pow(10, -opticalDensity), 0, 1);
    }

    private static int column(List<String> header, String name) {
        int index = header.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "the recording has no column %s; it has %s".formatted(name, header));
        }
        return index;
    }

    /** Where a position's values stand; {@code gas} is -1 where none was sampled. */
    private record Head(String position, int temperature, int smoke, int gas) {
        static Head of(String position, List<String> header) {
            String smoke =
                    header.stream()
                            .filter(name -> name.startsWith("SM" + position + "_"))
                            .min(String::compareTo)
                            .orElse("SM" + position + "_1");
            return new Head(
                    position,
                    column(header, "TC" + position + "_1"),
                    column(header, smoke),
                    header.indexOf("GAS" + position + "_1"));
        }

        Sample sample(String[] cells) {
            double density = Double.parseDouble(cells[smoke]);
            Double monoxide = gas < 0 ? null : Double.parseDouble(cells[gas]) / 100;
            return new Sample(
                    position,
                    Double.parseDouble(cells[temperature]),
                    obscuration(density),
                    monoxide);
        }
    }
}
