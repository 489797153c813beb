package dev.vigil.forward;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers as lines {@code name=value} in a skippable frame (RFC 8878, section 3.1.2) before a
 * block's body: a zstd decompressor passes over it. Stateless.
 */
final class HeaderFrame {
    /** Magic and length. */
    static final int HEAD_BYTES = 8;

    private static final int MAGIC = 0x184D2A50;
    private static final int TEXT_BYTES_MAX = 4096;

    private HeaderFrame() {}

    /** The frame with all of the headers, then the body. */
    static byte[] before(Map<String, String> headers, byte[] body) {
        var lines = new StringBuilder();
        headers.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
        byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_BYTES + text.length + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(text.length)
                .put(text)
                .put(body)
                .array();
    }

    /**
     * How long the text is that follows {@link #HEAD_BYTES}.
     *
     * @param where for messages: {@code message of 9 bytes on a/b}
     * @param atMost of what follows
     * @throws MalformedBlock it is no such frame
     */
    static int textBytes(String where, byte[] payload, int atMost) {
        ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < HEAD_BYTES || in.getInt() != MAGIC) {
            throw new MalformedBlock(
                    "%s: does not begin with a skippable zstd frame".formatted(where));
        }
        int length = in.getInt();
        if (length < 0 || length > Math.min(TEXT_BYTES_MAX, atMost)) {
            throw new MalformedBlock("%s: headers of %d bytes".formatted(where, length));
        }
        return length;
    }

    /**
     * The headers that {@code text} says.
     *
     * @throws MalformedBlock a line is none
     */
    static Map<String, String> headers(String where, String text) {
        var headers = new LinkedHashMap<String, String>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                headers.put(line.substring(0, equals), line.substring(equals + 1));
            } else if (!line.isEmpty()) {
                throw new MalformedBlock("%s: header '%s'".formatted(where, line));
            }
        }
        return headers;
    }
}
