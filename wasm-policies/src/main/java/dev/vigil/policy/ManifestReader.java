package dev.vigil.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.vigil.sensor.Quantity;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the JSON of a manifest section. Stateless. Members it does not know are ignored, so that a
 * newer policy loads.
 */
final class ManifestReader {
    private static final int BYTES_MAX = 32 * 1024;
    private static final int DEPTH_MAX = 8;
    private static final int TICK_MILLIS_MAX = 3_600_000;
    private static final int FUEL_PER_READING = 20_000;
    private static final int FUEL_PER_CALL = 5_000_000;

    private ManifestReader() {}

    /**
     * @throws IllegalArgumentException naming the member, its value and the rule
     */
    static Manifest read(byte[] json) {
        if (json.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "manifest has %d bytes, allowed are %d".formatted(json.length, BYTES_MAX));
        }
        Map<?, ?> root = object(parse(json), "manifest");
        int abi = integer(root, "abi", 1, Integer.MAX_VALUE);
        if (abi != 1) {
            throw new IllegalArgumentException(
                    "manifest: abi is %d, this node knows 1".formatted(abi));
        }
        Map<Integer, String> lookups = names(root, "lookups");
        return new Manifest(
                text(root, "id"),
                text(root, "version"),
                integer(root, "stateVersion", 0, Integer.MAX_VALUE),
                columns(root),
                quantities(root),
                hazards(root),
                settings(root),
                budget(root, lookups),
                root.containsKey("tickMs") ? integer(root, "tickMs", 1, TICK_MILLIS_MAX) : 0,
                names(root, "metrics"),
                lookups);
    }

    /**
     * What the manifest leaves out: instructions that suit a policy of a few hundred channels, and
     * of the rest what a site gives that says nothing.
     */
    private static Grant budget(Map<?, ?> root, Map<Integer, String> lookups) {
        Map<?, ?> budget = object(need(root, "budget"), "budget");
        Grant site = Grant.SITE;
        Set<String> capabilities = new HashSet<>(Grant.CAPABILITIES);
        if (root.containsKey("capabilities")) {
            array(root, "capabilities").forEach(c -> capabilities.add(String.valueOf(c)));
        }
        for (String table : lookups.values()) {
            if (!capabilities.contains("lookup:" + table)) {
                throw new IllegalArgumentException(
                        "manifest: lookups names table '%s', capabilities has no 'lookup:%s'"
                                .formatted(table, table));
            }
        }
        try {
            return new Grant(
                    standard(budget, "fuelPerReading", FUEL_PER_READING),
                    standard(budget, "fuelPerCall", FUEL_PER_CALL),
                    Duration.ofMillis(standard(budget, "deadlineMs", site.deadline().toMillis())),
                    integer(budget, "pages", 1, ModuleRules.PAGES_MAX),
                    (int) standard(budget, "hostCallsPerBatch", site.hostCallsPerBatch()),
                    (int) standard(budget, "stateBytes", site.stateBytes()),
                    integer(budget, "slots", 1, ModuleRules.SLOTS_MAX),
                    capabilities);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "manifest: %s"
                            .formatted(String.valueOf(e.getMessage()).replace("manifest: ", "")),
                    e);
        }
    }

    private static long standard(Map<?, ?> budget, String member, long standard) {
        return budget.containsKey(member)
                ? integer(budget, member, 0, Integer.MAX_VALUE)
                : standard;
    }

    /** Ids 1 to 32 and the names of what they stand for. */
    private static Map<Integer, String> names(Map<?, ?> root, String member) {
        Map<Integer, String> names = new HashMap<>();
        if (!root.containsKey(member)) {
            return names;
        }
        object(need(root, member), member)
                .forEach(
                        (id, name) -> {
                            String number = String.valueOf(id);
                            if (!number.matches("[1-9]|[12][0-9]|3[0-2]")
                                    || !String.valueOf(name).matches("[a-z][a-z0-9_-]{0,31}")) {
                                throw new IllegalArgumentException(
                                        "manifest: %s '%s': '%s': an id is 1 to 32, a name a-z 0-9 _ -, up to 32"
                                                .formatted(member, id, name));
                            }
                            names.put(Integer.parseInt(number), String.valueOf(name));
                        });
        return names;
    }

    private static int columns(Map<?, ?> root) {
        int bitmap = 0;
        List<String> known = GuestAbi.columnNames(-1);
        for (Object name : array(root, "columns")) {
            int column = known.indexOf(name);
            if (column < 0) {
                throw new IllegalArgumentException(
                        "manifest: column '%s' does not exist; there are %s"
                                .formatted(name, known));
            }
            bitmap |= 1 << column;
        }
        return bitmap;
    }

    private static Set<Quantity> quantities(Map<?, ?> root) {
        Set<Quantity> quantities = EnumSet.noneOf(Quantity.class);
        for (Object name : array(root, "quantities")) {
            quantities.add(
                    Quantity.named(String.valueOf(name))
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "manifest: quantity '%s' is unknown"
                                                            .formatted(name))));
        }
        return quantities;
    }

    private static Map<Integer, String> hazards(Map<?, ?> root) {
        Map<Integer, String> hazards = new HashMap<>();
        object(need(root, "hazards"), "hazards")
                .forEach(
                        (code, name) -> {
                            String number = String.valueOf(code);
                            if (!number.matches("[1-9][0-9]{0,3}")
                                    || !(name instanceof String word)
                                    || !word.matches("[A-Z][A-Z0-9_]{0,63}")) {
                                throw new IllegalArgumentException(
                                        "manifest: hazard '%s': '%s': a code is 1 to 9999, its name A-Z 0-9 _, up to 64"
                                                .formatted(code, name));
                            }
                            hazards.put(Integer.parseInt(number), word);
                        });
        return hazards;
    }

    private static Map<String, Manifest.Setting> settings(Map<?, ?> root) {
        Map<String, Manifest.Setting> settings = new LinkedHashMap<>();
        Set<Integer> keys = new HashSet<>();
        for (Object element : array(root, "settings")) {
            Map<?, ?> setting = object(element, "setting");
            var read =
                    new Manifest.Setting(
                            integer(setting, "key", 1, 0xFFFF),
                            text(setting, "name"),
                            text(setting, "unit"),
                            number(setting, "default"),
                            number(setting, "min"),
                            number(setting, "max"));
            if (!(read.min() <= read.standard() && read.standard() <= read.max())) {
                throw new IllegalArgumentException(
                        "manifest: default of setting '%s' is %s, not within %s to %s"
                                .formatted(read.name(), read.standard(), read.min(), read.max()));
            }
            if (!keys.add(read.key()) || settings.put(read.name(), read) != null) {
                throw new IllegalArgumentException(
                        "manifest: setting '%s' or its key %d appears twice"
                                .formatted(read.name(), read.key()));
            }
        }
        return settings;
    }

    private static Object need(Map<?, ?> map, String member) {
        Object value = map.get(member);
        if (value == null) {
            throw new IllegalArgumentException("manifest: '%s' is missing".formatted(member));
        }
        return value;
    }

    private static Map<?, ?> object(Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("manifest: %s is not an object".formatted(what));
    }

    private static List<?> array(Map<?, ?> map, String member) {
        if (need(map, member) instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("manifest: '%s' is not an array".formatted(member));
    }

    private static String text(Map<?, ?> map, String member) {
        if (need(map, member) instanceof String text && !text.isBlank() && text.length() <= 64) {
            return text;
        }
        throw new IllegalArgumentException(
                "manifest: '%s' is '%s', expected 1 to 64 characters"
                        .formatted(member, map.get(member)));
    }

    private static double number(Map<?, ?> map, String member) {
        if (need(map, member) instanceof Double number && Double.isFinite(number)) {
            return number;
        }
        throw new IllegalArgumentException(
                "manifest: '%s' is '%s', expected a number".formatted(member, map.get(member)));
    }

    private static int integer(Map<?, ?> map, String member, int min, int max) {
        double number = number(map, member);
        if (number != Math.rint(number) || number < min || number > max) {
            throw new IllegalArgumentException(
                    "manifest: '%s' is %s, expected a whole number from %d to %d"
                            .formatted(member, number, min, max));
        }
        return (int) number;
    }

    private static Object parse(byte[] json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            return JsonTree.read(parser, DEPTH_MAX);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "manifest is not JSON: %s".formatted(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("manifest: " + e.getMessage(), e);
        }
    }
}
