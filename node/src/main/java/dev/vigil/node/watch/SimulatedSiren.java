package dev.vigil.node.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A siren that writes a line when it starts and when it stops, {@code 2026-11-23T07:15:02.120331Z
 * ON kitchen-…}: the time is the clock's at the moment of writing, so that it can be compared with
 * when a reading was published. Owned by the pipeline's thread.
 */
public final class SimulatedSiren implements Output {
    private final String id;
    private final FileChannel file;
    private final InstantSource clock;

    private SimulatedSiren(String id, FileChannel file, InstantSource clock) {
        this.id = id;
        this.file = file;
        this.clock = clock;
    }

    /** Appends to {@code file}, which is made when missing. */
    public static SimulatedSiren open(String id, Path file, InstantSource clock)
            throws IOException {
        return new SimulatedSiren(
                id,
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND),
                clock);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void set(boolean on, Instant now, String why) throws OutputFault {
        String line = clock.instant() + (on ? " ON " : " OFF ") + why + "\n";
        try {
            file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputFault(
                    "siren %s could not be switched %s: %s"
                            .formatted(id, on ? "on" : "off", e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException _) {
            // Nothing hangs on it: every line was written when it happened.
        }
    }
}
