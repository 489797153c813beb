package dev.vigil.trials;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is simulated: the machine. Kernel, device nodes and their events are Linux' own. */
class DevicesNativeIT {
    private static final Duration BOUND = Duration.ofMinutes(10);

    @Test
    void theNodeWatchesAndSoundsOnTheLinesOfARealKernel() {
        Workplace place = Workplace.fresh("devices");
        String root = place.root().toString();
        Tool.Ended ended =
                Tool.run(
                        BOUND,
                        "",
                        "",
                        List.of(
                                root + "/device-images/uml/run.sh",
                                "--write",
                                // the trial makes its own folder in there
                                place.root().resolve("node/trials/target/trials").toString(),
                                System.getProperty("java.home") + "/bin/java",
                                "-Dvigil.root=" + root,
                                "-Dvigil.node.command="
                                        + System.getProperty("vigil.node.command", ""),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.vigil.trials.DeviceTrial",
                                "--edges",
                                "20"));
        ended.assertDone(
                List.of(
                        "seven sensors of six buses",
                        "an IIO device that a clock has measure: what its buffer has",
                        "a thermometer whose read never ends: given up, told",
                        "no alarm from any of that",
                        "70 degrees beside the sensors that fail: the siren sounds",
                        "kill -9, as the site declares: siren off, strobe off, relay off, valve on",
                        "the alarm is still latched: siren off, strobe on, relay on, valve on",
                        "stopped in an alarm, the valve stays as it is: siren off",
                        "the chip is back",
                        "20 edges, 0 lost",
                        "the journal has these alarms and no other",
                        "60 ms of a door whose debounce is 200 ms are not",
                        "sensors scan, on a JVM, too",
                        "a chip that isn't there: the node runs, and says so"));
    }
}
