package dev.vigil.node.site;

import dev.vigil.node.watch.OutputKind;
import dev.vigil.node.watch.OutputPlan;
import dev.vigil.node.watch.Pattern;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The {@code outputs} of a site.yaml. Used once, by the thread that reads the file. */
final class OutputsReader {
    /** What {@code kind} said when it said how an output acts; a siren each. */
    private static final List<String> OLDER_KINDS = List.of("gpio", "simulated-siren");

    /** The keys that say how an output acts. */
    private static final List<String> ACTUATORS = List.of("gpio", "file");

    private static final Duration FEEDBACK_WITHIN = Duration.ofMillis(500);

    private final Path directory;
    private final Map<String, SensorChannel> channels;

    OutputsReader(Path directory, Map<String, SensorChannel> channels) {
        this.directory = directory;
        this.channels = channels;
    }

    List<SiteConfig.Output> read(YamlMap top) {
        List<SiteConfig.Output> outputs = new ArrayList<>();
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (YamlMap map : top.maps("outputs")) {
            String id = PoliciesReader.id(map, "", lines);
            String word =
                    map.required("kind", "one of " + String.join(", ", OutputKind.words()))
                            .map(YamlMap.Text::value)
                            .orElse("simulated-siren");
            SiteConfig.Actuator actuator = actuator(map, word);
            outputs.add(new SiteConfig.Output(id, actuator, plan(map, kind(map, word))));
            map.end();
        }
        return List.copyOf(outputs);
    }

    private static OutputKind kind(YamlMap map, String word) {
        if (OLDER_KINDS.contains(word)) {
            return OutputKind.SIREN;
        }
        if (!OutputKind.words().contains(word)) {
            map.notOneOf("kind", word, OutputKind.words());
            return OutputKind.SIREN;
        }
        return OutputKind.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private SiteConfig.Actuator actuator(YamlMap map, String kind) {
        List<String> given = ACTUATORS.stream().filter(map::has).toList();
        boolean older = OLDER_KINDS.contains(kind);
        if (given.isEmpty() && OutputKind.words().contains(kind)) {
            map.mistake(
                    "kind",
                    "a %s that nothing switches - say how: gpio and line (of this machine), or file (it is simulated)"
                            .formatted(kind));
        } else if (given.size() > 1) {
            given.forEach(map::text);
            map.mistake(given.get(1), "beside '%s' - keep one of them".formatted(given.getFirst()));
        }
        String how = older ? kind : given.isEmpty() ? "file" : given.getFirst();
        return switch (how) {
            case "gpio" -> GpioLines.output(map);
            default -> new SiteConfig.Actuator.Simulated(Paths.resolved(map, "file", directory));
        };
    }

    private OutputPlan plan(YamlMap map, OutputKind kind) {
        Pattern pattern = pattern(map);
        return new OutputPlan(
                kind,
                pattern,
                map.duration(
                        "minimum-on", Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(1)),
                map.word(
                                "at-stop",
                                kind.offAtStop()
                                        ? List.of("off", "as-is")
                                        : List.of("as-is", "off"))
                        .equals("off"),
                feedback(map, pattern));
    }

    /** A name, or a list of durations on and off. */
    private static Pattern pattern(YamlMap map) {
        if (!map.isList("pattern")) {
            String word = map.text("pattern", "steady");
            Optional<Pattern> named = Pattern.named(word);
            if (named.isEmpty()) {
                map.wrong(
                        "pattern",
                        word,
                        "must be one of %s, or durations on and off: [1s, 500ms]%s"
                                .formatted(
                                        String.join(", ", Pattern.words()),
                                        NearestWord.hint(word, Pattern.words())));
            }
            return named.orElse(Pattern.STEADY);
        }
        List<Duration> phases = new ArrayList<>();
        for (YamlMap.Text text : map.texts("pattern")) {
            Optional<Duration> phase = Scalars.duration(text.value());
            if (phase.isEmpty()) {
                map.wrong("pattern", text.value(), "must be a duration: 500ms, 1s");
                return Pattern.STEADY;
            }
            phases.add(phase.get());
        }
        try {
            return new Pattern(phases);
        } catch (IllegalArgumentException e) {
            map.mistake("pattern", String.valueOf(e.getMessage()));
            return Pattern.STEADY;
        }
    }

    private Optional<OutputPlan.Feedback> feedback(YamlMap map, Pattern pattern) {
        Duration within =
                map.duration(
                        "feedback-within",
                        FEEDBACK_WITHIN,
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1));
        Optional<YamlMap.Text> name = map.text("feedback");
        if (name.isEmpty()) {
            if (map.has("feedback-within")) {
                map.mistake("feedback-within", "without 'feedback', the contact it is about");
            }
            return Optional.empty();
        }
        SensorChannel channel = channels.get(name.get().value());
        if (channel == null) {
            map.wrong(
                    "feedback",
                    name.get().value(),
                    "no such sensor" + NearestWord.hint(name.get().value(), channels.keySet()));
            return Optional.empty();
        }
        if (channel.quantity() != Quantity.CONTACT) {
            map.wrong(
                    "feedback",
                    name.get().value(),
                    "must be a contact, not " + channel.quantity().senmlName());
        }
        if (within.compareTo(pattern.longestOn()) > 0) {
            map.mistake(
                    "feedback-within",
                    "the pattern is on for %s at most, the contact may take %s: it would never be judged"
                            .formatted(
                                    DurationText.of(pattern.longestOn()), DurationText.of(within)));
        }
        return Optional.of(new OutputPlan.Feedback(channel, within));
    }
}
