package dev.vigil.node.policies;

import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyUnloadable;
import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.PolicyStore;
import dev.vigil.policy.trust.PolicyStoreFault;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.Stored;
import dev.vigil.policy.trust.TrustFault;
import dev.vigil.policy.trust.TrustStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Which version of which policy is to run: what the store has armed, else the module that site.yaml
 * names. A bundle is for every policy of the site whose module bears its manifest's id. Owned by
 * one thread at a time.
 */
public final class PolicyVersions {
    private static final Logger LOG = Logger.getLogger(PolicyVersions.class);

    private final Map<String, String> manifestIds = new TreeMap<>();
    private final Optional<PolicyStore> store;
    private final Optional<Path> trustFolder;

    /** A bundle is not installed; the message says why. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    private PolicyVersions(
            List<PolicySpec> specs, Optional<PolicyStore> store, Optional<Path> trustFolder) {
        this.store = store;
        this.trustFolder = trustFolder;
        for (PolicySpec spec : specs) {
            manifestIds.put(spec.id(), PolicyCandidate.manifestId(spec.module()));
        }
    }

    /** A node whose policies are those of its site.yaml and no others. */
    public static PolicyVersions fixed(List<PolicySpec> specs) {
        return new PolicyVersions(specs, Optional.empty(), Optional.empty());
    }

    /** A node that takes bundles. What is wrong with the folders is said, and it runs without. */
    public static PolicyVersions of(List<PolicySpec> specs, Path storeFolder, Path trustFolder) {
        Optional<PolicyStore> store = Optional.empty();
        try {
            store = Optional.of(PolicyStore.open(storeFolder));
            store.get().accept(TrustStore.load(trustFolder));
        } catch (PolicyStoreFault | TrustFault e) {
            LOG.errorf("policies can't be replaced: %s", e.getMessage());
        }
        return new PolicyVersions(specs, store, Optional.of(trustFolder));
    }

    /** Id of the manifest for a policy of the site. */
    String manifestId(String policy) {
        return manifestIds.getOrDefault(policy, "-");
    }

    PolicyStore store() throws Refusal {
        return store.orElseThrow(
                () ->
                        new Refusal(
                                "this node takes no policies: its site.yaml has no policy-store, or it can't be used"));
    }

    /** What the store has of a policy; nothing without a store. */
    Shelf shelf(String manifestId) {
        return store.map(shelves -> shelves.shelf(manifestId)).orElse(Shelf.EMPTY);
    }

    /** Verifies a bundle and makes it the candidate. */
    Stored install(byte[] wasm, byte[] signature, Instant now) throws Refusal {
        PolicyStore shelves = store();
        Bundle.Verification verification =
                Bundle.verify(wasm, signature, trust(), shelves.time(now, true));
        return switch (verification) {
            case Bundle.Refused(var reason, var message) ->
                    throw new Refusal(reason + ": " + message);
            case Bundle.Verified verified -> install(shelves, verified);
        };
    }

    private Stored install(PolicyStore shelves, Bundle.Verified verified) throws Refusal {
        String policy = verified.statement().policy();
        if (!manifestIds.containsValue(policy)) {
            throw new Refusal(
                    "UNKNOWN_POLICY: no policy of this site has the id '%s'; there are %s"
                            .formatted(policy, new TreeMap<>(manifestIds)));
        }
        Optional<Bundle.Refused> refused = shelves.install(verified);
        if (refused.isPresent()) {
            throw new Refusal(refused.get().reason() + ": " + refused.get().message());
        }
        Shelf shelf = shelves.shelf(policy);
        return shelf.candidate()
                .or(shelf::armed)
                .orElseThrow(() -> new Refusal(policy + " is in the store no more"));
    }

    private TrustStore trust() throws Refusal {
        try {
            return TrustStore.load(
                    trustFolder.orElseThrow(() -> new Refusal("this node has no trust store")));
        } catch (TrustFault e) {
            throw new Refusal(String.valueOf(e.getMessage()));
        }
    }

    /** A version of the store, ready to get a state. */
    PolicyCandidate stored(PolicySpec spec, Stored version) throws Refusal {
        return switch (store().load(version, trust())) {
            case Bundle.Refused(var reason, var message) ->
                    throw new Refusal(reason + ": " + message);
            case Bundle.Verified verified ->
                    PolicyCandidate.load(
                            spec.with(
                                    "%s %s (counter %d)"
                                            .formatted(
                                                    version.policy(),
                                                    version.version(),
                                                    version.counter())),
                            verified.wasm().array());
        };
    }

    /**
     * The version that is to run: the armed one; when that can't be used, the one before it; when
     * there is none, the site's own.
     *
     * @throws PolicyUnloadable not even that
     */
    PolicyCandidate armed(PolicySpec spec) {
        Shelf shelf = shelf(manifestId(spec.id()));
        for (Optional<Stored> version : List.of(shelf.armed(), shelf.previous())) {
            if (version.isEmpty()) {
                continue;
            }
            try {
                return stored(spec, version.get());
            } catch (Refusal | PolicyUnloadable | PolicyStoreFault e) {
                LOG.errorf(
                        "policy %s: %s can't be used, the version before it is: %s",
                        spec.id(), version.get(), e.getMessage());
            }
        }
        return PolicyCandidate.load(spec);
    }

    /**
     * The version to go back to: the previous one, or the site's own when there is none that can be
     * used.
     *
     * @throws PolicyUnloadable not even that
     */
    PolicyCandidate before(PolicySpec spec, Shelf shelf) {
        if (shelf.previous().isPresent()) {
            try {
                return stored(spec, shelf.previous().get());
            } catch (Refusal | PolicyUnloadable | PolicyStoreFault e) {
                LOG.errorf(
                        "policy %s: %s can't be used, the site's own module is: %s",
                        spec.id(), shelf.previous().get(), e.getMessage());
            }
        }
        return PolicyCandidate.load(spec);
    }
}
