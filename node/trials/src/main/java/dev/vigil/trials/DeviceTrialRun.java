package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trial on the guest's board, step by step; a step that goes wrong is a {@link TrialFailure}.
 * Owned by one thread.
 */
final class DeviceTrialRun {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** The guest's kernel merges edges that are closer together than 10 ms (its tick). */
    private static final long APART_NANOS = 25_000_000;

    /** While somebody must not sound the siren, it is looked at for so long. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private static final Pattern INCIDENT = Pattern.compile("\"(hall-[0-9TZ.]+)\"");

    private final Workplace place;
    private final Started started;
    private final PrintStream out;
    private final int pagePort = Workplace.freePorts(1).getFirst();
    private SimulatedLine callPoint = SimulatedLine.named("callpoint");
    private SimulatedLine siren = SimulatedLine.named("siren");

    DeviceTrialRun(Workplace place, Started started, PrintStream out) {
        this.place = place;
        this.started = started;
        this.out = out;
    }

    void play(int edges) throws IOException {
        Path site = site("site.yaml", "vigil-sim", "journal");
        NodeProcess node = start(site);
        stays(false, "the siren is silent while and after the node starts");
        callPoint.pull(true);
        becomes(true, "a pulled call point sounds it");
        waitFor(() -> alarmRecords(node) > 0, "the alarm is not written down");

        node.kill();
        becomes(false, "kill -9: the line is what the board makes of it");
        NodeProcess second = start(site);
        becomes(true, "started again: an alarm nobody has acknowledged sounds on");
        String id = awaitIncident(second);
        long records = alarmRecords(second);
        ask(second.acknowledge(id), "the alarm can't be acknowledged");
        becomes(false, "acknowledged: it is silent");
        waitFor(() -> alarmRecords(second) > records, "the acknowledgement is not written down");

        second.kill();
        NodeProcess third = start(site);
        ask(awaitIncident(third).equals(id), "another incident after the restart");
        stays(false, "killed and started again: the alarm is still latched, and silent");
        callPoint.pull(false);
        reset(third, id);
        say("released and reset: closed");

        chipGoesAndComesBack(third);
        alarms(third, edges);
        third.stop();
        stays(false, "stopped: the siren is silent");
        start(site("wrong-chip.yaml", "no-such-chip", "journal-wrong"), "wrong-chip.log");
        say("a chip that isn't there: the node runs, and says so");
    }

    private void chipGoesAndComesBack(NodeProcess node) {
        SimulatedLine.chipIsThere(false);
        waitFor(
                () -> page(node).contains("sensor/hall/callpoint"),
                "nobody says that the chip is gone");
        say("the chip is pulled out: a fault, no alarm");
        SimulatedLine.chipIsThere(true);
        callPoint = SimulatedLine.named("callpoint");
        siren = SimulatedLine.named("siren");
        callPoint.pull(true);
        becomes(true, "the chip is back: a pulled call point sounds it again");
        clear(node);
    }

    /** Alarms one after the other, each from a silent node with no incident. */
    private void alarms(NodeProcess node, int edges) throws IOException {
        NodeMetrics before = NodeMetrics.of(node);
        long[] seen = new long[edges];
        for (int i = 0; i < edges; i++) {
            LockSupport.parkNanos(APART_NANOS);
            long began = System.nanoTime();
            callPoint.pull(true);
            while (!siren.isHigh()) {
                ask(System.nanoTime() - began < BOUND.toNanos(), "edge %d is lost".formatted(i));
                LockSupport.parkNanos(200_000);
            }
            seen[i] = System.nanoTime() - began;
            clear(node);
        }
        NodeMetrics after = NodeMetrics.of(node);
        Percentiles outside = new Percentiles(seen);
        say(
                "%d edges, 0 lost; the node counts from the kernel's edge to the siren's line: p50 %s, p99 %s, max %s"
                        .formatted(
                                edges,
                                quantile(before, after, 0.5),
                                quantile(before, after, 0.99),
                                quantile(before, after, 1)));
        say(
                "seen from outside, with looking every 0.2 ms: p50 %s, p99 %s, max %s"
                        .formatted(
                                Percentiles.millis(outside.at(0.5)),
                                Percentiles.millis(outside.at(0.99)),
                                Percentiles.millis(outside.at(1))));
    }

