package dev.vigil.node.site;

import dev.vigil.forward.PemTls;
import dev.vigil.forward.TlsFault;
import dev.vigil.node.watch.Pattern;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.SensorChannel;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code ./vigil check site.yaml}. Stateless; starts nothing and writes nothing but its answer. */
public final class SiteCheck {
    private static final int RECORDING_PROBLEMS_MAX = 20;

    private SiteCheck() {}

    /**
     * Prints every mistake in the file and in the files it names, or a summary of the site.
     *
     * @return the exit code: 0 when a node can start with it, else 1
     */
    public static int check(Path file, PrintStream out) {
        return switch (SiteConfigReader.read(file)) {
            case SiteConfigReader.Invalid(var mistakes) -> {
                mistakes.forEach(out::println);
                out.println(wrong(file, mistakes.size()));
                yield 1;
            }
            case SiteConfigReader.Valid(var site) -> {
                List<String> problems = problems(site);
                problems.forEach(out::println);
                if (problems.isEmpty()) {
                    summary(file, site).forEach(out::println);
                } else {
                    out.println(wrong(file, problems.size()));
                }
                yield problems.isEmpty() ? 0 : 1;
            }
        };
    }

    /** What only the files and directories of this machine can tell. */
    private static List<String> problems(SiteConfig site) {
        List<String> problems = new ArrayList<>();
        for (SiteConfig.LocalSensor local : site.inputs().local()) {
            if (local
                    instanceof
                    SiteConfig.LocalSensor.Recorded(var file, var time, var columns, _)) {
                problems.addAll(
                        RecordedSensor.problems(file, time, columns, RECORDING_PROBLEMS_MAX));
            }
        }
        site.subscriber().ifPresent(s -> problem("subscriber", s.tls()).ifPresent(problems::add));
        for (SiteConfig.Uplink uplink : site.uplinks()) {
            if (uplink.way() instanceof SiteConfig.Mqtt mqtt) {
                problem("uplink.mqtt", mqtt.tls()).ifPresent(problems::add);
            }
        }
        for (SiteConfig.Output output : site.outputs()) {
            if (output.actuator() instanceof SiteConfig.Actuator.Mqtt mqtt) {
                problem("output " + output.id(), mqtt.tls()).ifPresent(problems::add);
            }
        }
        Path directory = site.journal().directory().toAbsolutePath();
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            problems.add(
                    "journal.directory: '%s' - %s must be a directory the node can write to"
                            .formatted(directory, existing));
        }
        return problems;
    }

    /** Keys and certificates that can't be used; the node would start and say the same. */
    private static Optional<String> problem(String where, PemTls tls) {
        try {
            tls.context();
            return Optional.empty();
        } catch (TlsFault e) {
            return Optional.of("%s: %s".formatted(where, e.getMessage()));
        }
    }

    private static List<String> summary(Path file, SiteConfig site) {
        Collection<SensorChannel> channels = site.inputs().channels().values();
        Set<String> zones =
                channels.stream()
                        .map(SensorChannel::zone)
                        .collect(Collectors.toCollection(TreeSet::new));
        List<String> lines = new ArrayList<>();
        lines.add(file + " is right.");
        lines.add(line("node", "%s of %s".formatted(site.node(), site.organisation())));
        lines.add(
                line(
                        "sensors",
                        "%d in zones %s; the node samples %d itself"
                                .formatted(
                                        channels.size(),
                                        String.join(", ", zones),
                                        sampled(site.inputs().local())
                                                + site.inputs().contacts().size())));
        for (SiteConfig.Policy policy : site.policies()) {
            lines.add(
                    line(
                            "policy",
                            "%s (%s) watches %d channels"
                                    .formatted(
                                            policy.id(),
                                            policy.module(),
                                            policy.channels().size())));
        }
        Set<SensorChannel> unwatched = unwatched(site);
        site.inputs()
                .meanings()
                .forEach(
                        (channel, meaning) ->
                                lines.add(
                                        line(
                                                "contact",
                                                "%s is a %s"
                                                        .formatted(channel.id(), meaning.word()))));
        if (!unwatched.isEmpty()) {
            lines.add(line("unwatched", "recorded, but judged by no policy: " + names(unwatched)));
        }
        for (SiteConfig.Output output : site.outputs()) {
            lines.add(line("output", output(output)));
        }
        if (site.outputs().isEmpty()) {
            lines.add(line("output", "none: an alarm here is seen, but not heard"));
        }
        lines.add(line("listener", site.listener().map(SiteCheck::listener).orElse("none")));
        lines.add(
                line(
                        "subscriber",
                        site.subscriber()
                                .map(s -> "%s as %s".formatted(s.broker(), s.clientId()))
                                .orElse("none")));
        lines.add(
                line(
                        "uplink",
                        site.uplinks().isEmpty()
                                ? "none: records stay in the journal"
                                : site.uplinks().stream()
                                        .map(SiteCheck::uplink)
                                        .collect(Collectors.joining(", else "))));
        lines.add(line("journal", journal(site.journal())));
        lines.add(line("page", "http://%s:%d/".formatted(site.page().host(), site.page().port())));
        return lines;
    }

    /** Channels that no policy judges, which mean nothing by themselves and belong to no output. */
    private static Set<SensorChannel> unwatched(SiteConfig site) {
        Set<SensorChannel> unwatched = new LinkedHashSet<>(site.inputs().channels().values());
        site.policies().forEach(policy -> policy.channels().forEach(unwatched::remove));
        unwatched.removeAll(site.inputs().meanings().keySet());
        site.outputs().stream()
                .flatMap(output -> output.plan().feedback().stream())
                .forEach(feedback -> unwatched.remove(feedback.channel()));
        return unwatched;
    }

    private static String output(SiteConfig.Output output) {
        String text =
                "%s (%s, %s)"
                        .formatted(
                                output.id(), output.plan().kind().word(), output.actuator().word());
        if (!output.plan().pattern().equals(Pattern.STEADY)) {
            text += ", " + output.plan().pattern().word();
        }
        return text
                + output.plan()
                        .feedback()
                        .map(feedback -> ", feedback " + feedback.channel().id())
                        .orElse("");
    }

    private static String listener(SiteConfig.Listener listener) {
        return "mqtt://%s:%d, %s"
                .formatted(
                        listener.host(),
                        listener.port(),
                        listener.credentials().isEmpty()
                                ? "everybody on this machine"
                                : listener.credentials().size() + " users");
    }

    private static String uplink(SiteConfig.Uplink uplink) {
        String way =
                switch (uplink.way()) {
                    case SiteConfig.Kafka kafka ->
                            "Kafka %s, topic %s".formatted(kafka.bootstrapServers(), kafka.topic());
                    case SiteConfig.Mqtt mqtt ->
                            "MQTT %s as %s".formatted(mqtt.broker(), mqtt.clientId());
                };
        return uplink.bytesPerSecond().isEmpty()
                ? way
                : "%s, at most %d bytes/s".formatted(way, uplink.bytesPerSecond().getAsLong());
    }

    private static String journal(SiteConfig.Journal journal) {
        return "%s, alarms %s, history %s, kept %s after delivery"
                .formatted(
                        journal.directory(),
                        ByteText.of(journal.alarmBytes()),
                        ByteText.of(journal.historyBytes()),
                        DurationText.of(journal.keep()));
    }

    private static int sampled(List<SiteConfig.LocalSensor> local) {
        return local.stream()
                .mapToInt(
                        sensor ->
                                switch (sensor) {
                                    case SiteConfig.LocalSensor.Waveform _ -> 1;
                                    case SiteConfig.LocalSensor.Recorded recorded ->
                                            recorded.columns().size();
                                    case SiteConfig.LocalSensor.OfChip chip ->
                                            chip.channels().size() + chip.inputs().size();
                                })
                .sum();
    }

    private static String names(Collection<SensorChannel> channels) {
        String names =
                channels.stream()
                        .limit(10)
                        .map(c -> c.id().name())
                        .collect(Collectors.joining(", "));
        return channels.size() <= 10
                ? names
                : names + " and %d more".formatted(channels.size() - 10);
    }

    private static String wrong(Path file, int count) {
        return "%s has %d mistake%s.".formatted(file, count, count == 1 ? "" : "s");
    }

    private static String line(String what, String text) {
        return "  %-11s %s".formatted(what, text);
    }
}
