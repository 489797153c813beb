package dev.vigil.sensor.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.vigil.sensor.BusFault;

/** Plays a {@link Script}, call by call. Owned by one thread. */
final class ScriptPlayer {
    private final String bus;
    private final Script script;
    private int next;

    ScriptPlayer(String bus, Script script) {
        this.bus = bus;
        this.script = script;
    }

    /**
     * The driver made this call.
     *
     * @return the answer
     * @throws AssertionError when the script has another one here
     */
    byte[] play(String what) throws BusFault {
        if (next >= script.size()) {
            fail("%s: %s, but the script is over".formatted(bus, what));
        }
        Script.Call call = script.calls().get(next);
        assertEquals(call.what(), what, () -> "%s: transaction %d".formatted(bus, next));
        next++;
        if (call.fault().isPresent()) {
            throw new BusFault(
                    call.fault().get(),
                    "%s: %s: %s, as the script says".formatted(bus, what, call.fault().get()));
        }
        return Script.bytes(call.answer());
    }

    /**
     * Nothing may be left.
     *
     * @throws AssertionError when the driver made fewer calls than the script has
     */
    void done() {
        assertEquals(script.size(), next, () -> bus + ": so many transactions were made");
    }
}
