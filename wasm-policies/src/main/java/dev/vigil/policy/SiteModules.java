package dev.vigil.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The modules that a site names for its policies, as they were when this was made: each is read,
 * checked and compiled once, however many policies use it and however often one begins anew.
 * Immutable.
 */
public final class SiteModules {
    private final Map<Named, Found> modules = new HashMap<>();

    private record Named(String module, Grant grant) {}

    /**
     * @param module null when it is refused
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Found(
            byte[] wasm,
            String sha256,
            String manifestId,
            @Nullable PolicyModule module,
            String refused) {}

    /** What can't be used is known as such, and refused when it is asked for. */
    public SiteModules(List<PolicySpec> specs) {
        for (PolicySpec spec : specs) {
            modules.computeIfAbsent(named(spec), SiteModules::find);
        }
    }

    private static Named named(PolicySpec spec) {
        return new Named(spec.module(), spec.grant());
    }

    private static Found find(Named named) {
        byte[] wasm = {};
        String id = "-";
        try {
            wasm = PolicyModule.read(named.module());
            id = PolicyModule.manifest(named.module(), wasm).id();
            PolicyModule module =
                    PolicyModule.load(
                            named.module(),
                            wasm,
                            PolicyModule.preferred(named.module()),
                            named.grant());
            return new Found(wasm, Sha256.hex(wasm), id, module, "");
        } catch (PolicyModule.Refused e) {
            return new Found(wasm, Sha256.hex(wasm), id, null, e.text());
        }
    }

    private Found found(PolicySpec spec) {
        Found found = modules.get(named(spec));
        if (found == null) {
            throw new IllegalArgumentException(
                    "policy %s is none of this site's".formatted(spec.id()));
        }
        return found;
    }

    /**
     * A version in an instance of its own.
     *
     * @throws PolicyModule.Refused when it can't be used
     */
    PolicyVersion version(PolicySpec spec, Watchdog watchdog) {
        Found found = found(spec);
        PolicyModule module = found.module();
        if (module == null) {
            throw new PolicyModule.Refused(found.refused());
        }
        return PolicyVersion.of(spec, module, found.sha256(), watchdog);
    }

    /** What its manifest calls the policy; {@code -} when that can't be read. */
    public String manifestId(PolicySpec spec) {
        return found(spec).manifestId();
    }

    /** SHA-256 of the module, hexadecimal. */
    public String sha256(PolicySpec spec) {
        return found(spec).sha256();
    }

    public byte[] wasm(PolicySpec spec) {
        return found(spec).wasm().clone();
    }
}
