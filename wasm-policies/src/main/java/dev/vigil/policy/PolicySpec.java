package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.util.List;
import java.util.Map;

/**
 * Which policy, and what it watches. Immutable.
 *
 * @param id name of this use of the policy, unique in a node; {@link Hazard#policy()}
 * @param module a bundled policy, {@code heat} or {@code smoke}, or the path of a .wasm file
 * @param channels the channels it may judge; of them it gets those whose quantity its manifest
 *     names
 * @param settings values for settings of its manifest, in the units stated there; the others have
 *     their defaults
 * @param grant what the site lets it use; the smaller of this and what its manifest asks counts
 */
public record PolicySpec(
        String id,
        String module,
        List<SensorChannel> channels,
        Map<String, Double> settings,
        Grant grant) {
    public PolicySpec {
        channels = List.copyOf(channels);
        settings = Map.copyOf(settings);
    }

    /** With what a site gives that says nothing. */
    public PolicySpec(
            String id, String module, List<SensorChannel> channels, Map<String, Double> settings) {
        this(id, module, channels, settings, Grant.SITE);
    }

    /** The same use of the policy, with the smaller numbers of both and these capabilities. */
    public PolicySpec within(Grant given) {
        return with(grant.min(given).withCapabilities(given.capabilities()));
    }

    /** The same use of the policy, with another grant. */
    public PolicySpec with(Grant other) {
        return new PolicySpec(id, module, channels, settings, other);
    }

    /** The same use of the policy, with another module. */
    public PolicySpec with(String otherModule) {
        return new PolicySpec(id, otherModule, channels, settings, grant);
    }
}
