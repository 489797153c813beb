package dev.vigil.sensor.bus;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.BusFault;
import java.time.Duration;

/** A serial port that follows a script; {@link #done} says whether all of it was played. */
public final class ScriptedSerialPort implements SerialPort {
    private final ScriptPlayer player;

    public ScriptedSerialPort(Script script) {
        this.player = new ScriptPlayer("serial-script", script);
    }

    @Override
    public String name() {
        return "serial-script";
    }

    @Override
    public byte[] read(int lengthMax, Duration wait) throws BusFault {
        byte[] arrived = player.play("read");
        assertTrue(
                arrived.length <= lengthMax,
                () ->
                        "the script has %d bytes, asked for at most %d"
                                .formatted(arrived.length, lengthMax));
        return arrived;
    }

    @Override
    public void write(byte[] bytes) throws BusFault {
        player.play(Script.serialWrite(bytes));
    }

    @Override
    public void discardInput() throws BusFault {
        player.play("discard");
    }

    /** Fails when the driver made fewer calls than the script has. */
    public void done() {
        player.done();
    }

    @Override
    public void close() {}
}
