package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;

/** An SPI bus that follows a script; {@link #done} says whether all of it was played. */
public final class ScriptedSpiBus implements SpiBus {
    private final ScriptPlayer player;

    public ScriptedSpiBus(Script script) {
        this.player = new ScriptPlayer("spi-script", script);
    }

    @Override
    public String name() {
        return "spi-script";
    }

    @Override
    public byte[] transfer(byte[] write) throws BusFault {
        return player.play(Script.spi(write));
    }

    /** Fails when the driver made fewer transactions than the script has. */
    public void done() {
        player.done();
    }

    @Override
    public void close() {}
}
