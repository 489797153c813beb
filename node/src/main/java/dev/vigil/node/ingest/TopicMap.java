package dev.vigil.node.ingest;

import dev.vigil.node.site.SiteConfig;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.UnitConversion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a topic's payload is: the lines of site.yaml, the first that matches counts; immutable, any
 * thread. Lines without wildcards are found by hash, so thousands of them cost nothing; those with
 * wildcards are tried in order.
 */
public final class TopicMap {
    private record Line(int index, TopicFilter filter, SiteConfig.Form form) {}

    private final Map<String, SensorChannel> channels;
    private final Map<String, Line> exact = new HashMap<>();
    private final List<Line> patterns = new ArrayList<>();

    /**
     * @throws IllegalArgumentException naming the filter, channel, unit or pointer that can't be
     */
    public TopicMap(SiteConfig.Inputs inputs) {
        channels = Map.copyOf(inputs.channels());
        int index = 0;
        for (SiteConfig.Topic topic : inputs.topics()) {
            TopicFilter filter = TopicFilter.of(topic.filter());
            Line line = new Line(index++, filter, topic.form());
            if (filter.hasWildcards()) {
                checkPattern(line);
                patterns.add(line);
            } else {
                if (routeOf(line, topic.filter(), List.of()) instanceof Route.Closed closed) {
                    throw new IllegalArgumentException(closed.reason());
                }
                exact.putIfAbsent(topic.filter(), line);
            }
        }
    }

    Map<String, SensorChannel> channels() {
        return channels;
    }

    /** How to read what comes on {@code topic}; never null: what is unknown has a reason. */
    Route route(String topic) {
        Line known = exact.get(topic);
        for (Line line : patterns) {
            if (known != null && known.index < line.index) {
                break;
            }
            List<String> wildcards = line.filter.wildcards(topic);
            if (wildcards != null) {
                return routeOf(line, topic, wildcards);
            }
        }
        if (known != null) {
            return routeOf(known, topic, List.of());
        }
        return new Route.Closed(
                QuarantineReason.UNKNOWN_TOPIC,
                "topic '%s' matches no line of the topic map".formatted(Excerpt.of(topic)));
    }

    private Route routeOf(Line line, String topic, List<String> wildcards) {
        return switch (line.form) {
            case SiteConfig.Form.Senml _ -> new Route.Senml();
            case SiteConfig.Form.PlainNumber(String channel, String unit) ->
                    channelRoute(line, topic, substituted(channel, wildcards), unit, null);
            case SiteConfig.Form.JsonFields fields ->
                    channelRoute(
                            line,
                            topic,
                            substituted(fields.channel(), wildcards),
                            fields.unit(),
                            fields);
        };
    }

    private Route channelRoute(
            Line line,
            String topic,
            String name,
            String unit,
            SiteConfig.Form.@Nullable JsonFields fields) {
        SensorChannel channel = channels.get(name);
        if (channel == null) {
            return new Route.Closed(
                    QuarantineReason.UNKNOWN_CHANNEL,
                    "topic '%s' (line '%s') is of channel '%s', which the site does not have"
                            .formatted(Excerpt.of(topic), line.filter, Excerpt.of(name)));
        }
        UnitConversion conversion = UnitConversion.to(channel.quantity(), unit).orElse(null);
        if (conversion == null) {
            return new Route.Closed(
                    QuarantineReason.WRONG_UNIT,
                    "line '%s' says unit '%s' for %s of '%s'; known are %s"
                            .formatted(
                                    line.filter,
                                    Excerpt.of(unit),
                                    channel.quantity().senmlName(),
                                    name,
                                    UnitConversion.symbolsFor(channel.quantity())));
        }
        if (fields == null) {
            return new Route.PlainNumber(channel, conversion);
        }
        return new Route.JsonFields(
                channel,
                conversion,
                Pointer.of(fields.valuePointer()),
                fields.timePointer().map(Pointer::of).orElse(null));
    }

    /** A pattern's channel is only known with a topic; its pointers and numbers are now. */
    private static void checkPattern(Line line) {
        if (line.form instanceof SiteConfig.Form.JsonFields fields) {
            Pointer.of(fields.valuePointer());
            fields.timePointer().ifPresent(Pointer::of);
        }
    }

    /** {@code {1}} is what the first {@code +} stood for. */
    private static String substituted(String channel, List<String> wildcards) {
        String name = channel;
        for (int i = 0; i < wildcards.size() && name.indexOf('{') >= 0; i++) {
            name = name.replace("{" + (i + 1) + "}", wildcards.get(i));
        }
        return name;
    }
}
