package dev.vigil.node.watch;

import dev.vigil.policy.Hazard;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contacts that mean a hazard by themselves: a call point that is pulled needs no policy to judge
 * it. A hazard is raised when the contact closes and cleared when it opens; a bad reading changes
 * nothing. Owned by the pipeline's thread.
 *
 * <p>A contact that is closed already when it is read first may be the cause of an alarm of before
 * the restart, which somebody has acknowledged: it is raised when it is known which alarms there
 * were. One that closes later is raised at once.
 */
final class Contacts {
    /** Stands where a policy's name stands in other hazards. */
    static final String POLICY = "contact";

    private static final double CLOSED = 0.5;

    private final Map<SensorChannel, ContactMeaning> meanings;
    private final Set<SensorChannel> closed = new HashSet<>();
    private final Set<SensorChannel> known = new HashSet<>();
    private final List<Hazard> closedAtStart = new ArrayList<>(0);

    /** What a contact's reading says. */
    static boolean isClosed(Reading reading) {
        return reading.value() >= CLOSED;
    }

    Contacts(Map<SensorChannel, ContactMeaning> meanings) {
        this.meanings = Map.copyOf(meanings);
    }

    /**
     * What the readings, in their order, raise and clear.
     *
     * @param settled the alarms of before the restart are known, or nobody waits for them any more
     */
    List<Hazard> judge(List<Reading> readings, boolean settled) {
        if (meanings.isEmpty()) {
            return List.of();
        }
        List<Hazard> hazards = new ArrayList<>(0);
        if (settled) {
            closedAtStart.stream()
                    .filter(hazard -> closed.contains(hazard.channel()))
                    .forEach(hazards::add);
            closedAtStart.clear();
        }
        for (Reading reading : readings) {
            SensorChannel channel = reading.channel();
            if (channel.quantity() != Quantity.CONTACT || reading.quality() == Quality.BAD) {
                continue;
            }
            ContactMeaning meaning = meanings.get(channel);
            if (meaning == null) {
                continue;
            }
            boolean isClosed = isClosed(reading);
            boolean first = known.add(channel);
            if (isClosed ? closed.add(channel) : closed.remove(channel)) {
                (first && !settled ? closedAtStart : hazards)
                        .add(hazard(meaning, reading, isClosed));
            }
        }
        return hazards;
    }

    private static Hazard hazard(ContactMeaning meaning, Reading reading, boolean isClosed) {
        return new Hazard(
                POLICY,
                reading.channel(),
                isClosed ? Hazard.Change.RAISE : Hazard.Change.CLEAR,
                meaning.name(),
                isClosed ? meaning.severity() : 0,
                reading.quality(),
                reading.value(),
                reading.value(),
                1,
                reading.at());
    }
}
