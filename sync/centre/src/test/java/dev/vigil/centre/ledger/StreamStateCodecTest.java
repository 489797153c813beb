package dev.vigil.centre.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StreamStateCodecTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    /** The end of a state: the two counts of copies and of what could not be read. */
    private static final int COUNTS_BYTES = 2 * Long.BYTES;

    @Test
    void readsWhatItHasWritten() {
        StreamState state = state(new NodeNotes(500, "1.2"));
        assertEquals(state, StreamStateCodec.read(StreamStateCodec.write(state)));
    }

    @Test
    void readsAStateThatWasStoredBeforeNodesSaidSomethingOfThemselves() {
        StreamState state = state(NodeNotes.NONE);
        byte[] now = StreamStateCodec.write(state);
        int noteBytes = Long.BYTES + Short.BYTES + NodeNotes.NONE.software().length();
        byte[] before = Arrays.copyOf(now, now.length - noteBytes);
        System.arraycopy(
                now, now.length - COUNTS_BYTES, before, before.length - COUNTS_BYTES, COUNTS_BYTES);
        before[0] = 1;
        assertEquals(state, StreamStateCodec.read(before));
    }

    private static StreamState state(NodeNotes notes) {
        return StreamState.NEW.with(new Sight(NOW, NOW, true, "ntp", notes, 7, 9));
    }
}
