package dev.vigil.node.watch;

import dev.vigil.forward.SenmlRecord;
import java.time.Instant;
import java.util.List;

/** What happens to a policy, as a record of the ALARM lane. Immutable. */
public record PolicyRecord(String policy, String version, long counter, String sha256) {

    public SenmlRecord record(String what, String who, Instant at) {
        return AlarmRecord.text(
                "policy/" + policy,
                at,
                json -> {
                    json.writeStringField("policy", policy);
                    json.writeStringField("change", what);
                    json.writeStringField("version", version);
                    json.writeNumberField("counter", counter);
                    json.writeStringField("sha256", sha256);
                    json.writeStringField("by", who);
                    json.writeStringField("at", at.toString());
                });
    }

    /** States that could not be taken when the node started. */
    public static void refusedStates(PolicyGate gate, List<String> details, Instant at) {
        List<SenmlRecord> records =
                details.stream()
                        .map(detail -> AlarmRecord.fault("policy-state", detail, true, at))
                        .toList();
        if (!records.isEmpty()) {
            gate.offer((_, _, _) -> new PolicyGate.Outcome(List.of(), records));
        }
    }
}
