package dev.vigil.trials;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What runs in a guest whose power is going to be cut: a node, a sensor that says what was
 * acknowledged, and somebody who installs policies. What it prints is what the outside world has
 * seen, so it may be late but never early:
 *
 * <pre>
 *   ready 853          the node is ready; it was armed so many ms after its start
 *   version 3          of the policy that is armed, -1 for none; older than expected only after half a minute
 *   acked 4711         the tickets below that one are acknowledged
 *   alarmed 12         the hot room's alarms below that one are acknowledged
 *   offer 4            version 4 is going to be installed and armed
 *   armed 4            the node has answered that version 4 is armed
 *   sight thinning     something was seen on the disk
 * </pre>
 */
final class GuestLoad {
    static final String CLIENT = "tank";
    static final int WINDOW = 512;

    private static final Duration READY_BOUND = Duration.ofMinutes(2);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(30);
    private static final Pattern ARMED = Pattern.compile("^(\\S+Z) INFO .* armed node=");
    private static final Pattern VERSION = Pattern.compile("guard: armed, guard (\\d+) ");

    /** So often it is told what is acknowledged. */
    private static final long TELL_NANOS = 2_000_000;

    /**
     * Something seen in a folder of the journal.
     *
     * @param kind ENTRY_CREATE or ENTRY_DELETE
     */
    record Sight(String name, String folder, WatchEvent.Kind<Path> kind, String file) {}

    static final List<Sight> SIGHTS =
            List.of(
                    new Sight(
                            "a volume begins",
                            "history",
                            StandardWatchEventKinds.ENTRY_CREATE,
                            "\\d{19}\\.mv\\.db"),
                    new Sight(
                            "a volume is thinned",
                            "history",
                            StandardWatchEventKinds.ENTRY_CREATE,
                            "thinning\\.mv\\.db"),
                    new Sight(
                            "a thinned volume takes its place",
                            "history",
                            StandardWatchEventKinds.ENTRY_CREATE,
                            "\\d{19}\\.thinned\\.mv\\.db"),
                    new Sight(
                            "a volume is deleted",
                            "history",
                            StandardWatchEventKinds.ENTRY_DELETE,
                            "\\d{19}(\\.[a-z]+)?\\.mv\\.db"),
                    new Sight(
                            "a policy is installed",
                            "policies",
                            StandardWatchEventKinds.ENTRY_CREATE,
                            "version\\.new|.*\\.wasm|.*\\.sig\\.json"),
                    new Sight(
                            "a policy is armed",
                            "policies",
                            StandardWatchEventKinds.ENTRY_CREATE,
                            "ledger\\.new"));

    private GuestLoad() {}

