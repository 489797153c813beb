package dev.vigil.forward;

import java.util.Optional;
import java.util.stream.Stream;

/** Two lanes, in order of priority: an alarm overtakes any backlog of history. */
public enum Lane {
    ALARM("alarm"),
    HISTORY("history");

    private final String word;

    Lane(String word) {
        this.word = word;
    }

    /** The lane of a {@link #word}; empty when it is none's. */
    public static Optional<Lane> of(String word) {
        return Stream.of(values()).filter(lane -> lane.word.equals(word)).findFirst();
    }

    /** The word in directory names, stream names and metrics. */
    public String word() {
        return word;
    }
}
