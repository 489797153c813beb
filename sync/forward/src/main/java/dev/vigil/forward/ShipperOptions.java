package dev.vigil.forward;

import java.time.Duration;

/**
 * Bounds of a shipper.
 *
 * @param windowBlocks in flight at most, both lanes together
 * @param windowBytes bodies in flight at most, which is also what the shipper keeps in memory; a
 *     single block may be larger
 * @param alarmBlocks of those reserved for ALARM
 * @param alarmBytes of those reserved for ALARM
 * @param backoffFirst pause after a first failure
 * @param backoffMax longest pause
 * @param software version of the node's, for the centre
 */
public record ShipperOptions(
        int windowBlocks,
        long windowBytes,
        int alarmBlocks,
        long alarmBytes,
        Duration backoffFirst,
        Duration backoffMax,
        String software) {
    public ShipperOptions {
        if (alarmBlocks < 1 || windowBlocks <= alarmBlocks) {
            throw new IllegalArgumentException(
                    "shipper window of %d blocks, %d for alarms: at least one for each lane"
                            .formatted(windowBlocks, alarmBlocks));
        }
        if (alarmBytes < 1 || windowBytes <= alarmBytes) {
            throw new IllegalArgumentException(
                    "shipper window of %d bytes, %d for alarms: some for each lane"
                            .formatted(windowBytes, alarmBytes));
        }
    }

    /** These, for a node of that version. */
    public ShipperOptions of(String version) {
        return new ShipperOptions(
                windowBlocks,
                windowBytes,
                alarmBlocks,
                alarmBytes,
                backoffFirst,
                backoffMax,
                version);
    }

    /** 64 blocks and 4 MiB, a quarter of them for ALARM; pauses from 0.25 to 5 seconds. */
    public static ShipperOptions defaults() {
        return new ShipperOptions(
                64,
                4 * 1024 * 1024,
                16,
                1024 * 1024,
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                Waybill.UNKNOWN);
    }
}
