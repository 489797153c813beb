package dev.vigil.node.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a site.yaml, read key by key; each wrong value becomes a mistake with its line and
 * reading goes on with a stand-in. Owned by the thread that reads the file.
 *
 * <p>{@link #end} must follow the last key: what nobody asked for is an unknown key.
 */
final class YamlMap {
    private static final int SHOWN_CHARACTERS_MAX = 60;

    /** A text and where it stands. */
    record Text(String value, int line, String path) {}

    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> keyLines = new LinkedHashMap<>();
    private final TreeSet<String> asked = new TreeSet<>();
    private final int line;
    private final String path;
    private final Mistakes mistakes;

    YamlMap(MappingNode node, String path, Mistakes mistakes) {
        this.line = YamlText.line(node.getStartMark());
        this.path = path;
        this.mistakes = mistakes;
        for (NodeTuple tuple : node.getValue()) {
            addEntry(tuple);
        }
    }

    private void addEntry(NodeTuple tuple) {
        int keyLine = YamlText.line(tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            mistakes.add(keyLine, path, "a key that is no text - keys are words");
        } else if (values.containsKey(key.getValue())) {
            mistakes.add(
                    keyLine,
                    pathOf(key.getValue()),
                    "given twice - the first is in line " + keyLines.get(key.getValue()));
        } else {
            values.put(key.getValue(), tuple.getValueNode());
            keyLines.put(key.getValue(), keyLine);
        }
    }

    /** Where this mapping begins. */
    int line() {
        return line;
    }

    int line(String key) {
        return keyLines.getOrDefault(key, line);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The keys as written, which count as asked for from now on. */
    List<String> keys() {
        asked.addAll(values.keySet());
        return List.copyOf(values.keySet());
    }

    void mistake(String key, String text) {
        mistakes.add(line(key), pathOf(key), text);
    }

    /** For a mistake that shows the value it is about. */
    void wrong(String key, String value, String rule) {
        mistake(key, shown(value) + " - " + rule);
    }

    static String shown(String value) {
        return value.length() <= SHOWN_CHARACTERS_MAX
                ? "'" + value + "'"
                : "'" + value.substring(0, SHOWN_CHARACTERS_MAX) + "…'";
    }

    Optional<Text> text(String key) {
        asked.add(key);
        Node node = values.get(key);
        return node == null ? Optional.empty() : scalar(node, line(key), pathOf(key));
    }

    /** The text of a key that must be there; a missing one is a mistake that says {@code rule}. */
    Optional<Text> required(String key, String rule) {
        if (!has(key)) {
            asked.add(key);
            mistakes.add(line, pathOf(key), "missing - " + rule);
        }
        return text(key);
    }

    String text(String key, String otherwise) {
        return text(key).map(Text::value).orElse(otherwise);
    }

    /** One of these words; the first when there is none, or another. */
    String word(String key, List<String> words) {
        String word = text(key, words.getFirst());
        if (words.contains(word)) {
            return word;
        }
        notOneOf(key, word, words);
        return words.getFirst();
    }

    /** For a value that is none of the words there are. */
    void notOneOf(String key, String value, Collection<String> words) {
        wrong(
                key,
                value,
                "must be one of " + String.join(", ", words) + NearestWord.hint(value, words));
    }

    boolean flag(String key, boolean otherwise) {
        Optional<Text> text = text(key);
        if (text.isPresent() && !text.get().value().matches("true|false")) {
            wrong(key, text.get().value(), "must be true or false");
        }
        return text.map(t -> t.value().equals("true")).orElse(otherwise);
    }

    int integer(String key, int otherwise, int min, int max) {
        Optional<Text> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        OptionalLong value = Scalars.integer(text.get().value());
        if (value.isEmpty() || value.getAsLong() < min || value.getAsLong() > max) {
            wrong(
                    key,
                    text.get().value(),
                    "must be a whole number from %d to %d".formatted(min, max));
            return otherwise;
        }
        return (int) value.getAsLong();
    }

    long wholeNumber(String key, long otherwise) {
        Optional<Text> text = text(key);
        OptionalLong value = text.map(t -> Scalars.integer(t.value())).orElse(OptionalLong.empty());
        if (text.isPresent() && value.isEmpty()) {
            wrong(key, text.get().value(), "must be a whole number");
        }
        return value.orElse(otherwise);
    }

    double number(String key, double otherwise, double min, double max) {
        Optional<Text> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        OptionalDouble value = Scalars.number(text.get().value());
        if (value.isEmpty() || value.getAsDouble() < min || value.getAsDouble() > max) {
            wrong(
                    key,
                    text.get().value(),
                    min == -Double.MAX_VALUE
                            ? "must be a number"
                            : "must be a number from %s to %s".formatted(min, max));
            return otherwise;
        }
        return value.getAsDouble();
    }

    double number(String key, double otherwise) {
        return number(key, otherwise, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    Duration duration(String key, Duration otherwise, Duration min, Duration max) {
        Optional<Text> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Optional<Duration> value = Scalars.duration(text.get().value());
        if (value.isEmpty()) {
            wrong(
                    key,
                    text.get().value(),
                    "must be a number with its unit: 500ms, 10s, 15m, 24h or 7d");
        } else if (value.get().compareTo(min) < 0 || value.get().compareTo(max) > 0) {
            wrong(
                    key,
                    text.get().value(),
                    "must be from %s to %s".formatted(DurationText.of(min), DurationText.of(max)));
        } else {
            return value.get();
        }
        return otherwise;
    }

    long bytes(String key, long otherwise, long min, long max) {
        Optional<Text> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        OptionalLong value = Scalars.bytes(text.get().value());
        if (value.isEmpty()) {
            wrong(key, text.get().value(), "must be a number with its unit: 500KiB, 64MiB or 2GiB");
        } else if (value.getAsLong() < min || value.getAsLong() > max) {
            wrong(
                    key,
                    text.get().value(),
                    "must be from %s to %s".formatted(ByteText.of(min), ByteText.of(max)));
        } else {
            return value.getAsLong();
        }
        return otherwise;
    }

    /** Bytes a second; empty when the key is missing. */
    OptionalLong rate(String key, long min) {
        Optional<Text> text = text(key);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong value = Scalars.rate(text.get().value());
        if (value.isEmpty()) {
            wrong(
                    key,
                    text.get().value(),
                    "must be a number with its unit: 64kbit/s, 2Mbit/s or 8kB/s");
        } else if (value.getAsLong() < min) {
            wrong(key, text.get().value(), "must be at least %d bit/s".formatted(min * 8));
        }
        return value;
    }

    Optional<YamlMap> map(String key) {
        asked.add(key);
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof MappingNode mapping) {
            return Optional.of(new YamlMap(mapping, pathOf(key), mistakes));
        }
        if (isNull(node)) { // 'listener:' with nothing below: all its defaults
            return Optional.of(
                    new YamlMap(
                            new MappingNode(
                                    Tag.MAP,
                                    true,
                                    List.of(),
                                    node.getStartMark(),
                                    node.getEndMark(),
                                    DumperOptions.FlowStyle.BLOCK),
                            pathOf(key),
                            mistakes));
        }
        mistake(key, "must be a mapping: keys with values, indented below it");
        return Optional.empty();
    }

    boolean isList(String key) {
        return values.get(key) instanceof SequenceNode;
    }

    /** A mapping, or a list of them. */
    List<YamlMap> mapOrMaps(String key) {
        return isList(key) ? maps(key) : map(key).stream().toList();
    }

    /** The mappings of a list; a missing key is an empty list. */
    List<YamlMap> maps(String key) {
        List<YamlMap> maps = new ArrayList<>();
        int index = 0;
        for (Node item : items(key)) {
            String itemPath = "%s[%d]".formatted(pathOf(key), index++);
            if (item instanceof MappingNode mapping) {
                maps.add(new YamlMap(mapping, itemPath, mistakes));
            } else {
                mistakes.add(
                        YamlText.line(item.getStartMark()),
                        itemPath,
                        "must be a mapping: keys with values, the first behind the '-'");
            }
        }
        return maps;
    }

    /** The texts of a list; a missing key is an empty list. */
    List<Text> texts(String key) {
        List<Text> texts = new ArrayList<>();
        int index = 0;
        for (Node item : items(key)) {
            String itemPath = "%s[%d]".formatted(pathOf(key), index++);
            scalar(item, YamlText.line(item.getStartMark()), itemPath).ifPresent(texts::add);
        }
        return texts;
    }

    /** Reports every key nobody asked for. */
    void end() {
        for (String key : values.keySet()) {
            if (!asked.contains(key)) {
                mistakes.add(
                        line(key),
                        pathOf(key),
                        "unknown key%s - known here: %s"
                                .formatted(NearestWord.hint(key, asked), String.join(", ", asked)));
            }
        }
    }

    private List<Node> items(String key) {
        asked.add(key);
        Node node = values.get(key);
        if (node == null || isNull(node)) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        mistake(key, "must be a list: [a, b], or lines that begin with '- '");
        return List.of();
    }

    private Optional<Text> scalar(Node node, int atLine, String atPath) {
        if (!(node instanceof ScalarNode scalar)) {
            mistakes.add(atLine, atPath, "must be a single value, not a list or a mapping");
        } else if (!node.getTag().startsWith(Tag.PREFIX)) {
            mistakes.add(atLine, atPath, "a tag (!) - put a text that begins with '!' in quotes");
        } else if (isNull(node)) {
            mistakes.add(atLine, atPath, "no value - write one, or leave the key out");
        } else {
            return Optional.of(
                    new Text(scalar.getValue(), YamlText.line(node.getStartMark()), atPath));
        }
        return Optional.empty();
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    private String pathOf(String key) {
        String shownKey = key.length() <= SHOWN_CHARACTERS_MAX ? key : key.substring(0, 60) + "…";
        return path.isEmpty() ? shownKey : path + "." + shownKey;
    }
}
