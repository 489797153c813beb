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
 */
final class Contacts {
    /** Stands where a policy's name stands in other hazards. */
    static final String POLICY = "contact";

    private static final double CLOSED = 0.5;

    private final Map<SensorChannel, ContactMeaning> meanings;
    private final Set<SensorChannel> closed = new HashSet<>();

    Contacts(Map<SensorChannel, ContactMeaning> meanings) {
        this.meanings = Map.copyOf(meanings);
    }

    /** What the readings, in their order, raise and clear. */
    List<Hazard> judge(List<Reading> readings) {
        if (meanings.isEmpty()) {
            return List.of();
        }
        List<Hazard> hazards = new ArrayList<>(0);
        for (Reading reading : readings) {
            SensorChannel channel = reading.channel();
            if (channel.quantity() != Quantity.CONTACT || reading.quality() == Quality.BAD) {
                continue;
            }
            ContactMeaning meaning = meanings.get(channel);
            if (meaning == null) {
                continue;
            }
            boolean isClosed = reading.value() >= CLOSED;
            if (isClosed ? closed.add(channel) : closed.remove(channel)) {
                hazards.add(hazard(meaning, reading, isClosed));
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
