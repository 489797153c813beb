package dev.vigil.node.site;

import dev.vigil.sensor.bus.GpioChip;
import java.time.Duration;
import java.util.List;

/** GPIO lines as a site.yaml names them, for contacts, pulses and outputs. Stateless. */
final class GpioLines {
    private static final String LINE_RULE =
            "the line's number on the chip, or the name the board gives it";
    private static final List<String> PULLS = List.of("as-is", "up", "down", "none");

    private GpioLines() {}

    /** The keys beside {@code gpio} of a sensor. */
    static GpioChip.InputLine input(YamlMap map, Duration usualDebounce) {
        return new GpioChip.InputLine(
                line(map),
                activeLow(map),
                bias(map),
                map.duration("debounce", usualDebounce, Duration.ZERO, Duration.ofSeconds(10)));
    }

    /** The keys beside {@code gpio} of an output. */
    static SiteConfig.Actuator output(YamlMap map) {
        String chip =
                map.required("gpio", "the label of a GPIO chip: pinctrl-bcm2711")
                        .map(YamlMap.Text::value)
                        .orElse("");
        GpioChip.OutputLine line =
                new GpioChip.OutputLine(line(map), activeLow(map), bias(map), false);
        String whenReleased = map.word("when-released", List.of("off", "on"));
        boolean pulledOn =
                line.bias() == (line.activeLow() ? GpioChip.Bias.PULL_DOWN : GpioChip.Bias.PULL_UP);
        boolean pulledOff =
                line.bias() == (line.activeLow() ? GpioChip.Bias.PULL_UP : GpioChip.Bias.PULL_DOWN);
        if (whenReleased.equals("on") ? pulledOff : pulledOn) {
            map.wrong(
                    "pull",
                    map.text("pull", ""),
                    "active is %s, so nobody driving the line makes it %s; when-released says %s"
                            .formatted(
                                    line.activeLow() ? "low" : "high",
                                    pulledOn ? "on" : "off",
                                    whenReleased));
        }
        return new SiteConfig.Actuator.GpioLine(chip, line, whenReleased.equals("on"));
    }

    private static String line(YamlMap map) {
        return map.required("line", LINE_RULE).map(YamlMap.Text::value).orElse("");
    }

    private static boolean activeLow(YamlMap map) {
        return map.word("active", List.of("high", "low")).equals("low");
    }

    private static GpioChip.Bias bias(YamlMap map) {
        return switch (map.word("pull", PULLS)) {
            case "up" -> GpioChip.Bias.PULL_UP;
            case "down" -> GpioChip.Bias.PULL_DOWN;
            case "none" -> GpioChip.Bias.NONE;
            default -> GpioChip.Bias.AS_IS;
        };
    }
}
