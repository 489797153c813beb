package dev.vigil.policy;

import java.util.Optional;

/**
 * How one policy is doing: a snapshot for the status page, health and metrics.
 *
 * @param version the manifest's, or {@code -} when it could not be loaded
 * @param sha256 of its module, hexadecimal, or {@code -}
 * @param channels how many channels it judges
 * @param readings readings it was given since it was loaded
 * @param fuel instructions that judging them took
 * @param hazards hazards it answered with
 * @param failures calls that failed: {@link Verdict.Undecided}
 * @param strikes failures that count at present; at {@link PolicySet#STRIKES_OUT} it is out
 * @param standInRaised hazards of the built-in rule that are raised at present
 * @param logDropped log lines that were over the limit
 */
public record PolicyState(
        String id,
        String module,
        String version,
        String sha256,
        Status status,
        Optional<Engine> engine,
        int channels,
        long readings,
        long fuel,
        long hazards,
        long failures,
        int strikes,
        int standInRaised,
        long logDropped,
        Optional<PolicyFailure> lastFailure) {

    /** Whether it judges. */
    public enum Status {
        /** It judges every batch. */
        RUNNING,
        /** It failed too often: the built-in rule watches alone until it is replaced. */
        QUARANTINED,
        /** It could not be loaded: the built-in rule watches alone until it is replaced. */
        FAILED
    }
}
