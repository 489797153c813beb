package dev.vigil.node.site;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which GPIO line of a site.yaml is whose: a line has one user, but for pulses, which several
 * sensors may count. Owned by the thread that reads the file.
 */
final class LineOwners {
    /** How the boards of the Raspberry Pi name their lines; the number is the line's. */
    private static final Pattern BOARD_NAME = Pattern.compile("GPIO([0-9]+)");

    private record Owner(String name, boolean counts) {}

    private final Map<String, Owner> owners = new HashMap<>();

    /**
     * Asks for the line that {@code map} names under {@code gpio} and {@code line}.
     *
     * @param owner {@code sensor hall/door}
     * @param counts it counts pulses
     */
    void take(YamlMap map, String owner, boolean counts) {
        String chip = map.text("gpio", "");
        String line = map.text("line", "");
        if (chip.isEmpty() || line.isEmpty()) {
            return; // another mistake
        }
        Matcher named = BOARD_NAME.matcher(line);
        String number = chip.startsWith("pinctrl-") && named.matches() ? named.group(1) : line;
        Owner first = owners.putIfAbsent(chip + " " + number, new Owner(owner, counts));
        if (first != null && !(first.counts && counts)) {
            map.mistake("gpio", "line %s of '%s' is taken by %s".formatted(line, chip, first.name));
        }
    }
}
