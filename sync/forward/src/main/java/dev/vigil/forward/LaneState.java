package dev.vigil.forward;

import java.time.Instant;
import java.util.Optional;

/**
 * One lane at one moment.
 *
 * @param undeliveredRecords durable and not yet acknowledged by the uplink
 * @param undeliveredBytes their share of the bytes on disk
 * @param bytesOnDisk of all volumes, delivered ones kept as history included
 * @param budgetBytes what they may take
 * @param oldestUndeliveredAt time of the first record that waits; empty when nothing waits
 * @param droppedRecords given up since the journal was created (space, damage); each in a loss
 *     record
 * @param appendedRecords made durable since the journal was created
 * @param volumes number of files
 * @param thinnedRecords replaced by their minutes' figures since the journal was opened; each in a
 *     loss record
 * @param writtenBytes to the lane's files since the process began
 */
// CHECKSTYLE OFF: one line of the status page, which is one thing
public record LaneState(
        long undeliveredRecords,
        long undeliveredBytes,
        long bytesOnDisk,
        long budgetBytes,
        Optional<Instant> oldestUndeliveredAt,
        long droppedRecords,
        long appendedRecords,
        int volumes,
        long thinnedRecords,
        long writtenBytes) {}
// CHECKSTYLE ON
