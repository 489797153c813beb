package dev.vigil.node.site;

import dev.vigil.node.watch.ContactMeaning;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Replay;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.UnitConversion;
import dev.vigil.sensor.Wave;
import dev.vigil.sensor.plausibility.Bounds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code sensors}, {@code recordings} and {@code topics} of a site.yaml. Used once, by the
 * thread that reads the file.
 */
final class InputsReader {
    private static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9:./_-]{0,127}";
    private static final String ID_RULE =
            "must be a SenML name (RFC 8428, 4.5.1): 1 to 128 letters, digits and - : . / _, beginning with a letter or digit";
    private static final List<String> SOURCES =
            List.of("topic", "waveform", "recording", "gpio", "chip");
    private static final Duration YEAR = Duration.ofDays(365);

    /** Radio sensors report once an hour at least: two reports were missed. */
    private static final Duration TOPIC_SILENT_MAX = Duration.ofHours(2);

    /** What a line is, is recorded every half minute. */
    private static final Duration LINE_SILENT_MAX = Duration.ofMinutes(2);

    private static final Duration CONTACT_DEBOUNCE = Duration.ofMillis(20);

    /** A sensor of the node's own may miss two samples, or some of a busy bus. */
    private static final int SAMPLES_SILENT_MAX = 3;

    private static final Duration SAMPLED_SILENT_MIN = Duration.ofSeconds(10);

    /** A recording and the columns sensors take from it. */
    private record Recording(
            Path file, String time, Replay replay, List<RecordedSensor.Column> columns) {}

    private final YamlMap top;
    private final Path directory;
    private final Mistakes mistakes;
    private final LineOwners lines;
    private final Map<String, SensorChannel> channels = new LinkedHashMap<>();
    private final Map<String, Integer> sensorLines = new LinkedHashMap<>();
    private final Set<SensorChannel> sourced = new HashSet<>();
    private final Map<String, Recording> recordings = new LinkedHashMap<>();
    private final List<SiteConfig.LocalSensor> local = new ArrayList<>();
    private final List<SiteConfig.Topic> topics = new ArrayList<>();
    private final List<SiteConfig.Contact> contacts = new ArrayList<>();
    private final Map<SensorChannel, ContactMeaning> meanings = new LinkedHashMap<>();
    private final ChipsReader chips = new ChipsReader();

    private final Map<SensorChannel, Bounds> bounds = new LinkedHashMap<>();

    InputsReader(YamlMap top, Path directory, Mistakes mistakes, LineOwners lines) {
        this.top = top;
        this.directory = directory;
        this.mistakes = mistakes;
        this.lines = lines;
    }

    SiteConfig.Inputs read() {
        top.map("recordings").ifPresent(this::recordings);
        if (!top.has("sensors")) {
            mistakes.add(
                    top.line(), "sensors", "missing - a node without a sensor watches nothing");
        }
        List<YamlMap> sensors = top.maps("sensors");
        if (sensors.isEmpty() && top.has("sensors")) {
            top.mistake("sensors", "empty - a node without a sensor watches nothing");
        }
        sensors.forEach(this::sensor);
        recordings.values().forEach(this::addRecorded);
        local.addAll(chips.sensors());
        TopicsReader topicMap = new TopicsReader(channels);
        topics.addAll(topicMap.read(top.maps("topics")));
        for (SensorChannel channel : channels.values()) {
            if (!sourced.contains(channel) && !topicMap.fed().contains(channel)) {
                mistakes.add(
                        sensorLines.getOrDefault(channel.id().name(), 0),
                        "sensor " + channel.id(),
                        "nothing feeds it - give it 'from:', or an entry under 'topics:'");
            }
        }
        TopicsReader.rejectDoubles(top, topics);
        return new SiteConfig.Inputs(
                List.copyOf(topics),
                List.copyOf(local),
                List.copyOf(contacts),
                Collections.unmodifiableMap(meanings),
                Collections.unmodifiableMap(bounds),
                Collections.unmodifiableMap(channels));
    }

    private void recordings(YamlMap section) {
        for (String name : section.keys()) {
            section.map(name).ifPresent(map -> recordings.put(name, recording(map)));
        }
    }

    private Recording recording(YamlMap map) {
        map.required("file", "a .csv or .csv.gz file");
        Path file = Paths.existing(map, "file", directory).orElse(directory);
        Recording recording =
                new Recording(
                        file,
                        map.text("time", "TIME"),
                        Replay.at(
                                map.number("speed", 1, Replay.SPEED_MIN, Replay.SPEED_MAX),
                                map.flag("repeat", false)),
                        new ArrayList<>());
        map.end();
        return recording;
    }

    private void addRecorded(Recording recording) {
        if (!recording.columns.isEmpty()) { // else a spare one, which nobody plays
            local.add(
                    new SiteConfig.LocalSensor.Recorded(
                            recording.file, recording.time, recording.columns, recording.replay));
        }
    }

    private void sensor(YamlMap map) {
        Optional<String> id = id(map);
        Optional<Quantity> quantity = quantity(map);
        Optional<YamlMap.Text> zone = map.required("zone", "the room, pier or gauge it belongs to");
        boolean rightZone = zone.isPresent() && zone.get().value().matches(NAME_PATTERN);
        if (zone.isPresent() && !rightZone) {
            map.wrong(
                    "zone",
                    zone.get().value(),
                    "must be 1 to 128 letters, digits and - : . / _, beginning with a letter or digit");
        }
        Optional<YamlMap> from = map.map("from");
        if (id.isPresent() && quantity.isPresent() && rightZone) {
            SensorChannel channel =
                    new SensorChannel(new SensorId(id.get()), quantity.get(), zone.get().value());
            channels.put(id.get(), channel);
            meaning(map, channel);
            Bounds usual = Bounds.of(channel.quantity());
            if (from.isPresent()) {
                sourced.add(channel);
                usual = usual.stale(source(from.get(), channel));
                usual = ChipsReader.bounds(from.get().text("chip", ""), usual);
            } else {
                usual = usual.stale(topicSilence(channel));
            }
            bounds.put(channel, BoundsReader.read(map, usual));
        }
        map.end();
    }

    private Optional<String> id(YamlMap map) {
        Optional<String> id = map.required("id", ID_RULE).map(YamlMap.Text::value);
        if (id.isEmpty()) {
            return id;
        }
        if (!id.get().matches(NAME_PATTERN)) {
            map.wrong("id", id.get(), ID_RULE);
            return Optional.empty();
        }
        Integer first = sensorLines.putIfAbsent(id.get(), map.line("id"));
        if (first != null) {
            map.wrong("id", id.get(), "used by the sensor in line %d already".formatted(first));
            return Optional.empty();
        }
        return id;
    }

    private static Optional<Quantity> quantity(YamlMap map) {
        List<String> words = Arrays.stream(Quantity.values()).map(Quantity::senmlName).toList();
        Optional<YamlMap.Text> text =
                map.required("quantity", "one of " + String.join(", ", words));
        Optional<Quantity> quantity = text.flatMap(t -> Quantity.named(t.value()));
        if (text.isPresent() && quantity.isEmpty()) {
            map.notOneOf("quantity", text.get().value(), words);
        }
        return quantity;
    }

    /** Where its values come from; returns for how long it may be silent. */
    private Duration source(YamlMap from, SensorChannel channel) {
        List<String> given = SOURCES.stream().filter(from::has).toList();
        if (given.size() != 1) {
            mistakes.add(
                    from.line(),
                    "sensor " + channel.id() + ", from",
                    "has %s - exactly one of topic, waveform, recording, gpio, chip is needed"
                            .formatted(given.isEmpty() ? "none" : String.join(" and ", given)));
            from.keys();
            return Duration.ZERO;
        }
        Duration silence =
                switch (given.getFirst()) {
                    case "topic" -> topic(from, channel);
                    case "waveform" -> sampledSilence(waveform(from, channel));
                    case "gpio" -> gpio(from, channel);
                    case "chip" -> sampledSilence(chips.use(from, channel));
                    default -> column(from, channel);
                };
        from.end();
        return silence;
    }

    private void meaning(YamlMap map, SensorChannel channel) {
        Optional<YamlMap.Text> text = map.text("means");
        if (text.isEmpty()) {
            return;
        }
        String word = text.get().value();
        List<String> words =
                Arrays.stream(ContactMeaning.values()).map(ContactMeaning::word).toList();
        Optional<ContactMeaning> meaning = ContactMeaning.named(word);
        if (channel.quantity() != Quantity.CONTACT) {
            map.wrong(
                    "means",
                    word,
                    "only a contact means something by itself, not "
                            + channel.quantity().senmlName());
        } else if (meaning.isEmpty()) {
            map.notOneOf("means", word, words);
        }
        meaning.ifPresent(means -> meanings.put(channel, means));
    }

    /** A contact, or pulses; several may be told of the pulses on one line. */
    private Duration gpio(YamlMap from, SensorChannel channel) {
        boolean isContact = channel.quantity() == Quantity.CONTACT;
        lines.take(from, "sensor " + channel.id(), !isContact);
        if (!isContact) {
            return sampledSilence(chips.use(from, channel));
        }
        contacts.add(
                new SiteConfig.Contact(
                        channel, from.text("gpio", ""), GpioLines.input(from, CONTACT_DEBOUNCE)));
        return LINE_SILENT_MAX;
    }

    private static Duration sampledSilence(Duration every) {
        Duration some = every.multipliedBy(SAMPLES_SILENT_MAX);
        return some.compareTo(SAMPLED_SILENT_MIN) < 0 ? SAMPLED_SILENT_MIN : some;
    }

    /** A contact may tell of changes only. */
    private static Duration topicSilence(SensorChannel channel) {
        return channel.quantity() == Quantity.CONTACT ? Duration.ZERO : TOPIC_SILENT_MAX;
    }

    private Duration topic(YamlMap from, SensorChannel channel) {
        String topic = from.text("topic", "");
        if (TopicFilters.hasWildcard(topic) || TopicFilters.problem(topic).isPresent()) {
            from.wrong(
                    "topic",
                    topic,
                    "must be one topic without + and #; patterns belong under 'topics:'");
        }
        String id = channel.id().name();
        String unit = TopicsReader.unit(from, List.of(channel));
        topics.add(new SiteConfig.Topic(topic, TopicsReader.numberOrJson(from, id, unit)));
        return topicSilence(channel);
    }

    private Duration waveform(YamlMap from, SensorChannel channel) {
        String word = from.text("waveform", "sine");
        Optional<Wave.Shape> shape =
                Arrays.stream(Wave.Shape.values())
                        .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(word))
                        .findFirst();
        if (shape.isEmpty()) {
            from.wrong("waveform", word, "must be sine, square, ramp or noise");
        }
        UnitConversion unit = unitOf(from, channel);
        double mean = from.number("mean", 0);
        double amplitude = from.number("amplitude", 0);
        double noise = from.number("noise", 0, 0, Double.MAX_VALUE);
        Wave wave =
                new Wave(
                        shape.orElse(Wave.Shape.SINE),
                        unit.apply(mean),
                        halfSpan(unit, mean, amplitude),
                        from.duration("period", Duration.ofMinutes(1), Wave.PERIOD_MIN, YEAR),
                        Math.abs(halfSpan(unit, mean, noise)),
                        from.wholeNumber("seed", channel.id().name().hashCode()));
        Duration every =
                from.duration(
                        "every", Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofDays(1));
        local.add(new SiteConfig.LocalSensor.Waveform(channel, wave, every));
        return every;
    }

    /** How far {@code span} around {@code mean} reaches in the channel's own unit. */
    private static double halfSpan(UnitConversion unit, double mean, double span) {
        return (unit.apply(mean + span) - unit.apply(mean - span)) / 2;
    }

    /** A recording may end. */
    private Duration column(YamlMap from, SensorChannel channel) {
        String name = from.text("recording", "");
        Optional<YamlMap.Text> column = from.required("column", "a column of the recording");
        UnitConversion unit = unitOf(from, channel);
        Recording recording = recordings.get(name);
        if (recording == null) {
            from.wrong(
                    "recording",
                    name,
                    "must be one of those under 'recordings:'"
                            + NearestWord.hint(name, recordings.keySet()));
        } else if (column.isPresent()) {
            recording.columns.add(new RecordedSensor.Column(column.get().value(), channel, unit));
        }
        return Duration.ZERO;
    }

    private static UnitConversion unitOf(YamlMap from, SensorChannel channel) {
        String symbol = TopicsReader.unit(from, List.of(channel));
        return UnitConversion.to(channel.quantity(), symbol)
                .orElse(UnitConversion.own(channel.quantity()));
    }
}
