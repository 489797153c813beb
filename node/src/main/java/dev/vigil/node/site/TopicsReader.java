package dev.vigil.node.site;

import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.UnitConversion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The topic map of a site.yaml. Used once, by the thread that reads the file. */
final class TopicsReader {
    private static final List<String> FORMS = List.of("senml", "number", "json");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)\\}");
    private static final int HINT_CHANNELS_MAX = 1_000;

    private final Map<String, SensorChannel> channels;
    private final Set<SensorChannel> fed = new HashSet<>();

    TopicsReader(Map<String, SensorChannel> channels) {
        this.channels = channels;
    }

    List<SiteConfig.Topic> read(List<YamlMap> entries) {
        List<SiteConfig.Topic> topics = new ArrayList<>();
        for (YamlMap entry : entries) {
            Optional<YamlMap.Text> filter = entry.required("filter", "an MQTT topic filter");
            filter.flatMap(text -> TopicFilters.problem(text.value()))
                    .ifPresent(problem -> entry.wrong("filter", filter.get().value(), problem));
            Optional<SiteConfig.Form> form =
                    form(entry, filter.map(YamlMap.Text::value).orElse("#"));
            if (filter.isPresent() && form.isPresent()) {
                topics.add(new SiteConfig.Topic(filter.get().value(), form.get()));
            }
            entry.end();
        }
        return topics;
    }

    /** Those that some entry read so far can bring. */
    Set<SensorChannel> fed() {
        return fed;
    }

    /** A topic that is mapped twice would be read by its first entry only. */
    static void rejectDoubles(YamlMap top, List<SiteConfig.Topic> topics) {
        Set<String> seen = new HashSet<>();
        for (SiteConfig.Topic topic : topics) {
            if (!seen.add(topic.filter())) {
                top.mistake(
                        top.has("topics") ? "topics" : "sensors",
                        "topic %s is mapped twice - the first alone would count"
                                .formatted(YamlMap.shown(topic.filter())));
            }
        }
    }

    /** By whether there is a pointer to a value. */
    static SiteConfig.Form numberOrJson(YamlMap map, String channel, String unit) {
        Optional<String> value = pointer(map, "value");
        Optional<String> time = pointer(map, "time");
        if (value.isEmpty()) {
            if (time.isPresent()) {
                map.mistake("value", "missing - 'time' is for JSON, which needs a 'value' pointer");
            }
            return new SiteConfig.Form.PlainNumber(channel, unit);
        }
        return new SiteConfig.Form.JsonFields(channel, unit, value.get(), time);
    }

    /** The key's unit, which every one of these channels must know; empty for the own ones. */
    static String unit(YamlMap map, List<SensorChannel> of) {
        String symbol = map.text("unit", "");
        for (SensorChannel channel : of) {
            if (UnitConversion.to(channel.quantity(), symbol).isEmpty()) {
                List<String> known = UnitConversion.symbolsFor(channel.quantity());
                map.wrong(
                        "unit",
                        symbol,
                        "%s (%s) comes in %s"
                                .formatted(
                                        channel.quantity().senmlName(),
                                        channel.id(),
                                        String.join(", ", known)
                                                + NearestWord.hint(symbol, known)));
                return "";
            }
        }
        return symbol;
    }

    private Optional<SiteConfig.Form> form(YamlMap entry, String filter) {
        Optional<YamlMap.Text> form = entry.required("form", "one of " + String.join(", ", FORMS));
        if (form.isEmpty()) {
            entry.keys();
            return Optional.empty();
        }
        String word = form.get().value();
        return switch (word) {
            case "senml" -> {
                fed.addAll(channels.values());
                yield Optional.of(new SiteConfig.Form.Senml());
            }
            case "number" -> Optional.of(numberOrJson(entry, filter, false));
            case "json" -> Optional.of(numberOrJson(entry, filter, true));
            default -> {
                entry.wrong(
                        "form",
                        word,
                        "must be senml, number or json" + NearestWord.hint(word, FORMS));
                entry.keys();
                yield Optional.empty();
            }
        };
    }

    private SiteConfig.Form numberOrJson(YamlMap entry, String filter, boolean json) {
        Optional<YamlMap.Text> channel =
                entry.required("channel", "a sensor's id, with {1} for the first + and so on");
        List<SensorChannel> meant =
                channel.map(text -> meant(entry, filter, text.value())).orElse(List.of());
        SiteConfig.Form form =
                numberOrJson(
                        entry, channel.map(YamlMap.Text::value).orElse(""), unit(entry, meant));
        if (json && !entry.has("value")) {
            entry.mistake("value", "missing - form json needs a pointer such as /temperature");
        } else if (!json && entry.has("value")) {
            entry.mistake("value", "a pointer needs form: json");
        }
        return form;
    }

    /** The sensors a channel pattern can stand for; none is a mistake. */
    private List<SensorChannel> meant(YamlMap entry, String filter, String pattern) {
        int levels = TopicFilters.singleLevels(filter);
        StringBuilder regex = new StringBuilder();
        Matcher matcher = PLACEHOLDER.matcher(pattern);
        int from = 0;
        while (matcher.find()) {
            String number = matcher.group(1);
            if (!number.matches("[1-9]") || Integer.parseInt(number) > levels) {
                entry.wrong(
                        "channel",
                        pattern,
                        "%s stands for a '+' of the filter, which has %d"
                                .formatted(matcher.group(), levels));
                return List.of();
            }
            regex.append(Pattern.quote(pattern.substring(from, matcher.start()))).append("[^/]+");
            from = matcher.end();
        }
        regex.append(Pattern.quote(pattern.substring(from)));
        Pattern compiled = Pattern.compile(regex.toString());
        List<SensorChannel> meant =
                channels.values().stream()
                        .filter(channel -> compiled.matcher(channel.id().name()).matches())
                        .toList();
        fed.addAll(meant);
        if (meant.isEmpty()) {
            entry.wrong(
                    "channel",
                    pattern,
                    "no sensor has such an id"
                            + NearestWord.hint(
                                    pattern,
                                    channels.keySet().stream().limit(HINT_CHANNELS_MAX).toList()));
        }
        return meant;
    }

    /** RFC 6901. */
    private static Optional<String> pointer(YamlMap map, String key) {
        Optional<String> pointer = map.text(key).map(YamlMap.Text::value);
        if (pointer.isPresent() && !pointer.get().matches("(/([^/~]|~[01])*)+")) {
            map.wrong(key, pointer.get(), "must be a JSON pointer (RFC 6901): /data/temperature");
        }
        return pointer;
    }
}
