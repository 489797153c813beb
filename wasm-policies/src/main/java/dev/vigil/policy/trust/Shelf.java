package dev.vigil.policy.trust;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a store has of one policy. Immutable.
 *
 * @param highest counter of the newest version that was ever installed
 * @param armed runs
 * @param previous ran before, and will when the armed one fails
 * @param candidate installed, to be armed
 * @param withdrawn was rolled back from; kept for whoever looks for the reason
 */
public record Shelf(
        long highest,
        Optional<Stored> armed,
        Optional<Stored> previous,
        Optional<Stored> candidate,
        Optional<Stored> withdrawn) {
    /** Of a policy nothing was ever installed of. */
    public static final Shelf EMPTY =
            new Shelf(0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Shelf {
        Stream.of(armed, previous, candidate, withdrawn)
                .flatMap(Optional::stream)
                .forEach(
                        stored -> {
                            if (stored.counter() > highest) {
                                throw new IllegalArgumentException(
                                        "counter %d of %s is above the highest, %d"
                                                .formatted(
                                                        stored.counter(),
                                                        stored.policy(),
                                                        highest));
                            }
                        });
    }

    Shelf installed(Stored fresh) {
        return new Shelf(
                Math.max(highest, fresh.counter()),
                armed,
                previous,
                Optional.of(fresh),
                withdrawn.filter(old -> old.counter() != fresh.counter()));
    }

    Shelf armedCandidate() {
        return new Shelf(
                highest,
                /* armed= */ candidate,
                /* previous= */ armed,
                /* candidate= */ Optional.empty(),
                withdrawn);
    }

    Shelf rolledBack() {
        return new Shelf(
                highest,
                /* armed= */ previous,
                /* previous= */ Optional.empty(),
                candidate,
                /* withdrawn= */ armed);
    }

    /** Every version whose files are kept. */
    public Stream<Stored> versions() {
        return Stream.of(armed, previous, candidate, withdrawn).flatMap(Optional::stream);
    }

    static Shelf read(String policy, Members members) {
        members.only("highest", "armed", "previous", "candidate", "withdrawn");
        return new Shelf(
                members.whole("highest", 1, Statement.COUNTER_MAX),
                version(policy, members, "armed"),
                version(policy, members, "previous"),
                version(policy, members, "candidate"),
                version(policy, members, "withdrawn"));
    }

    private static Optional<Stored> version(String policy, Members members, String place) {
        return members.has(place)
                ? Optional.of(Stored.read(policy, members.object(place)))
                : Optional.empty();
    }

    Map<String, Object> members() {
        var members = new LinkedHashMap<String, Object>();
        members.put("highest", highest);
        armed.ifPresent(stored -> members.put("armed", stored.members()));
        previous.ifPresent(stored -> members.put("previous", stored.members()));
        candidate.ifPresent(stored -> members.put("candidate", stored.members()));
        withdrawn.ifPresent(stored -> members.put("withdrawn", stored.members()));
        return members;
    }
}
