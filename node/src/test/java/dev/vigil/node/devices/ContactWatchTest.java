package dev.vigil.node.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.bus.GpioChip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactWatchTest {
    private static final Instant T0 = Instant.parse("2026-11-23T07:15:02Z");
    private static final long NANO = 5_000_000_000L;
    private static final SensorChannel DOOR = channel("hall/door");
    private static final SensorChannel FLOOD = channel("hall/flood");

    private final FakeChip chip = new FakeChip();
    private final Inbox inbox = new Inbox(8, 1000);
    private final ContactWatch watch =
            new ContactWatch(
                    "fake",
                    List.of(contact(DOOR, "door"), contact(FLOOD, "flood")),
                    chip::open,
                    inbox,
                    () -> NANO);

    private static SensorChannel channel(String id) {
        return new SensorChannel(new SensorId(id), Quantity.CONTACT, "hall");
    }

    private static ContactWatch.Contact contact(SensorChannel channel, String line) {
        return new ContactWatch.Contact(
                channel, new GpioChip.InputLine(line, false, GpioChip.Bias.AS_IS, Duration.ZERO));
    }

    private List<Arrival> arrivals() {
        List<Arrival> arrivals = new ArrayList<>();
        inbox.drain(arrivals, 1000);
        return arrivals;
    }

    private List<Reading> readings() {
        return arrivals().stream()
                .filter(arrival -> arrival instanceof Arrival.Readings)
                .flatMap(arrival -> ((Arrival.Readings) arrival).readings().stream())
                .toList();
    }

    @Test
    void tellsWhatEachContactIsAtTheStartAndEachEdgeWithTheKernelsTime() {
        chip.line("flood").becomes(true, NANO);
        chip.line("flood").becomes(false, NANO);
        watch.turn(T0);
        assertEquals(
                List.of(DOOR, FLOOD, FLOOD), readings().stream().map(Reading::channel).toList());

        chip.line("door").becomes(true, NANO - 300_000);
        assertEquals(1, watch.turn(T0.plusSeconds(1)));
        List<Arrival> arrivals = arrivals();
        Instant seen = T0.plusSeconds(1).minusNanos(300_000);
        assertEquals(
                new Arrival.Readings(
                        List.of(new Reading(DOOR, 1, Quality.GOOD, seen)),
                        seen,
                        Acknowledgement.NONE),
                arrivals.getFirst());
        assertEquals(0, watch.turn(T0.plusSeconds(2)));
    }

    @Test
    void repeatsWhatAContactIsSoThatSilenceIsNoNews() {
        watch.turn(T0);
        readings();
        watch.turn(T0.plus(ContactWatch.REPEAT).minusMillis(1));
        assertEquals(List.of(), readings());
        watch.turn(T0.plus(ContactWatch.REPEAT));
        assertEquals(2, readings().size());
    }

    @Test
    void aClockThatIsSetBackMakesNoWaitLonger() {
        chip.gone = true;
        watch.turn(T0);
        chip.gone = false;
        chip.taken.add("door");
        watch.turn(T0.minusSeconds(3600));
        assertEquals(
                List.of(FLOOD), readings().stream().map(Reading::channel).toList(), "the chip");
        chip.taken.clear();
        watch.turn(T0.minusSeconds(7200));
        assertEquals(
                List.of(DOOR, FLOOD),
                readings().stream().map(Reading::channel).toList(),
                "the line that was in use, and what the other is");
    }

    @Test
    void lostEdgesAreTroubleAndAnUncertainReadingOfWhatTheLineIsNow() {
        watch.turn(T0);
        arrivals();
        chip.line("door").loses(7, true);
        watch.turn(T0.plusSeconds(1));
        List<Arrival> arrivals = arrivals();
        Arrival.Trouble trouble = (Arrival.Trouble) arrivals.getFirst();
        assertEquals("sensor/hall/door", trouble.subject());
        assertTrue(trouble.detail().startsWith("7 edges were lost"), trouble.detail());
        assertEquals(
                List.of(new Reading(DOOR, 1, Quality.UNCERTAIN, T0.plusSeconds(1))),
                ((Arrival.Readings) arrivals.get(1)).readings());
    }

    @Test
    void aChipThatIsNotThereIsTroubleForEachContactAndTriedAgainLessAndLessOften() {
        chip.gone = true;
        Instant now = T0;
        List<String> troubles = new ArrayList<>();
        for (int second = 0; second < 120; second++) {
            watch.turn(now);
            for (Arrival arrival : arrivals()) {
                Arrival.Trouble trouble = (Arrival.Trouble) arrival;
                assertTrue(
                        trouble.detail().contains("no gpio chip has the label 'fake'"),
                        trouble.detail());
                troubles.add(trouble.subject());
            }
            now = now.plusSeconds(1);
        }
        // After 0, 1, 3, 7, 15, 31 s and then each 30 s, for two contacts.
        assertEquals(
                Collections.nCopies(6 + 2, List.of("sensor/hall/door", "sensor/hall/flood"))
                        .stream()
                        .flatMap(List::stream)
                        .toList(),
                troubles);
        chip.gone = false;
        watch.turn(now.plus(ContactWatch.RETRY_MAX));
        assertEquals(
                List.of(DOOR, FLOOD),
                arrivals().stream()
                        .flatMap(arrival -> ((Arrival.Readings) arrival).readings().stream())
                        .map(Reading::channel)
                        .toList());
    }

    @Test
    void aChipThatDisappearsWhileRunningIsClosedAndOpenedAgain() {
        watch.turn(T0);
        arrivals();
        chip.gone = true;
        chip.line("door").failsOnce(dev.vigil.sensor.BusFault.Kind.GONE);
        watch.turn(T0.plusSeconds(1));
        assertEquals(2, arrivals().size());
        assertEquals(chip.opened, chip.closed);
        chip.gone = false;
        watch.turn(T0.plusSeconds(10));
        assertEquals(2, readings().size());
    }

    @Test
    void aLineThatSomebodyElseHasDoesNotKeepTheOthersFromBeingWatched() {
        chip.taken.add("door");
        watch.turn(T0);
        List<Arrival> arrivals = arrivals();
        assertEquals("sensor/hall/door", ((Arrival.Trouble) arrivals.getFirst()).subject());
        assertEquals(FLOOD, ((Arrival.Readings) arrivals.get(1)).readings().getFirst().channel());
        chip.taken.clear();
        watch.turn(T0.plus(ContactWatch.RETRY_MAX));
        assertEquals(2, readings().size());
    }

    @Test
    void whatAFullInboxDidNotTakeIsOfferedAgain() {
        watch.turn(T0);
        arrivals();
        while (inbox.offer(new Arrival.Trouble("filler", "", T0))) {
            // until it is full
        }
        chip.line("door").becomes(true, NANO);
        watch.turn(T0.plusSeconds(1));
        inbox.drain(new ArrayList<>(), 1000);
        watch.turn(T0.plusSeconds(2));
        assertEquals(List.of(new Reading(DOOR, 1, Quality.GOOD, T0.plusSeconds(1))), readings());
    }
}
