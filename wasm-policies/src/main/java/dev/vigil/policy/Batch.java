package dev.vigil.policy;

import dev.vigil.sensor.Reading;
import java.time.Instant;
import java.util.List;

/**
 * What policies judge in one go: consecutive readings of the node.
 *
 * @param now logical time of the batch: never earlier than that of the batch before
 * @param firstSequence number of the first reading in the node's HISTORY stream; the others follow
 *     without gaps
 */
public record Batch(Instant now, long firstSequence, List<Reading> readings) {}
