package dev.vigil.policy;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a policy may use. A manifest asks with one, a site gives with one; what counts is the
 * smaller of both, member by member ({@link #min}). Immutable.
 *
 * @param fuelPerReading instructions for each reading of a call of {@code vigil_process}
 * @param fuelPerCall instructions of any call at most: of {@code vigil_process} also where its
 *     readings would allow more
 * @param deadline of any call, as the {@link Watchdog} counts it
 * @param pages of 64 KiB of memory
 * @param hostCallsPerBatch calls of the host in one call of the policy
 * @param stateBytes of the state region at most
 * @param slots channels at most
 * @param capabilities {@code log}, {@code abort}, {@code metric}, {@code lookup:<table>}
 */
public record Grant(
        long fuelPerReading,
        long fuelPerCall,
        Duration deadline,
        int pages,
        int hostCallsPerBatch,
        int stateBytes,
        int slots,
        Set<String> capabilities) {

    /** Granted to every policy, unless a site says otherwise. */
    public static final Set<String> CAPABILITIES = Set.of("log", "abort");

    /** The most any site can give, and what a site gives that says nothing. */
    public static final Grant SITE =
            new Grant(
                    100_000,
                    50_000_000,
                    Duration.ofSeconds(1),
                    ModuleRules.PAGES_MAX,
                    64,
                    GuestAbi.STATE_BYTES_MAX,
                    ModuleRules.SLOTS_MAX,
                    CAPABILITIES);

    public Grant {
        positive("fuelPerReading", fuelPerReading);
        positive("fuelPerCall", fuelPerCall);
        positive("deadlineMs", deadline.toMillis());
        positive("pages", pages);
        notNegative("hostCallsPerBatch", hostCallsPerBatch);
        notNegative("stateBytes", stateBytes);
        positive("slots", slots);
        for (String capability : capabilities) {
            if (!capability.matches("log|abort|metric|lookup:[a-z][a-z0-9_-]{0,31}")) {
                throw new IllegalArgumentException(
                        "capability '%s' does not exist; there are log, abort, metric and lookup:<table>, a table's name being a-z 0-9 _ -, up to 32"
                                .formatted(capability));
            }
        }
        capabilities = Set.copyOf(capabilities);
    }

    private static void positive(String member, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "%s is %d, it is at least 1".formatted(member, value));
        }
    }

    private static void notNegative(String member, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "%s is %d, it is at least 0".formatted(member, value));
        }
    }

    /** What both allow. */
    public Grant min(Grant other) {
        return new Grant(
                Math.min(fuelPerReading, other.fuelPerReading),
                Math.min(fuelPerCall, other.fuelPerCall),
                deadline.compareTo(other.deadline) <= 0 ? deadline : other.deadline,
                Math.min(pages, other.pages),
                Math.min(hostCallsPerBatch, other.hostCallsPerBatch),
                Math.min(stateBytes, other.stateBytes),
                Math.min(slots, other.slots),
                capabilities.stream()
                        .filter(other.capabilities::contains)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** Instructions a call with this many readings may take; a call with none is worth one. */
    long fuel(int readings) {
        int count = Math.max(1, readings);
        return fuelPerReading > fuelPerCall / count ? fuelPerCall : fuelPerReading * count;
    }

    /** The same with these capabilities. */
    public Grant withCapabilities(Set<String> given) {
        return new Grant(
                fuelPerReading,
                fuelPerCall,
                deadline,
                pages,
                hostCallsPerBatch,
                stateBytes,
                slots,
                given);
    }

    boolean may(String capability) {
        return capabilities.contains(capability);
    }
}
