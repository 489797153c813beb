package dev.vigil.sensor.bus;

import dev.vigil.sensor.BusFault;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A kernel device that follows a script of {@link #read}s; {@link #done} says whether all of it was
 * played. {@link #attributes} is no transaction: it lists the files the script names.
 */
public final class ScriptedKernelDevice implements KernelDevice {
    private final String name;
    private final Script script;
    private final ScriptPlayer player;

    public ScriptedKernelDevice(String name, Script script) {
        this.name = name;
        this.script = script;
        this.player = new ScriptPlayer(name, script);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> attributes() {
        return script.calls().stream()
                .map(call -> call.what().replaceFirst("^attribute ", ""))
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public String read(String attribute) throws BusFault {
        return new String(player.play(Script.attribute(attribute)), StandardCharsets.UTF_8);
    }

    /** Fails when the driver made fewer calls than the script has. */
    public void done() {
        player.done();
    }
}
