package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the steps of the trial in the guest share: the board's lines from the hardware's side, how a
 * node is started there, how a step is told and how it fails. Owned by the trial's thread.
 */
final class TrialBoard {
    static final String SIREN = "siren";
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** While nobody may sound the siren, it is looked at for so long. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Workplace place;
    private final Started started;
    private final PrintStream out;
    private final List<Integer> ports = Workplace.freePorts(2);
    private SimulatedLine callPoint = SimulatedLine.named("callpoint");
    private SimulatedLine siren = SimulatedLine.named(SIREN);
    private Path log;

    TrialBoard(Workplace place, Started started, PrintStream out) {
        this.place = place;
        this.started = started;
        this.out = out;
        this.log = place.file("node.log");
    }

    Workplace place() {
        return place;
    }

    int pagePort() {
        return ports.getFirst();
    }

    int mqttPort() {
        return ports.getLast();
    }

    SimulatedLine callPoint() {
        return callPoint;
    }

    SimulatedLine siren() {
        return siren;
    }

    /** Pulls the GPIO chip out, or plugs it in again: its lines are other ones then. */
    void chipIsThere(boolean there) {
        SimulatedLine.chipIsThere(there);
        if (there) {
            callPoint = SimulatedLine.named("callpoint");
            siren = SimulatedLine.named(SIREN);
        }
    }

    BoardNode start(Path site) {
        return start(site, "node.log");
    }

    BoardNode start(Path site, String logName) {
        log = place.file(logName);
        return new BoardNode(
                started.node(() -> NodeProcess.start(site, pagePort(), log))
                        .awaitReady(Duration.ofMinutes(4)));
    }

    void sirenBecomes(boolean high, String what) {
        long began = System.nanoTime();
        waitFor(() -> siren.isHigh() == high, what + ": it did not");
        say("%s (%s)".formatted(what, Percentiles.millis(System.nanoTime() - began)));
    }

    /** It is silent, and was all the time since this node was started. */
    void neverSounded(BoardNode node, String what) {
        boolean sounds = Waiting.until(QUIET, siren::isHigh);
        ask(!sounds, what + ": it sounds");
        String state =
                node.shown(SIREN)
                        .map(BoardNode.Shown::json)
                        .orElseThrow(() -> new TrialFailure("the page shows no siren"));
        ask(state.contains("\"lastOnAt\":null"), what + ": it sounded, " + state);
        say(what);
    }

    String awaitIncident(BoardNode node, String zone) {
        waitFor(() -> node.incident(zone).isPresent(), "no incident in " + zone);
        return node.incident(zone)
                .orElseThrow(() -> new TrialFailure("the incident in %s is gone".formatted(zone)));
    }

    void acknowledge(BoardNode node, String incident) {
        waitFor(() -> node.acknowledge(incident), incident + " can't be acknowledged");
    }

    /** Orders it until it is done: an answer may be late. */
    void reset(BoardNode node, String zone, String incident) {
        waitFor(
                () ->
                        node.reset(incident)
                                || node.incident(zone).filter(incident::equals).isEmpty(),
                incident + " can't be reset");
        waitFor(() -> node.incident(zone).isEmpty(), incident + " stays open");
    }

    /** Ends an alarm of the call point, so that the next one can sound. */
    void clear(BoardNode node) {
        callPoint.pull(false);
        reset(node, "hall", awaitIncident(node, "hall"));
        waitFor(() -> !siren.isHigh(), "the siren does not stop");
    }

    /**
     * Waits until all that has happened so far is on the disk: a message that comes now is
     * acknowledged after it.
     */
    void isWritten() {
        try (SenderClient sender = new SenderClient("trial", 1, new Probe(), (_, _) -> {})) {
            sender.connect(mqttPort(), BOUND);
            sender.send(0);
            sender.flush();
            ask(sender.awaitAcknowledgements(BOUND), "a message is not acknowledged");
        } catch (IOException e) {
            throw new TrialFailure("a message is not taken: %s%s".formatted(e, logged()));
        }
    }

    private record Probe() implements SenderClient.Source {
        @Override
        public byte[] topic(long ticket) {
            return "probe".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public int payload(long ticket, byte[] into) {
            into[0] = '1';
            return 1;
        }
    }

    void waitFor(BooleanSupplier condition, String otherwise) {
        waitFor(condition, () -> otherwise);
    }

    void waitFor(BooleanSupplier condition, Supplier<String> otherwise) {
        Waiting.require(BOUND, condition, () -> otherwise.get() + logged());
    }

    void ask(boolean good, String otherwise) {
        if (!good) {
            throw new TrialFailure(otherwise + logged());
        }
    }

    private String logged() {
        return "%n%s".formatted(NodeProcess.tail(log, 40));
    }

    void say(String what) {
        out.printf(Locale.ROOT, "ok   %s%n", what);
        out.flush();
    }
}
