package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.policy.PolicySnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/**
 * A call of a policy that the clock ended, which no other run of the same readings would: after
 * {@code kill -9} the node comes to the same state, byte for byte, from a snapshot of before and
 * the journal since.
 */
class EndedByTheClockIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** A call with so many readings may compute for much longer than the clock allows. */
    private static final int READINGS = 1000;

    /** Makes fixture stalls.wat compute without end, but not in a replay. */
    private static final int STALLS = 13;

    private static final String MANIFEST =
            """
            {"abi":1,"id":"stalls","version":"1","stateVersion":1,"columns":["val"],
            "quantities":["temperature"],"hazards":{},"settings":[],
            "budget":{"pages":2,"slots":8,"fuelPerReading":100000,"fuelPerCall":50000000,"deadlineMs":20}}
            """;

    private final Workplace place = Workplace.fresh("ended-by-the-clock");
    private final Instant begin = InstantSource.system().instant().minusSeconds(60);
    private long sent;

    /** What stalls.wat keeps: all it has judged. */
    private record State(long readings, double sum, long gaps) {
        static State of(PolicySnapshot snapshot) {
            ByteBuffer state = ByteBuffer.wrap(snapshot.state()).order(ByteOrder.LITTLE_ENDIAN);
            return new State(state.getLong(), state.getDouble(), state.getLong());
        }
    }

    @Test
    void aReplayComesToTheSameStateThoughNoClockEndsItsCalls() throws Exception {
        Files.write(place.file("stalls.wasm"), Bundles.module("stalls", MANIFEST));
        TrialSite site =
                new TrialSite.Plan("clock")
                        .topic("room")
                        .sensor("room/temperature", "temperature", "room")
                        .policyFileOn("stalls", place.file("stalls.wasm"), "room/temperature")
                        .write(place);
        byte[] before;
        PolicySnapshot live;
        try (NodeProcess node = start(site);
                PahoSender room = PahoSender.connect(site.mqttPort(), "room", BOUND)) {
            send(room, 20, 300);
            before = Files.readAllBytes(snapshot(site, node));
            send(room, 21, 200);
            send(room, STALLS, READINGS);
            send(room, 22, 50);
            live = PolicyStates.read(snapshot(site, node));
            node.kill();
        }
        List<String> gaps =
                PolicyStates.alarms(site).stream()
                        .filter(text -> text.startsWith("policy-gap/stalls "))
                        .toList();
        String gap = gaps.getFirst();
        long first = number(gap, "first");
        long last = number(gap, "last");
        assertEquals(1, gaps.size(), gaps::toString);
        assertTrue(gap.contains("\"failure\":\"DEADLINE\""), gap);
        assertEquals(sent - 50, last, "the readings of the call that was ended are missing");
        assertTrue(first <= last - READINGS + 1, gap);
        assertTrue(first > 300, "what is in a snapshot does not go missing: " + gap);
        // With them went those at 21 degrees that were judged since the state was saved.
        long alsoMissing = last - first + 1 - READINGS;
        State expected =
                new State(
                        sent - READINGS - alsoMissing,
                        300 * 20 + (200 - alsoMissing) * 21 + 50 * 22,
                        1);
        assertEquals(expected, State.of(live));

        for (Path file : PolicyStates.files(site, "stalls")) {
            Files.delete(file);
        }
        Files.write(site.journal().resolve("policy-state/stalls.a.state"), before);
        try (NodeProcess node = start(site)) {
            assertTrue(
                    node.log().contains("with its state as of record 300, with 1250 readings"),
                    node::log);
            node.stop();
        }
        PolicySnapshot replayed = PolicyStates.newest(site, "stalls");
        assertEquals(live.lastSequence(), replayed.lastSequence());
        assertArrayEquals(live.state(), replayed.state(), () -> State.of(replayed).toString());
        assertEquals(live.slots(), replayed.slots());
        assertFalse(live.gap() || replayed.gap());
    }

    /** One message with so many readings of the same value. */
    private void send(PahoSender room, int value, int count) {
        StringJoiner pack = new StringJoiner(",", "[", "]");
        for (int i = 0; i < count; i++) {
            pack.add(
                    String.format(
                            Locale.ROOT,
                            "{\"n\":\"room/temperature\",\"u\":\"Cel\",\"t\":%.3f,\"v\":%d}",
                            begin.getEpochSecond() + 0.001 * sent++,
                            value));
        }
        room.publish("room", pack.toString(), () -> {});
        assertTrue(room.awaitAcknowledgements(BOUND));
    }

    /** The newest one when it holds all that was sent. */
    private Path snapshot(TrialSite site, NodeProcess node) throws IOException {
        Waiting.require(
                BOUND,
                () -> {
                    try {
                        return !PolicyStates.files(site, "stalls").isEmpty()
                                && PolicyStates.newest(site, "stalls").lastSequence() == sent;
                    } catch (IOException | IllegalArgumentException e) {
                        return false; // is being written
                    }
                },
                () -> "no snapshot: " + node.logTail(20));
        return PolicyStates.files(site, "stalls").getFirst();
    }

    private static long number(String record, String member) {
        return Long.parseLong(record.replaceAll(".*\"%s\":(\\d+).*".formatted(member), "$1"));
    }

    private NodeProcess start(TrialSite site) {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }
}
