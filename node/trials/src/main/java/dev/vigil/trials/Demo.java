package dev.vigil.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * {@code ./vigil demo [--keep]}: a recorded house fire is detected while the uplink is cut, and
 * every record arrives at Kafka when it is back. Exit code 0 when all was as promised, 1 when not,
 * 2 for a wrong argument.
 */
public final class Demo {
    private static final String USAGE =
            """
            ./vigil demo [--keep]

            Plays a house fire recorded by NIST (test SDC02) to a node, as MQTT messages at 20 times the speed. Kafka is
            taken away before anything has noticed the fire, and brought back after it. Takes about half a minute.

              --keep   leave node and Kafka running afterwards, until Ctrl-C
            """;

    private Demo() {}

    // CHECKSTYLE OFF: a command line prints
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        if (words.contains("--help") || !List.of("--keep").containsAll(words)) {
            System.out.print(USAGE);
            System.exit(words.contains("--help") ? 0 : 2);
        }
        Workplace.keepLibrariesQuiet();
        System.exit(run(words.contains("--keep"), System.out, InstantSource.system()));
    }

    // CHECKSTYLE ON

    private static int run(boolean keep, PrintStream out, InstantSource clock) throws IOException {
        out.println(
                """
                A house fire that the National Institute of Standards and Technology (NIST) set and measured is played to a
                Vigil node. The node judges every reading with two WebAssembly policies, sounds a (simulated) siren by itself
                and keeps every record on its disk until Kafka has it.""");
        out.flush();
        try (Started started = Started.endingWithThisProcess()) {
            DemoRun demo = new DemoRun(Workplace.fresh("demo"), started, out, clock);
            DemoRun.Scene scene = demo.begin();
            DemoRun.Verdict verdict = demo.play(scene);
            verdict.print(out);
            if (keep) {
                out.printf(
                        "%nStill running: the node's page is %s, Kafka is at %s. Ctrl-C ends both.%n",
                        scene.node().pageAddress(), scene.broker().bootstrapServers());
                out.flush();
                awaitCtrlC();
            }
            return verdict.good() ? 0 : 1;
        } catch (TrialFailure e) {
            out.println();
            out.println("The demo could not be played: " + e.getMessage());
            return 1;
        }
    }

    private static void awaitCtrlC() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
