package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A kernel device with a buffer that follows a script: its layout is what {@link #start} answers,
 * as {@code name index type} in lines.
 */
public final class ScriptedSampledDevice implements SampledDevice {
    private final ScriptPlayer player;
    private final List<String> attributes;

    /**
     * @param attributes the files it has
     */
    public ScriptedSampledDevice(Script script, List<String> attributes) {
        this.player = new ScriptPlayer("scan-script", script);
        this.attributes = attributes;
    }

    @Override
    public String name() {
        return "scan-script";
    }

    @Override
    public List<String> attributes() {
        return attributes;
    }

    @Override
    public String read(String attribute) throws BusFault {
        return new String(player.play(Script.attribute(attribute)), StandardCharsets.UTF_8);
    }

    @Override
    public ScanLayout start(List<String> channels) throws BusFault {
        String answer = new String(player.play("start"), StandardCharsets.UTF_8);
        return ScanLayout.of(
                answer.lines()
                        .map(line -> line.split(" ", -1))
                        .map(
                                words ->
                                        new ScanLayout.Channel(
                                                words[0],
                                                Integer.parseInt(words[1]),
                                                ScanType.of(words[2])))
                        .toList());
    }

    @Override
    public ByteBuffer scans() throws BusFault {
        return ByteBuffer.wrap(player.play("scans"));
    }

    /** Fails when the driver made fewer calls than the script has. */
    public void done() {
        player.done();
    }

    @Override
    public void close() {}
}
