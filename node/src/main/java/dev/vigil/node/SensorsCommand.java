package dev.vigil.node;

import dev.vigil.node.devices.GpioChips;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.site.SensorScan;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.site.SiteConfigReader;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.bus.I2cBus;
import dev.vigil.sensor.bus.linux.LinuxGpioChip;
import dev.vigil.sensor.bus.linux.LinuxGpioListing;
import dev.vigil.sensor.bus.linux.LinuxI2cBus;
import dev.vigil.sensor.bus.linux.Machine;
import dev.vigil.sensor.bus.linux.Sysfs;
import dev.vigil.sensor.plausibility.Finding;
import dev.vigil.sensor.plausibility.Plausibility;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** {@code vigil sensors scan|watch}: what is on the buses, and what it says. Stateless. */
final class SensorsCommand {
    private static final Path DEVICES = Path.of("/dev");
    private static final Duration I2C_TIMEOUT = Duration.ofMillis(100);
    private static final int ARRIVALS_MAX = 1024;
    private static final int RECORDS_MAX = 16_384;

    private SensorsCommand() {}

    static int run(List<String> words, PrintStream out, PrintStream err) {
        if (words.equals(List.of("scan"))) {
            return scan(out, err);
        }
        boolean some = words.size() == 4 && words.get(2).equals("--readings");
        if ((words.size() == 2 || some) && words.getFirst().equals("watch")) {
            long readings = some ? number(words.get(3)) : Long.MAX_VALUE;
            if (readings > 0) {
                return watch(Path.of(words.get(1)), readings, out, err);
            }
        }
        err.println("usage: vigil sensors scan | watch site.yaml [--readings N]");
        return 2;
    }

    private static long number(String word) {
        return word.matches("[0-9]{1,9}") ? Long.parseLong(word) : 0;
    }

    private static int scan(PrintStream out, PrintStream err) {
        SensorScan scan = new SensorScan("scanned");
        try (DirectoryStream<Path> buses = Files.newDirectoryStream(DEVICES, "i2c-[0-9]*")) {
            List<Path> sorted = new ArrayList<>();
            buses.forEach(sorted::add);
            sorted.sort(Path::compareTo);
            for (Path bus : sorted) {
                try (I2cBus open = new LinuxI2cBus(Machine.calls(), bus.toString(), I2C_TIMEOUT)) {
                    scan.i2c(open);
                }
            }
            Sysfs sysfs = new Sysfs(Path.of("/sys"));
            scan.oneWire(sysfs.oneWire());
            scan.kernel("iio", sysfs.iio());
            scan.kernel("hwmon", sysfs.hwmon());
            scan.gpio(LinuxGpioListing.of(Machine.calls()));
        } catch (IOException | BusFault e) {
            err.println("vigil: " + e.getMessage());
            return 1;
        }
        scan.stanza().forEach(out::println);
        return 0;
    }

    /**
     * Reads the site's own sensors and contacts, and prints each reading with the quality it
     * deserves.
     */
    private static int watch(Path file, long most, PrintStream out, PrintStream err) {
        if (!(SiteConfigReader.read(file) instanceof SiteConfigReader.Valid(var site))) {
            err.println("vigil: %s has mistakes: vigil check %s".formatted(file, file));
            return 1;
        }
        SiteConfig.Inputs inputs = site.inputs();
        if (inputs.local().isEmpty() && inputs.contacts().isEmpty()) {
            err.println("vigil: %s has no sensor that the node reads itself".formatted(file));
            return 1;
        }
        Inbox inbox = new Inbox(ARRIVALS_MAX, RECORDS_MAX);
        GpioChips chips = label -> LinuxGpioChip.open(Machine.calls(), label);
        try (LocalInputs _ = new LocalInputs(inputs, chips, inbox, InstantSource.system())) {
            print(site, inbox, most, out);
        }
        return 0;
    }

    private static void print(SiteConfig site, Inbox inbox, long most, PrintStream out) {
        InstantSource clock = InstantSource.system();
        Plausibility plausibility = new Plausibility(site.inputs().bounds());
        List<Arrival> arrivals = new ArrayList<>();
        Instant nextTick = clock.instant();
        for (long printed = 0; printed < most && !Thread.currentThread().isInterrupted(); ) {
            inbox.await(TimeUnit.MILLISECONDS.toNanos(100));
            inbox.drain(arrivals, RECORDS_MAX);
            for (Arrival arrival : arrivals) {
                switch (arrival) {
                    case Arrival.Readings(var readings, _, _) -> {
                        for (Reading reading : plausibility.judge(readings)) {
                            out.println(line(reading));
                            printed++;
                        }
                    }
                    case Arrival.Unreadable(var channels, var why, _) ->
                            plausibility.unreadable(channels, why);
                    case Arrival.Trouble trouble ->
                            out.println(trouble.subject() + ": " + trouble.detail());
                    case Arrival.Quarantined _, Arrival.Operator _, Arrival.OutputTest _ -> {}
                }
            }
            arrivals.clear();
            Instant now = clock.instant();
            if (!now.isBefore(nextTick)) {
                nextTick = now.plusSeconds(1);
                plausibility.tick(now).forEach(finding -> out.println(line(finding)));
            }
        }
    }

    private static String line(Reading reading) {
        return String.format(
                Locale.ROOT,
                "%s  %-32s %14.6g %-5s %s",
                reading.at(),
                reading.channel().id(),
                reading.value(),
                reading.channel().quantity().unit(),
                reading.quality());
    }

    private static String line(Finding finding) {
        return "%-27s  %-32s %s: %s"
                .formatted("", finding.channel().id(), finding.doubt().word(), finding.detail());
    }
}