    /**
     * Arguments: site.yaml, its two ports, the journal, when the first ticket was measured, the
     * first ticket to send, the first alarm, the policy version that is armed and the first one to
     * install, the name of the sight to look for or "none", and what the node is started through,
     * if anything.
     */
    // CHECKSTYLE OFF: a command line prints, and ends with the power
    public static void main(String[] arguments) throws Exception {
        Path site = Path.of(arguments[0]);
        int pagePort = Integer.parseInt(arguments[1]);
        int mqttPort = Integer.parseInt(arguments[2]);
        Path journal = Path.of(arguments[3]);
        LevelMessages messages = new LevelMessages(Instant.parse(arguments[4]));
        long ticket = Long.parseLong(arguments[5]);
        long alarm = Long.parseLong(arguments[6]);
        int armed = Integer.parseInt(arguments[7]);
        int version = Integer.parseInt(arguments[8]);
        String sought = arguments[9];
        List<String> wrapper = List.of(arguments).subList(10, arguments.length);

        Instant began = InstantSource.system().instant();
        NodeProcess node =
                NodeProcess.start(wrapper, site, pagePort, site.resolveSibling("node.log"));
        node.awaitReady(READY_BOUND);
        say("ready " + armedAfter(began, node));
        say("version " + version(node, armed));
        Thread.ofPlatform().daemon().start(() -> install(node, site, version));
        Thread.ofPlatform().daemon().start(() -> alarm(node, mqttPort, alarm));
        send(mqttPort, messages, ticket, () -> look(journal, sought));
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    // CHECKSTYLE ON

    /** For ever: the power ends it. */
    private static void send(int port, LevelMessages messages, long first, Runnable look)
            throws IOException {
        AtomicLong acknowledged = new AtomicLong(first);
        SenderClient sender =
                new SenderClient(
                        CLIENT,
                        WINDOW,
                        messages,
                        // MQTT 3.1.1, 4.6: in the order in which they were sent
                        (ticket, _) -> {
                            if (!acknowledged.compareAndSet(ticket, ticket + 1)) {
                                say("disorder at " + ticket);
                            }
                        });
        sender.connect(port, READY_BOUND);
        long told = first;
        long tellAt = System.nanoTime();
        for (long ticket = first; true; ticket++) {
            if (!sender.hasRoom()) {
                sender.flush();
            }
            sender.send(ticket);
            long now = acknowledged.get();
            if (now > told && System.nanoTime() >= tellAt) {
                say("acked " + now);
                if (told == first) {
                    Thread.ofPlatform().daemon().start(look);
                }
                told = now;
                tellAt = System.nanoTime() + TELL_NANOS;
            }
        }
    }

    /** For ever, too. */
    private static void alarm(NodeProcess node, int port, long first) {
        try {
            HotRoom.heat(node, port, first, number -> say("alarmed " + (number + 1)));
        } catch (TrialFailure | IOException e) {
            say("no alarm: " + e);
        }
    }

    /** One version after the other, from files that are named for them. */
    private static void install(NodeProcess node, Path site, int first) {
        try {
            for (int version = first; true; version++) {
                Path file = site.resolveSibling("guard-" + version);
                if (!Files.exists(file)) {
                    return;
                }
                say("offer " + version);
                String installed = Bundles.order(node, "", Files.readAllBytes(file));
                String armed = Bundles.order(node, "/guard/arm?unseen=true", new byte[0]);
                if (armed.startsWith("200 ")) {
                    say("armed " + version);
                } else {
                    say(
                            "refused %d: %s / %s"
                                    .formatted(version, oneLine(installed), oneLine(armed)));
                }
            }
        } catch (IOException e) {
            say("refused: " + e);
        }
    }

    /** By the node's own log: ready is later, when its journal is open and a JVM has asked. */
    private static long armedAfter(Instant began, NodeProcess node) {
        return node.log()
                .lines()
                .map(ARMED::matcher)
                .filter(Matcher::find)
                .map(line -> Instant.parse(line.group(1)))
                .filter(at -> !at.isBefore(began))
                .mapToLong(at -> Duration.between(began, at).toMillis())
                .findFirst()
                .orElseThrow(() -> new TrialFailure("the node does not say that it is armed"));
    }

    private static String oneLine(String text) {
        return text.strip().replace('\n', '|');
    }

    /** Of the armed policy; until the journal is open that is the one site.yaml names, 0. */
    private static int version(NodeProcess node, int atLeast) {
        int[] version = {-1};
        Waiting.until(
                ANSWER_BOUND,
                () -> {
                    Matcher armed = VERSION.matcher(Bundles.list(node));
                    version[0] = armed.find() ? Integer.parseInt(armed.group(1)) : -1;
                    return version[0] >= atLeast;
                });
        return version[0];
    }

    /** Says so, once, when it sees what is sought. */
    private static void look(Path journal, String sought) {
        for (Sight sight : SIGHTS) {
            if (sight.name().equals(sought)) {
                look(journal, sight);
            }
        }
    }

    private static void look(Path journal, Sight sight) {
        Pattern file = Pattern.compile(sight.file());
        Path folder = journal.resolve(sight.folder());
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            folder.register(watch, sight.kind());
            while (true) {
                WatchKey key = watch.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.context() instanceof Path path
                            && file.matcher(path.toString()).matches()) {
                        say("sight " + sight.name());
                        return;
                    }
                }
                key.reset();
            }
        } catch (IOException | ClosedWatchServiceException e) {
            say("no sight: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
