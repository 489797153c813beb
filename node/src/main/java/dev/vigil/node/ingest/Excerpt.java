package dev.vigil.node.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** What a sender wrote, cut and cleaned so that it can stand in a log line and on a page. */
final class Excerpt {
    private static final int LENGTH_MAX = 64;
    private static final int MESSAGE_LENGTH_MAX = 160;

    private Excerpt() {}

    static String of(String text) {
        return cut(text, LENGTH_MAX);
    }

    /** What a parser says, without the place in the source, which is no file. */
    static String of(IOException e) {
        String message =
                e instanceof JsonProcessingException parse
                        ? parse.getOriginalMessage()
                        : e.getMessage();
        return cut(message == null ? e.getClass().getSimpleName() : message, MESSAGE_LENGTH_MAX);
    }

    private static String cut(String text, int max) {
        int end = Math.min(text.length(), max);
        StringBuilder clean = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? '.' : c);
        }
        return end < text.length() ? clean.append('…').toString() : clean.toString();
    }
}
