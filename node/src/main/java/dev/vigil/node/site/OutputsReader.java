package dev.vigil.node.site;

import dev.vigil.node.watch.OutputKind;
import dev.vigil.node.watch.OutputPlan;
import dev.vigil.node.watch.Pattern;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.SensorChannel;
import java.net.URI;
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
    private static final List<String> ACTUATORS = List.of("gpio", "broker", "play", "file");

    private static final Duration SELF_TEST_EVERY = Duration.ofSeconds(10);
    private static final Duration OUTPUT_TEST_EVERY = Duration.ofDays(1);
    private static final Duration TEST_MAX = Duration.ofSeconds(10);
    private static final Duration FEEDBACK_WITHIN = Duration.ofMillis(500);

    private final Path directory;
    private final String node;
    private final Map<String, SensorChannel> channels;
    private final LineOwners gpioLines;

    OutputsReader(
            Path directory,
            String node,
            Map<String, SensorChannel> channels,
            LineOwners gpioLines) {
        this.directory = directory;
        this.node = node;
        this.channels = channels;
        this.gpioLines = gpioLines;
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
            SiteConfig.Actuator actuator = actuator(map, id, word);
            outputs.add(new SiteConfig.Output(id, actuator, plan(map, actuator, kind(map, word))));
            map.end();
        }
        return List.copyOf(outputs);
    }

    static SiteConfig.SelfTest selfTest(YamlMap top, List<SiteConfig.Output> outputs) {
        Optional<YamlMap> map = top.map("self-test");
        if (map.isEmpty()) {
            return new SiteConfig.SelfTest(SELF_TEST_EVERY, OUTPUT_TEST_EVERY);
        }
        Duration every =
                map.get()
                        .duration(
                                "every",
                                SELF_TEST_EVERY,
                                Duration.ofMillis(100),
                                Duration.ofHours(1));
        Duration outputsEvery =
                map.get().duration("outputs", OUTPUT_TEST_EVERY, every, Duration.ofDays(31));
        boolean moves = outputs.stream().anyMatch(o -> o.plan().selfTest().isPresent());
        if (map.get().has("outputs") && !moves) {
            map.get().mistake("outputs", "no output has a 'self-test', the time it may be on");
        }
        map.get().end();
        return new SiteConfig.SelfTest(every, outputsEvery);
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

    private SiteConfig.Actuator actuator(YamlMap map, String id, String kind) {
        List<String> given = ACTUATORS.stream().filter(map::has).toList();
        boolean older = OLDER_KINDS.contains(kind);
        if (given.isEmpty() && OutputKind.words().contains(kind)) {
            map.mistake(
                    "kind",
                    "a %s that nothing switches - say how: gpio and line (of this machine), broker and topic (of a device that listens there), play (a program), or file (it is simulated)"
                            .formatted(kind));
        } else if (given.size() > 1) {
            given.forEach(map::text);
            map.mistake(given.get(1), "beside '%s' - keep one of them".formatted(given.getFirst()));
        }
        String how = older ? kind : given.isEmpty() ? "file" : given.getFirst();
        return switch (how) {
            case "gpio" -> gpio(map, id);
            case "broker" -> mqtt(map, id);
            case "play" -> play(map);
            default -> new SiteConfig.Actuator.Simulated(Paths.resolved(map, "file", directory));
        };
    }

    private SiteConfig.Actuator gpio(YamlMap map, String id) {
        gpioLines.take(map, "output " + id, false);
        return GpioLines.output(map);
    }

    private SiteConfig.Actuator play(YamlMap map) {
        List<String> command = map.texts("play").stream().map(YamlMap.Text::value).toList();
        if (command.isEmpty() && map.isList("play")) {
            map.mistake("play", "no program - it and its arguments: [aplay, -q, evacuate.wav]");
        }
        return new SiteConfig.Actuator.Play(command, directory);
    }

    private SiteConfig.Actuator mqtt(YamlMap map, String id) {
        URI broker = Hosts.broker(map);
        map.required("topic", "the topic that the device listens to");
        String topic = map.text("topic", "");
        if (topic.contains("+") || topic.contains("#")) {
            map.wrong("topic", topic, "must be a topic without wildcards");
        }
        String on = map.text("on", "ON");
        String off = map.text("off", "OFF");
        Optional<String> password = Secrets.password(map, directory);
        Optional<String> user = map.text("user").map(YamlMap.Text::value);
        if (password.isPresent() && user.isEmpty()) {
            map.mistake("user", "missing - a password needs a user");
        }
        Optional<String> gone =
                switch (map.word("when-gone", List.of("as-is", "off", "on"))) {
                    case "off" -> Optional.of(off);
                    case "on" -> Optional.of(on);
                    default -> Optional.empty();
                };
        return new SiteConfig.Actuator.Mqtt(
                broker,
                map.text("client-id", "vigil-%s-%s".formatted(node, id)),
                user,
                password,
                TlsReader.read(map, directory, Hosts.isTls(broker)),
                topic,
                on,
                off,
                gone);
    }

    private OutputPlan plan(YamlMap map, SiteConfig.Actuator actuator, OutputKind kind) {
        Pattern pattern = pattern(map);
        boolean slow =
                actuator instanceof SiteConfig.Actuator.Play
                        || actuator instanceof SiteConfig.Actuator.Mqtt;
        if (slow && !pattern.equals(Pattern.STEADY)) {
            map.mistake("pattern", "only of a gpio line: what is played or told has its own");
        }
        Optional<OutputPlan.Feedback> feedback = feedback(map, pattern);
        return new OutputPlan(
                kind,
                pattern,
                map.duration(
                        "minimum-on", Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(1)),
                map.word("at-stop", atStop(kind)).equals("off"),
                feedback,
                selfTest(map, feedback));
    }

    private static List<String> atStop(OutputKind kind) {
        return kind.offAtStop() ? List.of("off", "as-is") : List.of("as-is", "off");
    }

    private static Optional<Duration> selfTest(
            YamlMap map, Optional<OutputPlan.Feedback> feedback) {
        if (!map.has("self-test")) {
            return Optional.empty();
        }
        Duration length =
                map.duration("self-test", Duration.ofSeconds(1), Duration.ofMillis(50), TEST_MAX);
        if (feedback.isPresent() && length.compareTo(feedback.get().within()) < 0) {
            map.mistake(
                    "self-test",
                    "on for %s, while its feedback may take %s: it would never be judged"
                            .formatted(
                                    DurationText.of(length),
                                    DurationText.of(feedback.get().within())));
        }
        return Optional.of(length);
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
