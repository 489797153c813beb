package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCutterTest {
    private static final StreamId STREAM = new StreamId("gw", "0123456789abcdef", Lane.HISTORY);

    private static final ClockReading CLOCK =
            new ClockReading(
                    new UUID(1, 2), Duration.ofSeconds(9), Samples.START, ClockQuality.NTP);

    private final BlockCutter cutter = new BlockCutter();
    private final BlockCodec codec = new BlockCodec();

    @AfterEach
    void close() {
        cutter.close();
        codec.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void thePiecesAreTheWholeUnderTheSameSequences(long seed) {
        var random = new Random(seed);
        List<SenmlRecord> records =
                Samples.readings(random, Samples.START, 1 + random.nextInt(10_000));
        long first = 1L + random.nextInt(1_000_000);
        Block whole = block(first, records);
        long after = first - 1 + random.nextInt(records.size());

        List<Block> pieces = cutter.cut(whole, after, 1_000 + random.nextInt(8_000));

        long next = after + 1;
        List<SenmlRecord> joined = new ArrayList<>();
        for (Block piece : pieces) {
            assertEquals(next, piece.firstSequence());
            assertEquals(STREAM, piece.stream());
            assertEquals(CLOCK, piece.clock());
            List<SenmlRecord> decoded = BlockCodec.decode(piece);
            assertEquals(decoded.getFirst().at(), piece.firstAt());
            assertEquals(decoded.getLast().at(), piece.lastAt());
            joined.addAll(decoded);
            next = piece.lastSequence() + 1;
        }
        assertEquals(whole.lastSequence() + 1, next);
        assertEquals(records.subList((int) (after - first + 1), records.size()), joined);
    }

    @Test
    void aPieceIsAboutAsSmallAsAskedFor() {
        Block whole = block(1, Samples.readings(new Random(1), Samples.START, 10_000));
        List<Block> pieces = cutter.cut(whole, 0, 4_000);
        assertTrue(pieces.size() > 2, "pieces: " + pieces.size());
        for (Block piece : pieces) {
            assertTrue(piece.body().length < 5_000, "bytes: " + piece.body().length);
        }
    }

    @Test
    void whatIsSmallEnoughOrCannotBeReadStaysAsItIs() {
        Block small = block(1, Samples.readings(new Random(1), Samples.START, 10));
        assertSame(small, cutter.cut(small, 0, 4_000).getFirst());
        Block broken =
                new Block(
                        STREAM,
                        1,
                        10,
                        Samples.START,
                        Samples.START,
                        BlockCodec.CODEC,
                        new byte[5_000]);
        assertEquals(List.of(broken), cutter.cut(broken, 0, 4_000));
    }

    private Block block(long first, List<SenmlRecord> records) {
        return new Block(
                STREAM,
                first,
                records.size(),
                records.getFirst().at(),
                records.getLast().at(),
                BlockCodec.CODEC,
                codec.encode(STREAM.node(), records),
                CLOCK);
    }
}
