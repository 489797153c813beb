package dev.vigil.sensor;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a comma-separated file (RFC 4180, but a quoted cell ends with its line), read one at
 * a time; {@code .gz} is unpacked on the way. Owned by one thread.
 */
final class CsvFile implements AutoCloseable {
    static final int LINE_CHARACTERS_MAX = 65_536;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int SHORTENED_CHARACTERS = 80;

    private final BufferedReader reader;
    private int line;

    private CsvFile(BufferedReader reader) {
        this.reader = reader;
    }

    static CsvFile open(Path file) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        try {
            if (file.getFileName().toString().endsWith(".gz")) {
                bytes = new GZIPInputStream(bytes);
            }
            return new CsvFile(
                    new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    /** The next line that isn't blank as cells, or null at the end. */
    @Nullable List<String> next() throws IOException {
        String text = readLine();
        while (text != null && text.isBlank()) {
            text = readLine();
        }
        return text == null ? null : cells(text);
    }

    /** Number of the line {@link #next} returned, from 1. */
    int line() {
        return line;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException ignored) {
            // A file that was only read loses nothing when closing it fails.
        }
    }

    static String shortened(String text) {
        return text.length() <= SHORTENED_CHARACTERS
                ? text
                : text.substring(0, SHORTENED_CHARACTERS) + "…";
    }

    static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private @Nullable String readLine() throws IOException {
        StringBuilder text = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        line++;
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (text.length() < LINE_CHARACTERS_MAX) {
                text.append((char) c);
            } else {
                throw new IOException(
                        "line %d has more than %d characters: is this a CSV file?"
                                .formatted(line, LINE_CHARACTERS_MAX));
            }
        }
        if (!text.isEmpty() && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        if (line == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text.deleteCharAt(0); // spreadsheets write one
        }
        return text.toString();
    }

    private static List<String> cells(String text) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
