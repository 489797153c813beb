package dev.vigil.policy;

import dev.vigil.sensor.SensorChannel;
import java.util.List;
import java.util.Optional;

/**
 * A policy's state at one moment, with all that says to what it belongs. Immutable: nobody writes
 * into {@code state}.
 *
 * @param stream the stream {@code lastSequence} counts in; another one is another history
 * @param lastSequence of the last reading that is in the state
 * @param nowMillis logical time of the state
 * @param tickedMillis when the policy was last told the time; {@link Long#MIN_VALUE}: never
 * @param gap the next readings do not follow those in the state: the policy is to be told so
 * @param slots the channels, by slot, with how far each one's time has come
 * @param raised hazards that are raised in this state, the built-in rule's among them
 */
// CHECKSTYLE OFF: the fields of one file
@SuppressWarnings("ArrayRecordComponent") // never compared; states are big
public record PolicySnapshot(
        Owner owner,
        String stream,
        long lastSequence,
        long nowMillis,
        long tickedMillis,
        boolean gap,
        List<Slot> slots,
        byte[] state,
        List<Hazard> raised) {
    // CHECKSTYLE ON
    public static final int ABI = 1;

    /**
     * Whose state it is.
     *
     * @param sha256 of the module, hexadecimal
     * @param configuration SHA-256 of its settings, hexadecimal
     */
    public record Owner(
            String policy, String sha256, int abi, int stateVersion, String configuration) {
        /** Why a state of this one is none of the armed one's; empty when it is. */
        Optional<String> differsFrom(Owner armed) {
            if (equals(armed)) {
                return Optional.empty();
            }
            if (!policy.equals(armed.policy)) {
                return Optional.of(
                        "it is of policy %s, armed is %s".formatted(policy, armed.policy));
            }
            if (!sha256.equals(armed.sha256)) {
                return Optional.of(
                        "it is of another version of the policy, whose module has the SHA-256 %s; that of what is armed is %s"
                                .formatted(sha256, armed.sha256));
            }
            if (!configuration.equals(armed.configuration)) {
                return Optional.of(
                        "it was made with other settings, whose SHA-256 is %s; that of those armed is %s"
                                .formatted(configuration, armed.configuration));
            }
            return Optional.of(
                    "it has ABI %d and state version %d, armed is ABI %d and state version %d"
                            .formatted(abi, stateVersion, armed.abi, armed.stateVersion));
        }
    }

    /** A channel and its {@link ChannelClock}. */
    public record Slot(SensorChannel channel, long lastMillis, long offsetMillis) {}

    public PolicySnapshot {
        slots = List.copyOf(slots);
        raised = List.copyOf(raised);
    }

    List<SensorChannel> channels() {
        return slots.stream().map(Slot::channel).toList();
    }
}
