package dev.vigil.trials;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a start cost until the node was armed: journal open, policies loaded, MQTT listening. Both
 * times are of this machine's one wall clock, the later one by the node's own log. Immutable.
 *
 * @param cpu of the whole process, all threads, in steps of the kernel's 10 ms
 */
record NodeStart(NodeProcess node, Duration untilArmed, Duration cpu) {
    private static final Duration BOUND = Duration.ofMinutes(2);

    /** {@code start} starts it and hands it to somebody who ends it, whatever happens here. */
    static NodeStart of(Supplier<NodeProcess> start, InstantSource clock) {
        Instant began = clock.instant();
        NodeProcess node = start.get();
        Waiting.require(
                BOUND,
                () -> armedAt(node.log()).isPresent() || !node.isAlive(),
                () -> "not armed:\n" + node.logTail(30));
        Duration cpu =
                ProcessHandle.of(node.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow(() -> new TrialFailure("it ended:\n" + node.logTail(30)));
        Instant armed =
                armedAt(node.log())
                        .orElseThrow(() -> new TrialFailure("it ended:\n" + node.logTail(30)));
        return new NodeStart(node, Duration.between(began, armed), cpu);
    }

    /** When the later of the two lines was written, once both are there. */
    static Optional<Instant> armedAt(String log) {
        Optional<Instant> armed = timeOf(log, " armed ");
        Optional<Instant> open = timeOf(log, " journal open ");
        return armed.flatMap(one -> open.map(other -> one.isAfter(other) ? one : other));
    }

    private static Optional<Instant> timeOf(String log, String words) {
        return log.lines()
                .filter(line -> line.contains(words))
                .map(line -> OffsetDateTime.parse(line.substring(0, line.indexOf(' '))).toInstant())
                .findFirst();
    }
}
