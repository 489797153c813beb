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
        reads(node, "duct/supply-air", 25.5, 0);
        board.say("seven sensors of six buses read as their data sheets say");
        reads(node, "bridge/sway", 344, 0);
        reads(node, "bridge/vibration", 0, 0);
        told(node, "pier/sway", "has no trigger, so nothing makes it measure; there are: clock");
        board.say(
                "an IIO device that a clock has measure: what its buffer has; without one a fault");
        SimulatedLine.named("flood").pulse(5);
        reads(node, "roof/rain-1h", "UNCERTAIN", 0.001, 1e-9);
        board.say("five tips of a rain gauge are a millimetre, UNCERTAIN before a whole hour");
        told(node, "lab/other", "its id is 0x58, expected 0x60");
        told(node, "lab/absent", "chip 0x45");
        told(node, "duct/either", "there are 2 of hwmon chip 'lm75', say with 'at' which");
        neverRead(node, "lab/other");
        neverRead(node, "lab/absent");
        neverRead(node, "duct/either");
        board.say(
                "another chip than the site says, one that isn't there, one of two of a name: faults, no readings");
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
        sensors.thermometerHangs();
        board.say("85 degrees at power-on, then no thermometer: BAD, then silent, each a fault");

        sensors.iioIsThere(false);
        told(node, "bridge/acceleration", "no IIO device 'vigil_dummy'");
        told(node, "bridge/sway", "IIO device 'moving_dummy'");
        String single = readAt(node, "bridge/acceleration");
        String buffered = readAt(node, "bridge/sway");
        sensors.iioIsThere(true);
        readAfter(node, "bridge/acceleration", single);
        readAfter(node, "bridge/sway", buffered);
        sensors.loop(0);
        told(node, "gauge/stage", "broken wire");
        sensors.loop(20);
        reads(node, "gauge/stage", 10, 0.01);
        sensors.brownOut();
        told(node, "cabinet/supply", "it was reset");
        reads(node, "cabinet/supply", 12, 0.001);
        board.say(
                "an IIO device that disappears, a wire that breaks, a chip that was reset: faults; read again afterwards");
        told(node, "store/temperature", "has not answered for more than 10 s; given up");
        sensors.loop(12);
        reads(node, "gauge/stage", 5, 0.01);
        board.say("a thermometer whose read never ends: given up, told, the other buses go on");
        board.ask(
                node.status().contains("\"alarms\":[]"),
                "a sensor's fault became an alarm: " + node.status());
        board.neverSounded(node, "no alarm from any of that");
    }

    /** Beside a chip that is another one, one that isn't there and a bus that hangs. */
    void fire(BoardNode node) {
        sensors.bme280(SimulatedSensors.FIRE);
        board.sirenBecomes(true, "70 degrees beside the sensors that fail: the siren sounds");
        board.acknowledge(node, board.awaitIncident(node, "lab"));
        board.sirenBecomes(false, "acknowledged: it is silent");
        sensors.bme280(SimulatedSensors.ROOM);
        reads(node, "lab/temperature", 25.08, 0.005);
        String before = readAt(node, "store/temperature");
        sensors.thermometer(SimulatedSensors.COOL);
        readAfter(node, "store/temperature", before);
        sensors.hungReadsEnd();
        board.say("the thermometer that hung is tried again, and read");
    }

    private void reads(BoardNode node, String sensor, double value, double within) {
        reads(node, sensor, "GOOD", value, within);
    }

    private void reads(BoardNode node, String sensor, String quality, double value, double within) {
        board.waitFor(
                node.reads(sensor, quality, value, within),
                () -> "%s does not read %s: %s".formatted(sensor, value, node.said(sensor)));
    }

    private static String readAt(BoardNode node, String sensor) {
        return node.shown(sensor).map(shown -> shown.text("at")).orElse("");
    }

    private void readAfter(BoardNode node, String sensor, String before) {
        board.waitFor(
                () -> !readAt(node, sensor).equals(before),
                () -> "%s is not read again: %s".formatted(sensor, node.shown(sensor)));
    }

    private void neverRead(BoardNode node, String sensor) {
        board.ask(
                node.hasNoReading(sensor).getAsBoolean(),
                "%s has a reading: %s".formatted(sensor, node.said(sensor)));
    }

    private void told(BoardNode node, String sensor, String words) {
        board.waitFor(
                node.saysOf(sensor, words),
                () -> "'%s' is not told of %s: %s".formatted(words, sensor, node.said(sensor)));
    }
}
