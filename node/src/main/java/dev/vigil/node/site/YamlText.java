package dev.vigil.node.site;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * From bytes to a graph of YAML nodes that know their lines; nothing is constructed from it. No
 * aliases, so the graph is a tree no bigger than the text. Stateless.
 *
 * <p>Messages are worded here and never quote the text: it may hold a password.
 */
final class YamlText {
    static final int BYTES_MAX = 1 << 20;
    private static final int DEPTH_MAX = 20;

    private YamlText() {}

    /** The top mapping, or empty after mistakes were added. */
    static Optional<MappingNode> parse(byte[] bytes, Mistakes mistakes) {
        Optional<String> text = decode(bytes, mistakes);
        if (text.isEmpty() || !plain(text.get(), mistakes)) {
            return Optional.empty();
        }
        try {
            if (!isTree(text.get(), mistakes)) {
                return Optional.empty();
            }
            Node root = new Composer(parser(text.get()), new Resolver(), options()).getSingleNode();
            if (root instanceof MappingNode mapping) {
                return Optional.of(mapping);
            }
            mistakes.add(
                    root == null ? 0 : line(root.getStartMark()),
                    "",
                    "the file must be a mapping of keys to values, beginning with 'node: name'");
        } catch (MarkedYAMLException e) {
            mistakes.add(line(e.getProblemMark()), "", "not YAML - " + explained(e.getProblem()));
        } catch (YAMLException e) {
            mistakes.add(0, "", "not YAML");
        }
        return Optional.empty();
    }

    static int line(Mark mark) {
        return mark == null ? 0 : mark.getLine() + 1;
    }

    private static Optional<String> decode(byte[] bytes, Mistakes mistakes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            mistakes.add(lineOfBadByte(bytes), "", "not UTF-8 - save the file as UTF-8 text");
            return Optional.empty();
        }
    }

    private static int lineOfBadByte(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(bytes.length), true);
        int line = 1;
        for (int i = 0; i < in.position(); i++) {
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return line;
    }

    /** No tabs in front of a line and no control characters; each line with one is named. */
    private static boolean plain(String text, Mistakes mistakes) {
        boolean plain = true;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.substring(0, line.length() - line.stripLeading().length()).contains("\t")) {
                mistakes.add(
                        number, "", "a tab in the indentation - YAML is indented with spaces only");
                plain = false;
            }
            if (line.chars().anyMatch(YamlText::isControl)) {
                mistakes.add(number, "", "a control character - the file must be plain text");
                plain = false;
            }
        }
        return plain;
    }

    private static boolean isControl(int c) {
        return (c < ' ' && c != '\t' && c != '\r') || c == 0x7f;
    }

    private static boolean isTree(String text, Mistakes mistakes) {
        boolean without = true;
        int depth = 0;
        ParserImpl parser = parser(text);
        while (!parser.checkEvent(Event.ID.StreamEnd)) {
            Event event = parser.getEvent();
            depth += event instanceof CollectionStartEvent ? 1 : 0;
            depth -= event instanceof CollectionEndEvent ? 1 : 0;
            if (depth > DEPTH_MAX) { // the scanner's time grows with the square of the depth
                mistakes.add(
                        line(event.getStartMark()),
                        "",
                        "nested deeper than %d levels".formatted(DEPTH_MAX));
                return false;
            }
            if (event instanceof AliasEvent
                    || (event instanceof NodeEvent node && node.getAnchor() != null)) {
                mistakes.add(
                        line(event.getStartMark()),
                        "",
                        "an anchor (&) or alias (*) - write the value out, or in quotes if it begins with that sign");
                without = false;
            }
        }
        return without;
    }

    private static ParserImpl parser(String text) {
        return new ParserImpl(new StreamReader(text), options());
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(DEPTH_MAX);
        options.setCodePointLimit(BYTES_MAX);
        options.setMaxAliasesForCollections(0);
        return options;
    }

    /** What the parser means, in a technician's words. */
    private static String explained(String problem) {
        if (problem.contains("mapping values are not allowed")) {
            return "a second ': ' in one line, or a wrong indentation; put a text with ': ' in quotes";
        }
        if (problem.contains("could not find expected ':'")) {
            return "a ':' is missing after a key";
        }
        if (problem.contains("TAB")) {
            return "a tab where none may be; use spaces";
        }
        if (problem.contains("<block end>")) {
            return "the indentation does not fit the lines above";
        }
        if (problem.contains("unexpected end of stream")) {
            return "a quote is not closed";
        }
        if (problem.contains("another document")) {
            return "a second document ('---'); one file is one site";
        }
        return "check indentation, quotes and brackets here and in the line above";
    }
}
