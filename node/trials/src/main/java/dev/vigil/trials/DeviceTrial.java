package dev.vigil.trials;

import java.io.IOException;
import java.util.List;

/**
 * {@code ./vigil devices [--native] [--edges N]}: the node on the devices of a real kernel. Runs
 * inside the guest (device-images/uml). Exit code 0 when all was as promised, 1 when not, 2 for a
 * wrong argument.
 */
public final class DeviceTrial {
    private static final String USAGE =
            """
            ./vigil devices [--native] [--edges N]

            Starts the node (with --native the executable) in a Linux guest whose GPIO lines, I2C chips and IIO device
            are simulated by its kernel. Sensors fail in every way there is, a call point is pulled, the node killed, chips
            taken away; each time it says what the siren's line did. N alarms (100) are timed from the kernel's edge to the
            siren's line.
            """;
    private static final int EDGES = 100;

    private DeviceTrial() {}

    // CHECKSTYLE OFF: a command line prints
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        boolean counted =
                words.size() == 2
                        && words.getFirst().equals("--edges")
                        && words.getLast().matches("[1-9][0-9]{0,5}");
        if (!words.isEmpty() && !counted) {
            System.out.print(USAGE);
            System.exit(words.contains("--help") ? 0 : 2);
        }
        if (!SimulatedLine.boardIsHere()) {
            System.out.println("this runs inside the guest: ./vigil devices");
            System.exit(2);
        }
        int edges = counted ? Integer.parseInt(words.getLast()) : EDGES;
        try (Started started = Started.endingWithThisProcess()) {
            new DeviceTrialRun(Workplace.fresh("devices"), started, System.out).play(edges);
        } catch (TrialFailure e) {
            System.out.println("FAILED: " + e.getMessage());
            System.exit(1);
        }
    }

    // CHECKSTYLE ON
}
