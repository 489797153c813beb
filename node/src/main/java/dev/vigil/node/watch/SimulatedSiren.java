package dev.vigil.node.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A siren that writes a line when it starts and when it stops, {@code 2026-11-23T07:15:02.120331Z
 * ON kitchen-…}: the time is the clock's at the moment of writing, so that it can be compared with
 * when a reading was published. Owned by the pipeline's thread.
 */
public final class SimulatedSiren implements Output {
    private final String id;
    private final Path path;
    private final InstantSource clock;
    private @Nullable FileChannel file;

    /** Appends to {@code path}, which is made when missing, with the directories above it. */
    public SimulatedSiren(String id, Path path, InstantSource clock) {
        this.id = id;
        this.path = path;
        this.clock = clock;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void prepare() throws OutputFault {
        open();
    }

    private FileChannel open() throws OutputFault {
        FileChannel opened = file;
        if (opened != null) {
            return opened;
        }
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            opened =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.APPEND);
            file = opened;
            return opened;
        } catch (IOException e) {
            throw new OutputFault("siren %s can't write to %s: %s".formatted(id, path, e), e);
        }
    }

    @Override
    public void set(boolean on, Instant now, String why) throws OutputFault {
        String line = clock.instant() + (on ? " ON " : " OFF ") + why + "\n";
        FileChannel opened = open();
        try {
            opened.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new OutputFault(
                    "siren %s could not be switched %s: %s"
                            .formatted(id, on ? "on" : "off", e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        FileChannel opened = file;
        if (opened == null) {
            return;
        }
        try {
            opened.close();
        } catch (IOException _) {
            // Nothing hangs on it: every line was written when it happened.
        }
    }
}
