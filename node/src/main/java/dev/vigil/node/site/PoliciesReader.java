package dev.vigil.node.site;

import dev.vigil.policy.Grant;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The {@code policies} of a site.yaml. Used once, by the thread that reads the file. */
final class PoliciesReader {
    /** The bundled policies and what each of them judges. */
    private static final Map<String, Set<Quantity>> BUNDLED =
            Map.of(
                    "heat",
                    Set.of(Quantity.TEMPERATURE),
                    "smoke",
                    Set.of(Quantity.OBSCURATION, Quantity.TEMPERATURE, Quantity.CARBON_MONOXIDE));

    private static final String MODULE_RULE =
            "must be a bundled policy (heat, smoke) or a file that ends in .wasm";
    private static final String ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final String ID_RULE =
            "must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit";

    private final Path directory;
    private final Map<String, SensorChannel> channels;

    PoliciesReader(Path directory, Map<String, SensorChannel> channels) {
        this.directory = directory;
        this.channels = channels;
    }

    List<SiteConfig.Policy> policies(YamlMap top) {
        List<SiteConfig.Policy> policies = new ArrayList<>();
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (YamlMap map : top.maps("policies")) {
            String module = map.required("module", MODULE_RULE).map(YamlMap.Text::value).orElse("");
            boolean bundled = BUNDLED.containsKey(module);
            String resolved = module;
            if (!bundled && module.endsWith(".wasm")) {
                resolved = Paths.existing(map, "module", directory).map(Path::toString).orElse("");
            } else if (!bundled && !module.isEmpty()) {
                map.wrong(
                        "module", module, MODULE_RULE + NearestWord.hint(module, BUNDLED.keySet()));
            }
            String id = id(map, module.endsWith(".wasm") ? "" : module, lines);
            List<SensorChannel> watched = watched(map, module);
            Map<String, Double> settings = new LinkedHashMap<>();
            map.map("settings").ifPresent(section -> settings(section, settings));
            policies.add(
                    new SiteConfig.Policy(
                            id,
                            resolved,
                            watched,
                            Map.copyOf(settings),
                            map.map("grant").map(GrantReader::read).orElse(Grant.SITE)));
            map.end();
        }
        return List.copyOf(policies);
    }

    /**
     * The entry's name, unique among those of its list.
     *
     * @param otherwise what it is called without one; empty: it must have one
     * @param lines where the names before it were given
     */
    static String id(YamlMap map, String otherwise, Map<String, Integer> lines) {
        String id =
                otherwise.isEmpty()
                        ? map.required("id", ID_RULE).map(YamlMap.Text::value).orElse("")
                        : map.text("id", otherwise);
        if (id.isEmpty()) {
            return id;
        }
        if (!id.matches(ID_PATTERN)) {
            map.wrong("id", id, ID_RULE);
        }
        Integer first = lines.putIfAbsent(id, map.line("id"));
        if (first != null) {
            map.wrong("id", id, "used in line %d already".formatted(first));
        }
        return id;
    }

    private static void settings(YamlMap section, Map<String, Double> settings) {
        for (String key : section.keys()) {
            settings.put(key, section.number(key, 0));
        }
    }

    /** The channels named, and those of the named zones that measure what the policy judges. */
    private List<SensorChannel> watched(YamlMap map, String module) {
        Set<Quantity> quantities = quantities(map, module);
        Set<SensorChannel> watched = new LinkedHashSet<>();
        Set<String> zones = new TreeSet<>();
        boolean known = true;
        channels.values().forEach(channel -> zones.add(channel.zone()));
        for (YamlMap.Text zone : map.texts("zones")) {
            boolean all = zone.value().equals("all");
            if (!all && !zones.contains(zone.value())) {
                known = false;
                map.wrong(
                        "zones",
                        zone.value(),
                        "no sensor has this zone; zones are %s, or all%s"
                                .formatted(
                                        String.join(", ", zones),
                                        NearestWord.hint(zone.value(), zones)));
            }
            channels.values().stream()
                    .filter(channel -> all || channel.zone().equals(zone.value()))
                    .filter(channel -> quantities.contains(channel.quantity()))
                    .forEach(watched::add);
        }
        for (YamlMap.Text text : map.texts("channels")) {
            SensorChannel channel = channels.get(text.value());
            if (channel == null) {
                known = false;
                map.wrong(
                        "channels",
                        text.value(),
                        "no sensor has this id"
                                + NearestWord.hint(text.value(), channels.keySet()));
            } else {
                watched.add(channel);
            }
        }
        if (!map.has("zones") && !map.has("channels")) {
            map.mistake(
                    "zones", "missing - say what it watches: 'zones: [all]', zones, or channels");
        } else if (watched.isEmpty() && known) {
            map.mistake("zones", "watches no channel - none there measures what the policy judges");
        }
        return List.copyOf(watched);
    }

    private static Set<Quantity> quantities(YamlMap map, String module) {
        Set<Quantity> quantities = new LinkedHashSet<>();
        for (YamlMap.Text text : map.texts("quantities")) {
            Optional<Quantity> quantity = Quantity.named(text.value());
            if (quantity.isEmpty()) {
                List<String> words =
                        Arrays.stream(Quantity.values()).map(Quantity::senmlName).toList();
                map.notOneOf("quantities", text.value(), words);
            }
            quantity.ifPresent(quantities::add);
        }
        if (!quantities.isEmpty()) {
            return quantities;
        }
        return BUNDLED.getOrDefault(module, Set.of(Quantity.values()));
    }
}
