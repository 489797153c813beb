package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.Block;
import dev.vigil.forward.Lane;
import dev.vigil.forward.StreamId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamAuditTest {
    private final StreamAudit audit = new StreamAudit();

    @Test
    void countsBlocksInAnyOrderAndFindsWhatIsMissing() {
        assertTrue(audit.observe(block(11, 5, "c")));
        assertTrue(audit.observe(block(1, 3, "a")));
        assertEquals(List.of(new StreamAudit.Range(4, 10)), audit.gaps());

        assertTrue(audit.observe(block(4, 7, "b")));

        assertEquals(List.of(), audit.gaps());
        assertEquals(15, audit.records());
        assertEquals(15, audit.highestSequence());
    }

    @Test
    void missesTheBeginning() {
        audit.observe(block(3, 1, "a"));

        assertEquals(List.of(new StreamAudit.Range(1, 2)), audit.gaps());
    }

    @Test
    void aGapTheNodeReportsIsNoGapNobodyKnowsOf() {
        audit.observe(block(1, 3, "a"));
        audit.observe(block(20, 3, "b"));

        audit.reportLoss(new StreamAudit.Range(6, 15));

        assertEquals(List.of(new StreamAudit.Range(4, 19)), audit.gaps());
        assertEquals(
                List.of(new StreamAudit.Range(4, 5), new StreamAudit.Range(16, 19)),
                audit.gapsNotReported());

        audit.reportLoss(new StreamAudit.Range(1, 100));

        assertEquals(List.of(), audit.gapsNotReported());
    }

    @Test
    void aCopyIsCountedButNotNew() {
        audit.observe(block(1, 3, "a"));

        assertFalse(audit.observe(block(1, 3, "a")));

        assertEquals(1, audit.copies());
        assertEquals(3, audit.records());
        assertEquals(List.of(), audit.conflicts());
    }

    @Test
    void theSameSequenceWithOtherBytesIsAConflict() {
        audit.observe(block(1, 3, "a"));

        assertFalse(audit.observe(block(1, 3, "b")));

        assertEquals(1, audit.conflicts().size());
    }

    @Test
    void sharingSequencesWithAnotherBlockIsAConflict() {
        audit.observe(block(1, 3, "a"));
        audit.observe(block(10, 3, "b"));

        assertFalse(audit.observe(block(3, 2, "c")));
        assertFalse(audit.observe(block(8, 3, "d")));

        assertEquals(2, audit.conflicts().size());
    }

    private static Block block(long firstSequence, int recordCount, String body) {
        return new Block(
                new StreamId("node-1", "00112233445566aa", Lane.HISTORY),
                firstSequence,
                recordCount,
                Instant.EPOCH,
                Instant.EPOCH,
                "senml+cbor;zstd",
                body.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
