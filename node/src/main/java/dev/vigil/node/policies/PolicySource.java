package dev.vigil.node.policies;

import dev.vigil.policy.Grant;
import dev.vigil.policy.trust.Bundle;
import dev.vigil.policy.trust.PolicyStore;
import dev.vigil.policy.trust.PolicyStoreFault;
import dev.vigil.policy.trust.Shelf;
import dev.vigil.policy.trust.SiteGrants;
import dev.vigil.policy.trust.Stored;
import dev.vigil.policy.trust.TrustFault;
import dev.vigil.policy.trust.TrustStore;
import dev.vigil.policy.trust.TrustTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The bundles that came over the air, and whom the site trusts with them. The trust folder is read
 * anew whenever it is asked for: what is revoked counts at once. Owned by one thread at a time.
 */
public final class PolicySource {
    private static final Logger LOG = Logger.getLogger(PolicySource.class);

    private final PolicyStore store;
    private final Path trustFolder;
    private final Predicate<Instant> clockIsGood;

    private PolicySource(PolicyStore store, Path trustFolder, Predicate<Instant> clockIsGood) {
        this.store = store;
        this.trustFolder = trustFolder;
        this.clockIsGood = clockIsGood;
    }

    /**
     * Empty when the folder of the installed versions can't be used, which is said: the node runs
     * without.
     *
     * @param clockIsGood whether dates can be judged by a clock that says this
     */
    public static Optional<PolicySource> open(
            Path storeFolder, Path trustFolder, Predicate<Instant> clockIsGood) {
        try {
            PolicySource source =
                    new PolicySource(PolicyStore.open(storeFolder), trustFolder, clockIsGood);
            source.sayWhetherItIsTrusted();
            return Optional.of(source);
        } catch (PolicyStoreFault e) {
            LOG.errorf("policies can't be replaced: %s", e.getMessage());
            return Optional.empty();
        }
    }

    private void sayWhetherItIsTrusted() {
        try {
            trusted();
        } catch (PolicyVersions.Refusal e) {
            LOG.errorf("no policy over the air is trusted: %s", e.getMessage());
        }
    }

    PolicyStore store() {
        return store;
    }

    Shelf shelf(String policy) {
        return store.shelf(policy);
    }

    /** Makes it the candidate, on the disk. */
    Stored keep(Bundle.Verified verified) throws PolicyVersions.Refusal {
        Optional<Bundle.Refused> refused = store.install(verified);
        if (refused.isPresent()) {
            throw refusal(refused.get());
        }
        String policy = verified.statement().policy();
        Shelf shelf = store.shelf(policy);
        return shelf.candidate()
                .or(shelf::armed)
                .orElseThrow(() -> new PolicyVersions.Refusal(policy + " is in the store no more"));
    }

    /** Whom the site trusts now, and with what. */
    Trusted trusted() throws PolicyVersions.Refusal {
        try {
            TrustStore trust = TrustStore.load(trustFolder);
            store.accept(trust);
            SiteGrants grants = SiteGrants.load(trustFolder, trust);
            store.accept(grants);
            return new Trusted(trust, grants);
        } catch (TrustFault e) {
            throw new PolicyVersions.Refusal(String.valueOf(e.getMessage()));
        }
    }

    /** The trust folder as it was at one moment: for one order. */
    final class Trusted {
        private final TrustStore trust;
        private final SiteGrants grants;

        private Trusted(TrustStore trust, SiteGrants grants) {
            this.trust = trust;
            this.grants = grants;
        }

        /** Checks signatures, dates and revocations; nothing is kept of it. */
        Bundle.Verified verify(byte[] wasm, byte[] signature, Instant now)
                throws PolicyVersions.Refusal {
            TrustTime time = store.time(now, clockIsGood.test(now));
            Bundle.Verified verified = verified(Bundle.verify(wasm, signature, trust, time));
            if (time instanceof TrustTime.Known(var known)) {
                // What is over now is over, too, when the clock is no good.
                store.passed(known);
            }
            return verified;
        }

        /** A version of the store, verified again. */
        Bundle.Verified load(Stored version) throws PolicyVersions.Refusal {
            return verified(store.load(version, trust));
        }

        /** What the site's signed grants give a policy. */
        Grant given(String policy) {
            return grants.given(policy);
        }
    }

    private static Bundle.Verified verified(Bundle.Verification verification)
            throws PolicyVersions.Refusal {
        return switch (verification) {
            case Bundle.Refused refused -> throw refusal(refused);
            case Bundle.Verified verified -> verified;
        };
    }

    private static PolicyVersions.Refusal refusal(Bundle.Refused refused) {
        return new PolicyVersions.Refusal(refused.reason() + ": " + refused.message());
    }
}
