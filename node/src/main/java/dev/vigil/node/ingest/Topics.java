package dev.vigil.node.ingest;

/** What is a topic name (MQTT 4.7); pure functions. */
final class Topics {
    private Topics() {}

    /**
     * At least one character, no wildcard, no NUL; and no replacement character, which stands for
     * bytes that were not UTF-8.
     */
    static boolean isTopic(String topic) {
        return !topic.isEmpty()
                && topic.indexOf('+') < 0
                && topic.indexOf('#') < 0
                && topic.indexOf('\0') < 0
                && topic.indexOf('\uFFFD') < 0;
    }
}
