package dev.vigil.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The trial on the guest's board, step by step; a step that goes wrong is a {@link TrialFailure}.
 * Owned by one thread.
 */
final class DeviceTrialRun {
    private static final String HALL = "hall";
    private static final String CALL_POINT = "hall/callpoint";

    /** Alarms of the call point beside those that are timed. */
    private static final int PULLS = 2;

    private static final long BOUNCE_NANOS = 60_000_000;
    private static final int SHORT_PULSES = 5;

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

        first.process().stop();
        new OutputSteps(board).play();

        BoardNode last = board.start(site);
        chipGoesAndComesBack(last);
        new EdgeSteps(board).play(last, edges);
        board.callPoint().pull(true);
        board.sirenBecomes(true, "a last pull");
        last.process().stop();
        board.sirenBecomes(false, "stopped while it sounded: the siren is silent");
        journalTells(edges);
        List<String> alarms = lane(OutputSteps.JOURNAL);
        ask(alarms, "OPENED", "", OutputSteps.ALARMS);
        watchShowsContactsAsTheyClose();
        scanNamesWhatIsThere();
        chipOfAnotherName();
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
        List<String> alarms = lane("journal");
        ask(alarms, "OPENED", "hall-", edges + PULLS);
        ask(alarms, "OPENED", "lab-", 1);
        ask(alarms, "OPENED", "", edges + PULLS + 1);
        for (String fault :
                List.of(
                        "sensor/lab/other:unreadable",
                        "sensor/lab/absent:unreadable",
                        "sensor/duct/either:unreadable",
                        "sensor/bridge/voltage:stuck",
                        "sensor/bridge/acceleration:unreadable",
                        "sensor/store/temperature:reported",
                        "sensor/store/temperature:unreadable",
                        "sensor/gauge/stage:unreadable",
                        "sensor/cabinet/supply:unreadable",
                        "sensor/" + CALL_POINT,
                        "bus/w1")) {
            board.ask(
                    alarms.stream().anyMatch(line -> line.contains("fault/" + fault + '"')),
                    "the journal has no fault/%s: %s".formatted(fault, alarms));
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
    private List<String> lane(String journal) throws IOException {
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(
                List.of(
                        "cat",
                        "--journal",
                        board.place().file(journal).toString(),
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

    /** {@code vigil sensors scan}, by the executable and by a JVM: both ways to the kernel. */
    private void scanNamesWhatIsThere() throws IOException {
        List<List<String>> builds = new ArrayList<>(List.of(NodeProcess.jvmCommand()));
        if (NodeProcess.isExecutable()) {
            builds.add(NodeProcess.nodeCommand());
        }
        for (List<String> build : builds) {
            List<String> command = new ArrayList<>(build);
            command.addAll(List.of("sensors", "scan"));
            Path errors = board.place().file("scan.log");
            Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            for (String expected :
                    List.of(
                            "chip: bme280, i2c: /dev/i2c-0, address: 0x76",
                            "chip: iio, name: vigil_dummy",
                            "# gpio vigil-sim, 8 lines",
                            "callpoint")) {
                board.ask(
                        said.contains(expected),
                        "%s does not find '%s': %s%s"
                                .formatted(command, expected, said, NodeProcess.tail(errors, 20)));
            }
        }
        board.say("sensors scan, on a JVM, too: chips on I2C, IIO devices, GPIO lines by name");
    }

    /** {@code vigil sensors watch}, while no node has the lines. */
    private void watchShowsContactsAsTheyClose() throws IOException {
        for (int tries = 0; tries < SHORT_PULSES; tries++) {
            if (watchShowsContacts()) {
                return;
            }
        }
        throw new TrialFailure(
                "the machine is too slow for a pulse of %d ms".formatted(BOUNCE_NANOS / 1_000_000));
    }

    /**
     * A pulse of the door that is shorter than its debounce is no reading, or what follows would
     * not be the readings asked for. False when the pulse was not short.
     */
    private boolean watchShowsContacts() throws IOException {
        board.callPoint().pull(false);
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(
                List.of(
                        "sensors",
                        "watch",
                        board.place().file(OutputSteps.SITE).toString(),
                        "--readings",
                        Integer.toString(OutputSteps.CONTACTS + 3)));
        Path said = board.place().file("watch.log");
        Process process = new ProcessBuilder(command).redirectError(said.toFile()).start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (int open = 0; open < OutputSteps.CONTACTS; open++) {
                shows(lines, "", "0.00000");
            }
            SimulatedLine door = SimulatedLine.named("door");
            long began = System.nanoTime();
            door.pull(false);
            LockSupport.parkNanos(BOUNCE_NANOS);
            door.pull(true);
            if (System.nanoTime() - began > 2 * BOUNCE_NANOS) {
                return false;
            }
            // So far apart that nothing merges: without a debounce these are three readings.
            LockSupport.parkNanos(BOUNCE_NANOS);
            door.pull(false);
            LockSupport.parkNanos(BOUNCE_NANOS);
            shows(lines, "hall/door", "1.00000");
            door.pull(true);
            shows(lines, "hall/door", "0.00000");
            board.callPoint().pull(true);
            shows(lines, CALL_POINT, "1.00000");
        } finally {
            process.destroyForcibly();
        }
        board.callPoint().pull(false);
        board.say(
                "sensors watch: contacts are shown as they close; 60 ms of a door whose debounce is 200 ms are not");
        return true;
    }

    private void shows(BufferedReader lines, String sensor, String value) throws IOException {
        String line = lines.readLine();
        board.ask(
                line != null && line.contains(sensor) && line.contains(" " + value + " "),
                "not %s of '%s': %s".formatted(value, sensor, line));
    }

    private void chipOfAnotherName() {
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
