package dev.vigil.forward;

/** Two lanes, in order of priority: an alarm overtakes any backlog of history. */
public enum Lane {
    ALARM("alarm"),
    HISTORY("history");

    private final String word;

    Lane(String word) {
        this.word = word;
    }

    /** The word in directory names, stream names and metrics. */
    public String word() {
        return word;
    }
}
