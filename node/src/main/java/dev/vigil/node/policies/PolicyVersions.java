package dev.vigil.node.policies;

import dev.vigil.policy.Manifest;
import dev.vigil.policy.ModuleSource;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.trust.Admission;
import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.PolicyStore;
import dev.vigil.policy.trust.PolicyStoreFault;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.SiteGrants;
import dev.vigil.policy.trust.Stored;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Which version of which policy is to run: what the store has armed, else the module that site.yaml
 * names. A bundle is for every policy of the site whose module bears its manifest's id. It may use
 * the least of what its manifest asks for, the site's signed grants and site.yaml give, and runs
 * only where the node can afford it beside the others. Owned by one thread at a time.
 */
public final class PolicyVersions {
    private static final Logger LOG = Logger.getLogger(PolicyVersions.class);

    private final List<PolicySpec> specs;
    private final Map<String, String> manifestIds = new TreeMap<>();
    private final Optional<PolicySource> source;
    private final PolicyBudget budget;

    /** Shares of a core of what was chosen when the node started. */
    private final Map<String, Double> chosen = new HashMap<>();

    /** How often is measured before something is refused. */
    private static final int MEASUREMENTS_MAX = 6;

    /** A bundle is not installed, or a version not armed; the message says why. */
    static class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    private static final class TooCostly extends Refusal {
        private static final long serialVersionUID = 1L;

        TooCostly(String message) {
            super(message);
        }
    }

    /**
     * @param remarks what it costs and what it does not get, a line each
     */
    record Installed(Stored version, List<String> remarks) {}

    /** Whether a version may be chosen. */
    private interface Check {
        void check(PolicySpec spec, PolicyCandidate loaded, byte[] wasm) throws Refusal;
    }

    /** A node whose policies are those of its site.yaml and no others. */
    public static PolicyVersions fixed(List<PolicySpec> specs) {
        return new PolicyVersions(
                specs, Optional.empty(), new PolicyBudget(new PolicyBudget.Limits(0, 0), _ -> 0));
    }

    /**
     * @param source empty when bundles can't be kept here
     */
    public PolicyVersions(
            List<PolicySpec> specs, Optional<PolicySource> source, PolicyBudget budget) {
        this.specs = List.copyOf(specs);
        this.source = source;
        this.budget = budget;
        for (PolicySpec spec : specs) {
            manifestIds.put(spec.id(), PolicyCandidate.manifestId(spec.module()));
        }
    }

    /** Id of the manifest for a policy of the site. */
    String manifestId(String policy) {
        return manifestIds.getOrDefault(policy, "-");
    }

    /** The site's policies that a bundle of this id is for. */
    List<PolicySpec> uses(String policy) throws Refusal {
        List<PolicySpec> uses =
                specs.stream().filter(spec -> manifestId(spec.id()).equals(policy)).toList();
        if (uses.isEmpty()) {
            throw new Refusal(
                    "UNKNOWN_POLICY: no policy of this site has the id '%s'; there are %s"
                            .formatted(policy, manifestIds));
        }
        return uses;
    }

    PolicyStore store() throws Refusal {
        return source().store();
    }

    private PolicySource source() throws Refusal {
        return source.orElseThrow(
                () ->
                        new Refusal(
                                "this node takes no policies: its site.yaml has no policy-store, or it can't be used"));
    }

    /** What the store has of a policy; nothing without a store. */
    Shelf shelf(String manifestId) {
        return source.map(from -> from.shelf(manifestId)).orElse(Shelf.EMPTY);
    }

    /** How the policies that run are doing: what they cost is what they use. */
    void observe(Instant now, List<PolicyState> states) {
        budget.observe(now, states);
    }

    /**
     * Verifies a bundle, loads it once for each of its uses, and makes it the candidate.
     *
     * @param states of what runs
     * @throws PolicyUnloadable when it can't be loaded here; nothing was kept of it
     */
    Installed install(byte[] wasm, byte[] signature, List<PolicyState> states, Instant now)
            throws Refusal {
        Bundle.Verified verified = source().verify(wasm, signature, now);
        List<String> remarks = new ArrayList<>();
        affordable(verified, states, remarks).forEach(PolicyCandidate::close);
        return new Installed(source().keep(verified), remarks);
    }

    /**
     * A version of the store, loaded once for each of its uses, if it may be armed now: grants,
     * readings and neighbours can be others than when it was installed.
     *
     * @throws PolicyUnloadable when it can't be loaded any more
     */
    List<PolicyCandidate> ready(Stored version, List<PolicyState> states) throws Refusal {
        return affordable(source().load(version), states, new ArrayList<>());
    }

    private List<PolicyCandidate> affordable(
            Bundle.Verified verified, List<PolicyState> states, List<String> remarks)
            throws Refusal {
        for (int measurement = 1; ; measurement++) {
            remarks.clear();
            try {
                return ready(verified, states, remarks);
            } catch (TooCostly e) {
                if (measurement == MEASUREMENTS_MAX || !budget.measureAgain()) {
                    throw e;
                }
            }
        }
    }

    private List<PolicyCandidate> ready(
            Bundle.Verified verified, List<PolicyState> states, List<String> remarks)
            throws Refusal {
        byte[] wasm = verified.wasm().array();
        List<PolicySpec> uses = uses(verified.statement().policy());
        double taken = taken(uses, states);
        List<PolicyCandidate> ready = new ArrayList<>();
        try {
            for (PolicySpec use : uses) {
                PolicySpec spec = granted(use, verified);
                PolicyCandidate loaded = PolicyCandidate.load(spec, wasm);
                ready.add(loaded);
                SiteGrants.effective(Manifest.of(wasm).budget(), spec.grant())
                        .reduced()
                        .forEach(text -> remarks.add("%s: %s".formatted(spec.id(), text)));
                Admission.Admitted admitted = admitted(spec, loaded, wasm, taken);
                remarks.add(admitted.message());
                taken += admitted.share();
            }
            return ready;
        } catch (Refusal | PolicyUnloadable e) {
            ready.forEach(PolicyCandidate::close);
            throw e;
        }
    }

