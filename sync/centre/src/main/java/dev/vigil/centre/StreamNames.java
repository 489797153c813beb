package dev.vigil.centre;

import dev.vigil.forward.Lane;
import dev.vigil.forward.StreamId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Streams as they are written in keys: {@code node/incarnation/lane}. Stateless. */
public final class StreamNames {
    /** Nodes as the journal allows them, and short: a name is part of topics and of many keys. */
    private static final Pattern NAME =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,99})/([0-9a-f]{1,32})/([a-z]+)");

    private StreamNames() {}

    /** Empty when it is none. */
    public static Optional<StreamId> parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Lane.of(parts.group(3))
                .map(lane -> new StreamId(parts.group(1), parts.group(2), lane));
    }
}
