package dev.vigil.node.policies;

import dev.vigil.policy.Grant;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.SiteModules;
import dev.vigil.policy.trust.Admission;
import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.PolicyStore;
import dev.vigil.policy.trust.PolicyStoreFault;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.SiteGrants;
import dev.vigil.policy.trust.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
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
    private final SiteModules own;
    private final Map<String, String> manifestIds = new TreeMap<>();
    private final Optional<PolicySource> source;
    private final PolicyBudget budget;

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

    /** A version that is loaded, and what it is to be reckoned with. */
    private record Loaded(PolicyCandidate candidate, PolicyBudget.Use use) {}

    /** Whether a version may be chosen. */
    private interface Check {
        Check NONE = _ -> {};

        void check(Loaded version) throws Refusal;
    }

    /** A node whose policies are those of its site.yaml and no others. */
    public static PolicyVersions fixed(List<PolicySpec> specs, SiteModules own) {
        return new PolicyVersions(
                specs,
                own,
                Optional.empty(),
                new PolicyBudget(new PolicyBudget.Limits(0, 0), _ -> 0));
    }

    /**
     * @param own the modules of site.yaml
     * @param source empty when bundles can't be kept here
     */
    public PolicyVersions(
            List<PolicySpec> specs,
            SiteModules own,
            Optional<PolicySource> source,
            PolicyBudget budget) {
        this.specs = List.copyOf(specs);
        this.own = own;
        this.source = source;
        this.budget = budget;
        for (PolicySpec spec : specs) {
            manifestIds.put(spec.id(), own.manifestId(spec));
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
        PolicySource.Trusted trusted = source().trusted();
        Bundle.Verified verified = trusted.verify(wasm, signature, now);
        List<String> remarks = new ArrayList<>();
        affordable(trusted, verified, states, remarks).forEach(PolicyCandidate::close);
        return new Installed(source().keep(verified), remarks);
    }

    /**
     * A version of the store, loaded once for each of its uses, if it may be armed now: grants,
     * readings and neighbours can be others than when it was installed.
     *
     * @throws PolicyUnloadable when it can't be loaded any more
     */
    List<PolicyCandidate> ready(Stored version, List<PolicyState> states) throws Refusal {
        PolicySource.Trusted trusted = source().trusted();
        return affordable(trusted, trusted.load(version), states, new ArrayList<>());
    }

    private List<PolicyCandidate> affordable(
            PolicySource.Trusted trusted,
            Bundle.Verified verified,
            List<PolicyState> states,
            List<String> remarks)
            throws Refusal {
        for (int measurement = 1; ; measurement++) {
            remarks.clear();
            try {
                return ready(trusted, verified, states, remarks);
            } catch (TooCostly e) {
                if (measurement == MEASUREMENTS_MAX || !budget.measureAgain()) {
                    throw e;
                }
            }
        }
    }

    private List<PolicyCandidate> ready(
            PolicySource.Trusted trusted,
            Bundle.Verified verified,
            List<PolicyState> states,
            List<String> remarks)
            throws Refusal {
        List<PolicySpec> uses = uses(verified.statement().policy());
        double taken = taken(uses, states, trusted);
        List<PolicyCandidate> ready = new ArrayList<>();
        try {
            for (PolicySpec use : uses) {
                Loaded loaded = loaded(use, verified, trusted);
                ready.add(loaded.candidate());
                // Only now: that it loads says that its manifest can be read.
                Grant asked = Manifest.of(verified.wasm().array()).budget();
                SiteGrants.reduced(asked, loaded.use().spec().grant())
                        .forEach(text -> remarks.add("%s: %s".formatted(use.id(), text)));
                Admission.Admitted admitted = admitted(loaded.use(), taken);
                remarks.add(admitted.message());
                taken += admitted.share();
            }
            return ready;
        } catch (Refusal | PolicyUnloadable e) {
            ready.forEach(PolicyCandidate::close);
            throw e;
        }
    }

    private Admission.Admitted admitted(PolicyBudget.Use use, double taken) throws Refusal {
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
    private double taken(
            List<PolicySpec> except, List<PolicyState> states, PolicySource.Trusted trusted) {
        double taken = 0;
        for (PolicySpec spec : specs) {
            if (except.contains(spec)) {
                continue;
            }
            for (PolicyState state : states) {
                if (state.id().equals(spec.id()) && state.status() == PolicyState.Status.RUNNING) {
                    taken += budget.share(running(spec, state, trusted));
                }
            }
        }
        return taken;
    }

    /** What runs, by its own bytes, which need not be those of the armed version. */
    private PolicyBudget.Use running(
            PolicySpec spec, PolicyState state, PolicySource.Trusted trusted) {
        String policy = manifestId(spec.id());
        Optional<Stored> stored = stored(policy, state.sha256());
        if (stored.isEmpty()) {
            return new PolicyBudget.Use(spec, state, () -> own(spec, state.sha256()));
        }
        return new PolicyBudget.Use(
                spec.within(trusted.given(policy)),
                state,
                () -> {
                    try {
                        return trusted.load(stored.get()).wasm().array();
                    } catch (Refusal | PolicyStoreFault e) {
                        throw new PolicyUnloadable(spec.id(), String.valueOf(e.getMessage()));
                    }
                });
    }

    private byte[] own(PolicySpec spec, String sha256) {
        if (!own.sha256(spec).equals(sha256)) {
            throw new PolicyUnloadable(
                    spec.id(), "%s: nothing here has the SHA-256 %s".formatted(spec.id(), sha256));
        }
        return own.wasm(spec);
    }

    private Optional<Stored> stored(String policy, String sha256) {
        return shelf(policy)
                .versions()
                .filter(version -> version.sha256().equals(sha256))
                .findFirst();
    }

    /** As the site may use it, called what it is. */
    private static Loaded loaded(
            PolicySpec use, Bundle.Verified verified, PolicySource.Trusted trusted) {
        var statement = verified.statement();
        PolicySpec spec =
                use.within(trusted.given(statement.policy())).with(Stored.of(statement).toString());
        byte[] wasm = verified.wasm().array();
        PolicyCandidate candidate = PolicyCandidate.load(spec, wasm);
        return new Loaded(candidate, new PolicyBudget.Use(spec, candidate.state(), () -> wasm));
    }

    /** A version of the store, ready to get a state. */
    PolicyCandidate stored(PolicySpec spec, Stored version) throws Refusal {
        PolicySource.Trusted trusted = source().trusted();
        return loaded(spec, trusted.load(version), trusted).candidate();
    }

    /**
     * For a start: the versions that are to run. Of each policy the armed one; when that can't be
     * used, or not be afforded beside those chosen before, the one before it; else the site's own,
     * which is never too costly.
     *
     * @param unloadable hears of each policy of which not even that can be used, and why
     */
    List<PolicyCandidate> chosen(BiConsumer<String, String> unloadable) {
        Optional<PolicySource.Trusted> trusted = trusted();
        List<PolicyCandidate> chosen = new ArrayList<>();
        double taken = 0;
        for (PolicySpec spec : specs) {
            double others = taken;
            try {
                Loaded choice =
                        first(
                                spec,
                                trusted.isPresent() ? armedAndPrevious(spec) : List.of(),
                                trusted,
                                loaded -> admitted(loaded.use(), others));
                chosen.add(choice.candidate());
                if (trusted.isPresent()) {
                    taken += budget.share(choice.use());
                }
            } catch (PolicyUnloadable e) {
                unloadable.accept(spec.id(), String.valueOf(e.getMessage()));
            }
        }
        return chosen;
    }

    /** None when the store can't be read. */
    private List<Stored> armedAndPrevious(PolicySpec spec) {
        try {
            Shelf shelf = shelf(manifestId(spec.id()));
            return Stream.of(shelf.armed(), shelf.previous()).flatMap(Optional::stream).toList();
        } catch (PolicyStoreFault e) {
            LOG.errorf("policy %s: the site's own module is used: %s", spec.id(), e.getMessage());
            return List.of();
        }
    }

    /** Empty when there are no versions but the site's own, or none that can be trusted. */
    private Optional<PolicySource.Trusted> trusted() {
        try {
            return source.isEmpty() || source.get().store().policies().isEmpty()
                    ? Optional.empty()
                    : Optional.of(source.get().trusted());
        } catch (Refusal | PolicyStoreFault e) {
            LOG.errorf("the site's own modules are used: %s", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * What runs, once more.
     *
     * @throws PolicyUnloadable when it can't be used
     */
    PolicyCandidate again(PolicySpec spec, List<PolicyState> states) {
        List<Stored> running =
                states.stream()
                        .filter(state -> state.id().equals(spec.id()))
                        .flatMap(state -> stored(manifestId(spec.id()), state.sha256()).stream())
                        .toList();
        return first(spec, running, trusted(), Check.NONE).candidate();
    }

    /**
     * The version to go back to: the previous one, or the site's own when there is none that can be
     * used. It ran before: what it costs is not asked.
     *
     * @throws PolicyUnloadable not even that
     */
    PolicyCandidate before(PolicySpec spec, Shelf shelf) {
        List<Stored> previous = shelf.previous().stream().toList();
        return first(spec, previous, trusted(), Check.NONE).candidate();
    }

    /** The first of these that can be used, else the site's own. */
    private Loaded first(
            PolicySpec spec,
            List<Stored> versions,
            Optional<PolicySource.Trusted> trusted,
            Check check) {
        if (trusted.isPresent()) {
            for (Stored version : versions) {
                try {
                    return checked(loaded(spec, trusted.get().load(version), trusted.get()), check);
                } catch (Refusal | PolicyUnloadable | PolicyStoreFault e) {
                    LOG.errorf(
                            "policy %s: %s can't be used, the version before it is: %s",
                            spec.id(), version, e.getMessage());
                }
            }
        }
        PolicyCandidate candidate = PolicyCandidate.load(spec, own);
        return new Loaded(
                candidate, new PolicyBudget.Use(spec, candidate.state(), () -> own.wasm(spec)));
    }

    private static Loaded checked(Loaded version, Check check) throws Refusal {
        try {
            check.check(version);
            return version;
        } catch (Refusal | PolicyUnloadable e) {
            version.candidate().close();
            throw e;
        }
    }
}
