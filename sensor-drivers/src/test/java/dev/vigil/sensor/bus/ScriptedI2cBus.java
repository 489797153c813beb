package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;

/** An I2C bus that follows a script; {@link #done} says whether all of it was played. */
public final class ScriptedI2cBus implements I2cBus {
    private final ScriptPlayer player;

    public ScriptedI2cBus(Script script) {
        this.player = new ScriptPlayer("i2c-script", script);
    }

    @Override
    public String name() {
        return "i2c-script";
    }

    @Override
    public byte[] transfer(int address, byte[] write, int readLength) throws BusFault {
        return player.play(Script.i2c(address, write, readLength));
    }

    /** Fails when the driver made fewer transactions than the script has. */
    public void done() {
        player.done();
    }

    @Override
    public void close() {}
}
