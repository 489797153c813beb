package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The trial on the guest's board, step by step; a step that goes wrong is a {@link TrialFailure}.
 * Owned by one thread.
 */
final class DeviceTrialRun {
    private static final String HALL = "hall";
    private static final String CALL_POINT = "hall/callpoint";

    /** Alarms of the call point beside those that are timed. */
    private static final int PULLS = 3;

    private final TrialBoard board;

    DeviceTrialRun(Workplace place, Started started, PrintStream out) {
        this.board = new TrialBoard(place, started, out);
    }

    void play(int edges) throws IOException {
        SimulatedSensors sensors = new SimulatedSensors(board.place().root());
        sensors.plugIn();
        Path site = BoardSite.whole(board, "site.yaml", "journal").file();
        BoardNode first = board.start(site);
        board.neverSounded(first, "started: the siren is silent");
        SensorSteps steps = new SensorSteps(board, sensors);
        steps.atTheStart(first);
        steps.whileItWatches(first);
        steps.fire(first);

        BoardNode last = killedWhileItSounds(first, site);
        chipGoesAndComesBack(last);
        new EdgeSteps(board).play(last, edges);
        board.callPoint().pull(true);
        board.sirenBecomes(true, "a last pull");
        last.process().stop();
        board.sirenBecomes(false, "stopped while it sounded: the siren is silent");
        journalTells(edges);
        chipOfAnotherName();
    }

    private BoardNode killedWhileItSounds(BoardNode first, Path site) {
        board.callPoint().pull(true);
        board.sirenBecomes(true, "a pulled call point sounds it");
        String id = board.awaitIncident(first, HALL);
        board.isWritten();
        first.process().kill();
        board.sirenBecomes(false, "kill -9: the line is what the board makes of it");
        if (!NodeProcess.isExecutable()) {
            // A contact that is closed at the start waits ten seconds for the journal (decision
            // 0123), which a JVM on a busy machine may need to open it.
            board.callPoint().pull(false);
        }

        BoardNode second = board.start(site);
        board.sirenBecomes(true, "started again: an alarm nobody has acknowledged sounds on");
        board.ask(
                board.awaitIncident(second, HALL).equals(id), "another incident after the restart");
        board.acknowledge(second, id);
        board.sirenBecomes(false, "acknowledged: it is silent");
        board.isWritten();
        second.process().kill();

        BoardNode third = board.start(site);
        board.ask(
                board.awaitIncident(third, HALL).equals(id), "another incident after the restart");
        board.neverSounded(
                third, "killed and started again: the alarm is still latched, and silent");
        board.callPoint().pull(false);
        board.reset(third, HALL, id);
        board.say("released and reset: closed");
        return third;
    }

    private void chipGoesAndComesBack(BoardNode node) {
        board.chipIsThere(false);
        board.waitFor(node.saysOf(CALL_POINT, "vigil-sim"), "nobody says that the chip is gone");
        board.ask(node.incident(HALL).isEmpty(), "a chip that is gone became an alarm");
        board.chipIsThere(true);
        board.say("the GPIO chip is pulled out: a fault, no alarm");
        board.callPoint().pull(true);
        board.sirenBecomes(true, "the chip is back: a pulled call point sounds it again");
        board.clear(node);
    }

    /** Exactly the alarms there were: none lost, none twice, none of a sensor's fault. */
    private void journalTells(int edges) throws IOException {
        List<String> alarms = lane();
        ask(alarms, "OPENED", "hall-", edges + PULLS);
        ask(alarms, "OPENED", "lab-", 1);
        ask(alarms, "OPENED", "", edges + PULLS + 1);
        for (String fault :
                List.of(
                        "lab/other:unreadable",
                        "lab/absent:unreadable",
                        "bridge/voltage:stuck",
                        "bridge/acceleration:unreadable",
                        "store/temperature:reported",
                        "store/temperature:unreadable",
                        "gauge/stage:unreadable",
                        "cabinet/supply:unreadable",
                        CALL_POINT)) {
            board.ask(
                    alarms.stream().anyMatch(line -> line.contains("fault/sensor/" + fault + '"')),
                    "the journal has no fault/sensor/%s: %s".formatted(fault, alarms));
        }
        board.say(
                "the journal has these alarms and no other, and each of the faults (%d records)"
                        .formatted(alarms.size()));
    }

    private void ask(List<String> alarms, String change, String zone, long expected) {
        String word = "\\\"change\\\":\\\"%s\\\"".formatted(change);
        long found =
                alarms.stream()
                        .filter(line -> line.contains(word) && line.contains("alarm/" + zone))
                        .count();
        board.ask(
                found == expected,
                "the journal has %d times %s of %s, expected %d"
                        .formatted(found, change, zone.isEmpty() ? "all zones" : zone, expected));
    }

    /** The alarm lane, as the node's own command prints it. */
    private List<String> lane() throws IOException {
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(
                List.of(
                        "cat",
                        "--journal",
                        board.place().file("journal").toString(),
                        "--lane",
                        "alarm"));
        Path said = board.place().file("cat.log");
        Process process = new ProcessBuilder(command).redirectError(said.toFile()).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.onExit().join().exitValue();
        board.ask(
                code == 0,
                "%s ended with %d: %s".formatted(command, code, NodeProcess.tail(said, 20)));
        return printed.lines().toList();
    }

    private void chipOfAnotherName() {
        board.callPoint().pull(false);
        Path site = BoardSite.ofAnotherChip(board, "wrong-chip.yaml", "journal-wrong").file();
        BoardNode node = board.start(site, "wrong-chip.log");
        String words = "no gpio chip has the label 'no-such-chip'";
        board.waitFor(node.saysOf(CALL_POINT, words), "nobody says it of the call point");
        board.waitFor(
                () -> node.status().contains("output siren can't be readied: " + words),
                "nobody says it of the siren");
        board.neverSounded(node, "a chip that isn't there: the node runs, and says so");
        node.process().stop();
    }
}
