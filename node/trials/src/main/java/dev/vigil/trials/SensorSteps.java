package dev.vigil.trials;

/**
 * What a node makes of sensors that are well, of sensors that are not, and of a fire among them.
 * Owned by the trial's thread.
 */
final class SensorSteps {
    private static final String STEADY = "bridge/voltage";
    private final TrialBoard board;
    private final SimulatedSensors sensors;

    SensorSteps(TrialBoard board, SimulatedSensors sensors) {
        this.board = board;
        this.sensors = sensors;
    }

    /** As the node found them when it was started. */
    void atTheStart(BoardNode node) {
        reads(node, "lab/temperature", 25.08, 0.005);
        reads(node, "lab/pressure", 100_653.27, 0.5);
        reads(node, "gauge/stage", 5, 0.01);
        reads(node, "cabinet/supply", 12, 0.001);
        reads(node, "store/temperature", 23.125, 0);
        reads(node, "bridge/acceleration", 34, 0);
        board.say("six sensors of five buses read as their data sheets say");
        SimulatedLine.named("flood").pulse(5);
        reads(node, "roof/rain-1h", "UNCERTAIN", 0.001, 1e-9);
        board.say("five tips of a rain gauge are a millimetre, UNCERTAIN before a whole hour");
        told(node, "lab/other", "its id is 0x58, expected 0x60");
        told(node, "lab/absent", "chip 0x45");
        board.say("another chip than the site says, and one that isn't there: faults, no readings");
        board.waitFor(node.qualityIs(STEADY, "UNCERTAIN"), "a stuck value is believed");
        told(node, STEADY, "stuck");
        board.say("a value that stays: UNCERTAIN, and a fault");
    }

    /** One after the other becomes unbelievable or silent, and is well again. */
    void whileItWatches(BoardNode node) {
        sensors.thermometer(SimulatedSensors.POWER_ON);
        board.waitFor(node.qualityIs("store/temperature", "BAD"), "85 degrees are believed");
        told(node, "store/temperature", "85");
        sensors.thermometerIsGone();
        told(node, "store/temperature", "isn't there");
        sensors.thermometer(SimulatedSensors.COOL);
        reads(node, "store/temperature", 23.125, 0);
        board.say("85 degrees at power-on, then no thermometer: BAD, then silent, each a fault");

        sensors.iioIsThere(false);
        told(node, "bridge/acceleration", "no IIO device 'vigil_dummy'");
        sensors.iioIsThere(true);
        reads(node, "bridge/acceleration", 34, 0);
        sensors.loop(0);
        told(node, "gauge/stage", "broken wire");
        sensors.loop(20);
        reads(node, "gauge/stage", 10, 0.01);
        sensors.brownOut();
        told(node, "cabinet/supply", "it was reset");
        reads(node, "cabinet/supply", 12, 0.001);
        board.say(
                "an IIO device that disappears, a wire that breaks, a chip that was reset: faults; read again afterwards");
        board.ask(
                node.status().contains("\"alarms\":[]"),
                "a sensor's fault became an alarm: " + node.status());
        board.neverSounded(node, "no alarm from any of that");
    }

    /** Beside a chip that is another one and one that isn't there. */
    void fire(BoardNode node) {
        sensors.bme280(SimulatedSensors.FIRE);
        board.sirenBecomes(true, "70 degrees beside the sensors that fail: the siren sounds");
        board.acknowledge(node, board.awaitIncident(node, "lab"));
        board.sirenBecomes(false, "acknowledged: it is silent");
        sensors.bme280(SimulatedSensors.ROOM);
        reads(node, "lab/temperature", 25.08, 0.005);
    }

    private void reads(BoardNode node, String sensor, double value, double within) {
        reads(node, sensor, "GOOD", value, within);
    }

    private void reads(BoardNode node, String sensor, String quality, double value, double within) {
        board.waitFor(
                node.reads(sensor, quality, value, within),
                () -> "%s does not read %s: %s".formatted(sensor, value, node.said(sensor)));
    }

    private void told(BoardNode node, String sensor, String words) {
        board.waitFor(
                node.saysOf(sensor, words),
                () -> "'%s' is not told of %s: %s".formatted(words, sensor, node.said(sensor)));
    }
}