    private Admission.Admitted admitted(
            PolicySpec spec, PolicyCandidate loaded, byte[] wasm, double taken) throws Refusal {
        var use = new PolicyBudget.Use(spec, loaded.state(), () -> wasm);
        return switch (budget.judge(use, taken)) {
            case Admission.TooCostly(var _, var message) ->
                    throw new TooCostly(
                            "TOO_COSTLY: %s%s"
                                    .formatted(
                                            message,
                                            budget.fuel(use).measured()
                                                    ? ""
                                                    : "; without golden readings it is taken to need all it may use"));
            case Admission.Admitted admitted -> admitted;
        };
    }

    /** What the policies that run take of a core, but for those of which another version comes. */
    private double taken(List<PolicySpec> except, List<PolicyState> states) {
        double taken = 0;
        for (PolicySpec spec : specs) {
            if (except.contains(spec)) {
                continue;
            }
            for (PolicyState state : states) {
                if (state.id().equals(spec.id()) && state.status() == PolicyState.Status.RUNNING) {
                    taken += budget.share(new PolicyBudget.Use(spec, state, () -> module(spec)));
                }
            }
        }
        return taken;
    }

    /** The module that runs, by what the store says. */
    private byte[] module(PolicySpec spec) {
        try {
            Optional<Stored> armed = shelf(manifestId(spec.id())).armed();
            return armed.isPresent()
                    ? source().load(armed.get()).wasm().array()
                    : ModuleSource.read(spec.module());
        } catch (IOException | Refusal | PolicyStoreFault e) {
            throw new PolicyUnloadable(spec.id(), String.valueOf(e.getMessage()));
        }
    }

    /** As the version may use it, and called what it is. */
    private PolicySpec granted(PolicySpec spec, Bundle.Verified verified) throws Refusal {
        var statement = verified.statement();
        return spec.within(source().given(statement.policy()))
                .with(
                        "%s %s (counter %d)"
                                .formatted(
                                        statement.policy(),
                                        statement.version(),
                                        statement.counter()));
    }

    /** A version of the store, ready to get a state. */
    PolicyCandidate stored(PolicySpec spec, Stored version) throws Refusal {
        return stored(spec, version, (_, _, _) -> {});
    }

    private PolicyCandidate stored(PolicySpec use, Stored version, Check check) throws Refusal {
        Bundle.Verified verified = source().load(version);
        PolicySpec spec = granted(use, verified);
        byte[] wasm = verified.wasm().array();
        PolicyCandidate candidate = PolicyCandidate.load(spec, wasm);
        try {
            check.check(spec, candidate, wasm);
            return candidate;
        } catch (Refusal | PolicyUnloadable e) {
            candidate.close();
            throw e;
        }
    }

    /**
     * For a start: the version that is to run. The armed one; when that can't be used, or not be
     * afforded beside those chosen before, the one before it; else the site's own, which is never
     * too costly.
     *
     * @throws PolicyUnloadable not even that
     */
    PolicyCandidate chosen(PolicySpec spec) {
        Shelf shelf = Shelf.EMPTY;
        boolean installed = false;
        try {
            shelf = shelf(manifestId(spec.id()));
            installed = source.isPresent() && !source.get().store().policies().isEmpty();
        } catch (PolicyStoreFault e) {
            LOG.errorf("policy %s: the site's own module is used: %s", spec.id(), e.getMessage());
        }
        PolicyCandidate choice =
                first(
                        spec,
                        Stream.of(shelf.armed(), shelf.previous()),
                        (granted, loaded, wasm) -> {
                            double taken = 0;
                            for (double share : chosen.values()) {
                                taken += share;
                            }
                            admitted(granted, loaded, wasm, taken);
                        });
        if (installed) {
            var use = new PolicyBudget.Use(spec, choice.state(), () -> module(spec));
            chosen.put(spec.id(), budget.share(use));
        }
        return choice;
    }

    /**
     * What runs, once more.
     *
     * @throws PolicyUnloadable when it can't be used
     */
    PolicyCandidate again(PolicySpec spec) {
        Shelf shelf = shelf(manifestId(spec.id()));
        return first(spec, Stream.of(shelf.armed(), shelf.previous()), (_, _, _) -> {});
    }

    /**
     * The version to go back to: the previous one, or the site's own when there is none that can be
     * used. It ran before: what it costs is not asked.
     *
     * @throws PolicyUnloadable not even that
     */
    PolicyCandidate before(PolicySpec spec, Shelf shelf) {
        return first(spec, Stream.of(shelf.previous()), (_, _, _) -> {});
    }

    private PolicyCandidate first(PolicySpec spec, Stream<Optional<Stored>> versions, Check check) {
        for (Stored version : versions.flatMap(Optional::stream).toList()) {
            try {
                return stored(spec, version, check);
            } catch (Refusal | PolicyUnloadable | PolicyStoreFault e) {
                LOG.errorf(
                        "policy %s: %s can't be used, the version before it is: %s",
                        spec.id(), version, e.getMessage());
            }
        }
        return PolicyCandidate.load(spec);
    }
}
