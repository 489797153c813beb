package dev.vigil.node.policies;

import dev.vigil.policy.PolicyState;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.Stored;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Policies as text for an operator. Stateless. */
final class PolicyReport {
    private PolicyReport() {}

    /** That it waits, what it costs and what it does not get. */
    static String installed(PolicyVersions.Installed installed) {
        Stored version = installed.version();
        StringBuilder text = new StringBuilder();
        text.append(
                "installed %s %s (counter %d); next: vigil policy shadow %s%n"
                        .formatted(
                                version.policy(),
                                version.version(),
                                version.counter(),
                                version.policy()));
        installed.remarks().forEach(remark -> text.append("  ").append(remark).append('\n'));
        return text.toString();
    }

    /** What became of an order. */
    static String said(String what, Stored version, List<PolicySwaps.Done> done) {
        StringBuilder text = new StringBuilder();
        for (PolicySwaps.Done swap : done) {
            text.append(
                    "%s %s %s (counter %d) for %s: %s -> %s in %.1f ms, judging paused for %.3f ms; state %s%s%n"
                            .formatted(
                                    what,
                                    version.policy(),
                                    version.version(),
                                    version.counter(),
                                    swap.swap().policy(),
                                    swap.swap().from(),
                                    swap.swap().to(),
                                    swap.nanos() / 1e6,
                                    swap.pauseNanos() / 1e6,
                                    swap.carry().carried().name().toLowerCase(Locale.ROOT),
                                    swap.carry().reason().isEmpty()
                                            ? ""
                                            : " (" + swap.carry().reason() + ")"));
        }
        return text.toString();
    }

    static String difference(Shadow shadow, String indent) {
        ShadowDifference.Summary difference = shadow.difference();
        StringBuilder text = new StringBuilder();
        text.append(indent).append("shadow ").append(shadow.text()).append('\n');
        text.append(indent).append(difference.text()).append('\n');
        difference.lines().forEach(line -> text.append(indent).append(line).append('\n'));
        return text.toString();
    }

    /** All policies, with what the store has of them and how their shadows fare. */
    static String list(
            List<PolicyState> states, PolicyVersions versions, Map<String, Shadow> shadows) {
        StringBuilder text = new StringBuilder();
        for (PolicyState state : states) {
            String policy = versions.manifestId(state.id());
            Shelf shelf = versions.shelf(policy);
            text.append(
                    "%s: %s, %s %s%s%n"
                            .formatted(
                                    state.id(),
                                    word(state.status()),
                                    policy,
                                    state.version(),
                                    shelf.armed()
                                            .map(v -> " (counter %d)".formatted(v.counter()))
                                            .orElse(" (of site.yaml)")));
            state.lastFailure()
                    .ifPresent(f -> text.append("  last failure: %s%n".formatted(f.detail())));
            shelf.previous().ifPresent(v -> text.append("  previous: %s%n".formatted(version(v))));
            shelf.candidate()
                    .ifPresent(v -> text.append("  candidate: %s%n".formatted(version(v))));
            Shadow shadow = shadows.get(policy);
            if (shadow != null) {
                text.append(difference(shadow, "  "));
            }
        }
        return text.toString();
    }

    private static String word(PolicyState.Status status) {
        return switch (status) {
            case RUNNING -> "armed";
            case QUARANTINED -> "in QUARANTINE, the built-in rule watches";
            case FAILED -> "FAILED, the built-in rule watches";
        };
    }

    static String version(Stored version) {
        return "%s (counter %d)".formatted(version.version(), version.counter());
    }
}
