package dev.vigil.policy;

import dev.vigil.sensor.Quantity;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a policy says of itself in its {@code vigil.manifest} section. Immutable.
 *
 * @param columns bitmap of the columns it reads, as in the layout
 * @param hazards codes and their names
 * @param settings by name
 * @param budget what it asks for; the site's grant bounds it
 * @param tickMillis how often it wants to be told the time; 0: as often as the node does
 * @param metrics names of the numbers it may tell, by their ids
 * @param lookups names of the reference tables it may read, by their ids
 */
public record Manifest(
        String id,
        String version,
        int stateVersion,
        int columns,
        Set<Quantity> quantities,
        Map<Integer, String> hazards,
        Map<String, Setting> settings,
        Grant budget,
        int tickMillis,
        Map<Integer, String> metrics,
        Map<Integer, String> lookups) {

    /** A number an operator may set, within bounds. */
    public record Setting(
            int key, String name, String unit, double standard, double min, double max) {}

    public Manifest {
        quantities = Set.copyOf(quantities.isEmpty() ? EnumSet.noneOf(Quantity.class) : quantities);
        hazards = Map.copyOf(hazards);
        settings = Map.copyOf(settings);
        metrics = Map.copyOf(metrics);
        lookups = Map.copyOf(lookups);
    }

    /**
     * The manifest in a module's bytes; nothing else of the module is looked at but where its
     * sections are.
     *
     * @throws IllegalArgumentException naming what was found and the rule
     */
    public static Manifest of(byte[] wasm) {
        return ManifestReader.read(
                ModuleSections.custom(wasm, "vigil.manifest")
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "it has no custom section vigil.manifest")));
    }

    /**
     * Every setting's value by key: what was set, or its default.
     *
     * @throws IllegalArgumentException naming the first setting that is unknown or out of bounds
     */
    public SortedMap<Integer, Double> configuration(Map<String, Double> set) {
        SortedMap<Integer, Double> values = new TreeMap<>();
        settings.values().forEach(s -> values.put(s.key(), s.standard()));
        for (Map.Entry<String, Double> entry : new TreeMap<>(set).entrySet()) {
            String name = entry.getKey();
            Setting setting = settings.get(name);
            if (setting == null) {
                throw new IllegalArgumentException(
                        "setting '%s' is unknown; %s has %s"
                                .formatted(name, id, settings.keySet().stream().sorted().toList()));
            }
            double value = entry.getValue();
            if (!(value >= setting.min() && value <= setting.max())) {
                throw new IllegalArgumentException(
                        "setting '%s' is %s %s, allowed are %s to %s"
                                .formatted(
                                        name, value, setting.unit(), setting.min(), setting.max()));
            }
            values.put(setting.key(), value);
        }
        return values;
    }
}
