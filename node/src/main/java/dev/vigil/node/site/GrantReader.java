package dev.vigil.node.site;

import dev.vigil.policy.Grant;
import java.time.Duration;

/**
 * The {@code grant} of a policy in a site.yaml: how much it may use. What is left out is as in
 * {@link Grant#SITE}, which is the most there is. Capabilities are not given here, but by the
 * site's signed grants. Stateless; used by the thread that reads the file.
 */
final class GrantReader {
    private GrantReader() {}

    static Grant read(YamlMap map) {
        Grant most = Grant.SITE;
        Grant grant =
                new Grant(
                        upTo(map, "fuel-per-reading", 1, most.fuelPerReading()),
                        upTo(map, "fuel-per-call", 1, most.fuelPerCall()),
                        map.duration(
                                "deadline", most.deadline(), Duration.ofMillis(1), most.deadline()),
                        upTo(map, "pages", 1, most.pages()),
                        upTo(map, "host-calls", 0, most.hostCallsPerBatch()),
                        (int) map.bytes("state", most.stateBytes(), 0, most.stateBytes()),
                        upTo(map, "slots", 1, most.slots()),
                        most.capabilities());
        map.end();
        return grant;
    }

    private static int upTo(YamlMap map, String key, int min, long most) {
        return map.integer(key, (int) most, min, (int) most);
    }
}
