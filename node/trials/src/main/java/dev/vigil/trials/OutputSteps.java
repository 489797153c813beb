package dev.vigil.trials;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a siren, a strobe, a relay and a valve are, seen from the hardware's side, while their node
 * is started, killed, started again and stopped. Owned by the trial's thread.
 */
final class OutputSteps {
    static final String SITE = "outputs.yaml";

    /** Sensors of that site that the node reads itself. */
    static final int CONTACTS = 3;

    /** The folder of these nodes' journal, which is of no other's. */
    static final String JOURNAL = "journal-outputs";

    /** Alarms in that journal. */
    static final int ALARMS = 2;

    private static final String HALL = "hall";
    private static final String ALL_OFF = "siren off, strobe off, relay off, valve off";
    private static final String ALL_ON = "siren on, strobe on, relay on, valve on";
    private static final String SILENCED = "siren off, strobe on, relay on, valve on";

    /** What outputs.yaml declares with {@code pull} and {@code when-released}. */
    private static final String RELEASED = "siren off, strobe off, relay off, valve on";

    private static final String NOT_FOLLOWED =
            "output relay was switched on, but its feedback hall/relay-on did not close";

    /** An output and its line on the board. */
    private enum Wired {
        SIREN("siren", false),
        STROBE("strobe", true),
        RELAY("relay", false),
        VALVE("spare", false);

        private final String line;
        private final boolean activeLow;

        Wired(String line, boolean activeLow) {
            this.line = line;
            this.activeLow = activeLow;
        }

        String state() {
            boolean on = SimulatedLine.named(line).isHigh() != activeLow;
            return "%s %s".formatted(name().toLowerCase(Locale.ROOT), on ? "on" : "off");
        }
    }

    private final TrialBoard board;

    OutputSteps(TrialBoard board) {
        this.board = board;
    }

    void play() {
        Path site = BoardSite.ofFourOutputs(board, SITE, JOURNAL).file();
        BoardNode first = start(site);
        board.neverSounded(first, "started: nothing is on");
        are(ALL_OFF, "started");
        board.callPoint().pull(true);
        become(ALL_ON, "a pulled call point");
        follows(first);
        String id = board.awaitIncident(first, HALL);
        board.isWritten();
        killed(first);
        openWhatClosed();

        BoardNode second = start(site);
        become(ALL_ON, "started again, an alarm nobody has acknowledged");
        is(second, id);
        board.acknowledge(second, id);
        become(SILENCED, "acknowledged");
        board.isWritten();
        killed(second);

        BoardNode third = start(site);
        is(third, id);
        become(SILENCED, "started again, the alarm is still latched");
        board.neverSounded(third, "no extra siren");
        board.callPoint().pull(false);
        board.reset(third, HALL, id);
        become(ALL_OFF, "released and reset");

        board.callPoint().pull(true);
        become(ALL_ON, "pulled once more");
        third.process().stop();
        become(RELEASED, "stopped in an alarm, the valve stays as it is");
        board.callPoint().pull(false);
    }

    private BoardNode start(Path site) {
        return board.start(site, "outputs.log");
    }

    private void killed(BoardNode node) {
        node.process().kill();
        become(RELEASED, "kill -9, as the site declares");
    }

    /** The contact that the relay closes: not at first, which is a fault. */
    private void follows(BoardNode node) {
        board.waitFor(
                () -> relayFault(node).startsWith(NOT_FOLLOWED),
                "nobody misses the relay's feedback");
        SimulatedLine.named("feedback").pull(true);
        board.waitFor(() -> relayFault(node).isEmpty(), "the relay's feedback is not seen");
        board.say("a relay whose feedback stays open is a fault, until it closes");
    }

    private static String relayFault(BoardNode node) {
        return node.shown("relay").map(shown -> shown.text("fault")).orElse("not shown");
    }

    private void openWhatClosed() {
        SimulatedLine.named("feedback").pull(false);
        if (!NodeProcess.isExecutable()) {
            // A contact that is closed at the start waits ten seconds for the journal (decision
            // 0123), which a JVM on a busy machine may need to open it.
            board.callPoint().pull(false);
        }
    }

    private void is(BoardNode node, String incident) {
        board.ask(
                board.awaitIncident(node, HALL).equals(incident),
                "another incident after the restart");
    }

    private void become(String states, String what) {
        board.waitFor(
                () -> states().equals(states),
                () -> "%s: not %s but %s".formatted(what, states, states()));
        board.say("%s: %s".formatted(what, states));
    }

    private void are(String states, String what) {
        board.ask(states().equals(states), "%s: not %s but %s".formatted(what, states, states()));
    }

    private static String states() {
        return Arrays.stream(Wired.values()).map(Wired::state).collect(Collectors.joining(", "));
    }
}
