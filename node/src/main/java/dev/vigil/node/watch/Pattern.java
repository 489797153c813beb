package dev.vigil.node.watch;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an output that is on goes on and off: a function of the time since it was started. Immutable.
 *
 * @param phases durations on and off in turn, repeated; none for an output that is simply on
 */
public record Pattern(List<Duration> phases) {
    public static final Pattern STEADY = new Pattern(List.of());

    /** Shorter ones a pipeline's turn may miss (it looks every 20 ms). */
    public static final Duration PHASE_MIN = Duration.ofMillis(100);

    public static final Duration PHASE_MAX = Duration.ofMinutes(10);
    public static final int PHASES_MAX = 32;

    /** By the words of site.yaml. */
    private static final Map<String, Pattern> NAMED =
            Map.of(
                    "steady", STEADY,
                    // 1 Hz: within EN 54-23's 0.5 to 2 Hz for flashes, ISO 7731's 0.2 to 5 Hz
                    "pulse", ofMillis(500, 500),
                    // ISO 8201: the signal to evacuate, three pulses of 0.5 s and a pause of 1.5 s
                    "temporal-3", ofMillis(500, 500, 500, 500, 500, 1500),
                    // NFPA 72 (CO): four pulses of 0.1 s and a pause of 5 s
                    "temporal-4", ofMillis(100, 100, 100, 100, 100, 100, 100, 5000));

    public Pattern {
        phases = List.copyOf(phases);
        if (phases.size() % 2 == 1 || phases.size() > PHASES_MAX) {
            throw new IllegalArgumentException(
                    "a pattern of %d phases: must be pairs of on and off, at most %d phases"
                            .formatted(phases.size(), PHASES_MAX));
        }
        for (Duration phase : phases) {
            if (phase.compareTo(PHASE_MIN) < 0 || phase.compareTo(PHASE_MAX) > 0) {
                throw new IllegalArgumentException(
                        "a phase of %d ms: must be from %d to %d ms"
                                .formatted(
                                        phase.toMillis(),
                                        PHASE_MIN.toMillis(),
                                        PHASE_MAX.toMillis()));
            }
        }
    }

    /** The pattern of this word of site.yaml, if there is one. */
    public static Optional<Pattern> named(String word) {
        return Optional.ofNullable(NAMED.get(word));
    }

    public static List<String> words() {
        return NAMED.keySet().stream().sorted().toList();
    }

    static Pattern ofMillis(long... phases) {
        return new Pattern(Arrays.stream(phases).mapToObj(Duration::ofMillis).toList());
    }

    /** Whether it is on so long after the start; before the start counts as the start. */
    public boolean on(Duration sinceStart) {
        if (phases.isEmpty() || sinceStart.isNegative()) {
            return true;
        }
        long cycle = phases.stream().mapToLong(Duration::toNanos).sum();
        long into = sinceStart.toNanos() % cycle;
        boolean on = true;
        for (Duration phase : phases) {
            into -= phase.toNanos();
            if (into < 0) {
                return on;
            }
            on = !on;
        }
        throw new AssertionError("%s is within no phase of %s".formatted(sinceStart, phases));
    }

    /** The longest it is on without a break; empty phases: for ever. */
    public Duration longestOn() {
        Duration longest = phases.isEmpty() ? Duration.ofDays(365) : Duration.ZERO;
        for (int i = 0; i < phases.size(); i += 2) {
            longest = longest.compareTo(phases.get(i)) < 0 ? phases.get(i) : longest;
        }
        return longest;
    }

    /** As in site.yaml. */
    public String word() {
        return NAMED.entrySet().stream()
                .filter(named -> named.getValue().equals(this))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("own pattern");
    }
}