    /** Ends an alarm, so that the next one can sound. */
    private void clear(NodeProcess node) {
        String id = awaitIncident(node);
        callPoint.pull(false);
        reset(node, id);
        waitFor(() -> !siren.isHigh() && incident(node) == null, "the siren does not stop");
    }

    /** The bound of the histogram's bucket in which the share of all alarms lies. */
    private static String quantile(NodeMetrics before, NodeMetrics after, double share) {
        String name = "vigil_actuate_latency_seconds";
        double all = after.sum(name + "_count", "") - before.sum(name + "_count", "");
        for (double decade = 1e-5; decade < 100; decade *= 10) {
            for (int step : List.of(1, 2, 5)) {
                String bound = "le=\"" + label(decade * step) + "\"";
                double within =
                        after.sum(name + "_bucket", bound) - before.sum(name + "_bucket", bound);
                if (within >= share * all) {
                    return "<= " + bound(decade * step * 1000) + " ms";
                }
            }
        }
        return "> 10 s";
    }

    /** As the metrics write it: 0.5, and 1.0. */
    private static String label(double seconds) {
        String bound = bound(seconds);
        return bound.contains(".") ? bound : bound + ".0";
    }

    private static String bound(double value) {
        return new java.math.BigDecimal(value)
                .round(new java.math.MathContext(1))
                .stripTrailingZeros()
                .toPlainString();
    }

    private Path site(String name, String chip, String journal) {
        String text =
                """
                node: devices
                page: {host: 127.0.0.1, port: %d}
                journal: {directory: %s}
                sensors:
                  - id: hall/callpoint
                    quantity: contact
                    zone: hall
                    means: call-point
                    from: {gpio: %s, line: callpoint, debounce: 0s}
                  - id: hall/door
                    quantity: contact
                    zone: hall
                    from: {gpio: %s, line: door, active: low, pull: up}
                outputs:
                  - {id: siren, kind: gpio, gpio: %s, line: siren, when-released: off, minimum-on: 0s}
                """
                        .formatted(pagePort, journal, chip, chip, chip);
        try {
            return Files.writeString(place.file(name), text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + name, e);
        }
    }

    private NodeProcess start(Path site) {
        return start(site, "node.log");
    }

    private NodeProcess start(Path site, String log) {
        return started.node(() -> NodeProcess.start(site, pagePort, place.file(log)))
                .awaitReady(Duration.ofMinutes(2));
    }

    private String awaitIncident(NodeProcess node) {
        waitFor(() -> incident(node) != null, "the page has no incident");
        String id = incident(node);
        if (id == null) {
            throw new TrialFailure("the incident is gone");
        }
        return id;
    }

    private static @org.jspecify.annotations.Nullable String incident(NodeProcess node) {
        Matcher matcher = INCIDENT.matcher(page(node));
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String page(NodeProcess node) {
        try {
            return node.page("/api/status");
        } catch (IOException e) {
            return "";
        }
    }

    /** Records of alarms on the disk; none of them is ever delivered here. */
    private static long alarmRecords(NodeProcess node) {
        try {
            return (long) NodeMetrics.of(node).sum("vigil_buffer_records", "alarm");
        } catch (IOException e) {
            return 0;
        }
    }

    /** Orders it until it is done: an answer may be late. */
    private void reset(NodeProcess node, String id) {
        waitFor(
                () -> {
                    try {
                        return node.reset(id) || !id.equals(incident(node));
                    } catch (IOException e) {
                        return false;
                    }
                },
                "the incident can't be reset");
    }

    private void becomes(boolean high, String what) {
        long began = System.nanoTime();
        waitFor(() -> siren.isHigh() == high, what + ": it did not");
        say("%s (%s)".formatted(what, Percentiles.millis(System.nanoTime() - began)));
    }

    private void stays(boolean high, String what) {
        boolean changed = Waiting.until(QUIET, () -> siren.isHigh() != high);
        ask(!changed, what + ": it was not");
        say(what);
    }

    private void waitFor(java.util.function.BooleanSupplier condition, String otherwise) {
        Waiting.require(BOUND, condition, () -> otherwise + "; " + logTails());
    }

    private void ask(boolean good, String otherwise) {
        if (!good) {
            throw new TrialFailure(otherwise + "; " + logTails());
        }
    }

    private String logTails() {
        try {
            return Files.readString(place.file("node.log"));
        } catch (IOException e) {
            return "no log";
        }
    }

    private void say(String what) {
        out.printf(Locale.ROOT, "ok   %s%n", what);
        out.flush();
    }
}
