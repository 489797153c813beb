package dev.vigil.node.site;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;

/**
 * Reads a site.yaml as a whole: a {@link SiteConfig}, or every {@link Mistake} in it at once.
 * Stateless. The keys are documented in node/docs/site-yaml.md.
 *
 * <p>Relative paths in the file are relative to its directory. Files it names (policies,
 * recordings, passwords) must exist.
 */
public final class SiteConfigReader {
    private static final String NAME_RULE =
            "must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit";
    private static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final long MIB = 1 << 20;
    private static final long TIB = 1L << 40;

    /** What a file turned out to be. */
    public sealed interface Result {}

    public record Valid(SiteConfig config) implements Result {}

    /** In the order of lines; never empty. */
    public record Invalid(List<Mistake> mistakes) implements Result {}

    private final YamlMap top;
    private final Path directory;
    private final Mistakes mistakes;

    private SiteConfigReader(YamlMap top, Path directory, Mistakes mistakes) {
        this.top = top;
        this.directory = directory;
        this.mistakes = mistakes;
    }

    /** Reads the file. What keeps it from being opened is a mistake too. */
    public static Result read(Path file) {
        String name = file.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(YamlText.BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return fileMistake(name, "no such file");
        } catch (IOException e) {
            return fileMistake(name, "can't be read: " + e.getMessage());
        }
        Path parent = file.toAbsolutePath().getParent();
        return read(name, bytes, parent == null ? Path.of("") : parent);
    }

    /**
     * Reads the content of a file.
     *
     * @param name for the messages
     * @param directory that relative paths in it are relative to
     */
    public static Result read(String name, byte[] bytes, Path directory) {
        if (bytes.length > YamlText.BYTES_MAX) {
            return fileMistake(
                    name,
                    "bigger than %s, the most there may be"
                            .formatted(ByteText.of(YamlText.BYTES_MAX)));
        }
        Mistakes mistakes = new Mistakes(name);
        Optional<MappingNode> root = YamlText.parse(bytes, mistakes);
        if (root.isEmpty()) {
            return new Invalid(mistakes.list());
        }
        SiteConfig config =
                new SiteConfigReader(new YamlMap(root.get(), "", mistakes), directory, mistakes)
                        .config();
        return mistakes.isEmpty() ? new Valid(config) : new Invalid(mistakes.list());
    }

    private static Result fileMistake(String name, String text) {
        return new Invalid(List.of(new Mistake(name, 0, "", text)));
    }

    private SiteConfig config() {
        top.required("node", "the node's name; " + NAME_RULE);
        String node = name("node", "unnamed");
        String organisation = name("organisation", "default");
        String description = top.text("description", "");
        SiteConfig.Journal journal = journal();
        SiteConfig.Page page = page();
        Optional<SiteConfig.Listener> listener = top.map("listener").map(this::listener);
        Optional<SiteConfig.Subscriber> subscriber =
                top.map("subscriber").map(map -> subscriber(map, node));
        LineOwners lines = new LineOwners();
        SiteConfig.Inputs inputs = new InputsReader(top, directory, mistakes, lines).read();
        List<SiteConfig.Policy> policies =
                new PoliciesReader(directory, inputs.channels()).policies(top);
        Optional<SiteConfig.PolicyStore> policyStore =
                top.map("policy-store").map(map -> policyStore(map, journal));
        List<SiteConfig.Output> outputs =
                new OutputsReader(directory, node, inputs.channels(), lines).read(top);
        List<SiteConfig.Uplink> uplinks =
                top.mapOrMaps("uplink").stream()
                        .flatMap(map -> UplinkReader.read(map, directory, node).stream())
                        .toList();
        SiteConfig.SelfTest selfTest = OutputsReader.selfTest(top, outputs);
        boolean remote = listener.isPresent() || subscriber.isPresent();
        if (!remote && !inputs.topics().isEmpty()) {
            top.mistake("topics", "no way in for MQTT messages - add 'listener:' or 'subscriber:'");
        }
        top.end();
        return new SiteConfig(
                node,
                organisation,
                description,
                journal,
                page,
                listener,
                subscriber,
                inputs,
                policies,
                policyStore,
                outputs,
                selfTest,
                uplinks);
    }

    private String name(String key, String otherwise) {
        String name = top.text(key, otherwise);
        if (!name.matches(NAME_PATTERN)) {
            top.wrong(key, name, NAME_RULE);
        }
        return name;
    }

    private SiteConfig.Journal journal() {
        Path data = directory.resolve("vigil-data");
        Optional<YamlMap> section = top.map("journal");
        if (section.isEmpty()) {
            return new SiteConfig.Journal(
                    data,
                    64 * MIB,
                    2048 * MIB,
                    Duration.ofHours(24),
                    SiteConfig.Journal.AROUND_ALARMS,
                    SiteConfig.Journal.TIME_SYNC_FILE);
        }
        YamlMap map = section.get();
        SiteConfig.Journal journal =
                new SiteConfig.Journal(
                        Paths.resolved(map, "directory", directory).orElse(data),
                        map.bytes("alarm", 64 * MIB, MIB, TIB),
                        map.bytes("history", 2048 * MIB, MIB, TIB),
                        map.duration(
                                "keep", Duration.ofHours(24), Duration.ZERO, Duration.ofDays(3650)),
                        map.duration(
                                "around-alarms",
                                SiteConfig.Journal.AROUND_ALARMS,
                                Duration.ZERO,
                                Duration.ofDays(1)),
                        Paths.resolved(map, "time-sync-file", directory)
                                .orElse(SiteConfig.Journal.TIME_SYNC_FILE));
        map.end();
        return journal;
    }

    private SiteConfig.PolicyStore policyStore(YamlMap map, SiteConfig.Journal journal) {
        map.required("trust", "the folder with the keys whose signatures count");
        SiteConfig.PolicyStore store =
                new SiteConfig.PolicyStore(
                        Paths.resolved(map, "directory", directory)
                                .orElse(journal.directory().resolve("policies")),
                        trust(map),
                        map.number("cpu", 0.5, 0.01, 64),
                        map.number("readings", 1, 0, 1_000_000));
        map.end();
        return store;
    }

    private Path trust(YamlMap map) {
        Path folder = Paths.resolved(map, "trust", directory).orElse(directory);
        if (map.has("trust") && !Files.isRegularFile(folder.resolve("root.pub.pem"))) {
            map.wrong("trust", folder.toString(), "must be a folder with a root.pub.pem");
        }
        return folder;
    }

    private SiteConfig.Page page() {
        Optional<YamlMap> section = top.map("page");
        if (section.isEmpty()) {
            return new SiteConfig.Page("127.0.0.1", 8080);
        }
        YamlMap map = section.get();
        SiteConfig.Page page =
                new SiteConfig.Page(
                        Hosts.host(map, "127.0.0.1"), map.integer("port", 8080, 1, 65_535));
        map.end();
        return page;
    }

    private SiteConfig.Listener listener(YamlMap map) {
        String host = Hosts.host(map, "127.0.0.1");
        SiteConfig.Listener listener =
                new SiteConfig.Listener(
                        host,
                        map.integer("port", 1883, 1, 65_535),
                        map.integer("connections", 1_000, 1, 100_000),
                        (int) map.bytes("packet", 256 << 10, 64, 16 * MIB),
                        map.integer("topic-length", 512, 1, 65_535),
                        map.integer("in-flight", 1_000, 1, 65_535),
                        map.map("users").map(this::users).orElse(Map.of()));
        if (listener.credentials().isEmpty() && !Hosts.isLoopback(host)) {
            map.wrong(
                    map.has("host") ? "host" : "users",
                    host,
                    "without 'users' everybody could feed readings: allowed only on 127.0.0.1 or ::1");
        }
        map.end();
        return listener;
    }

    private Map<String, String> users(YamlMap map) {
        Map<String, String> users = new LinkedHashMap<>();
        for (String user : map.keys()) {
            Optional<YamlMap> entry = map.map(user);
            if (entry.isPresent()) {
                Optional<String> password = Secrets.password(entry.get(), directory);
                if (password.isEmpty()
                        && !entry.get().has("password")
                        && !entry.get().has("password-file")) {
                    map.mistake(user, "missing - a user has a 'password' or a 'password-file'");
                }
                users.put(user, password.orElse(""));
                entry.get().end();
            }
        }
        if (users.isEmpty()) {
            top.mistake("listener", "'users' is empty - name at least one, or leave it out");
        }
        return users;
    }

    private SiteConfig.Subscriber subscriber(YamlMap map, String node) {
        List<YamlMap.Text> filters = map.texts("topics");
        for (YamlMap.Text filter : filters) {
            TopicFilters.problem(filter.value())
                    .ifPresent(
                            problem ->
                                    mistakes.add(
                                            filter.line(),
                                            filter.path(),
                                            YamlMap.shown(filter.value()) + " - " + problem));
        }
        if (filters.isEmpty() && !map.has("topics")) {
            map.required("topics", "topic filters to subscribe to, as a list");
        }
        URI broker = Hosts.broker(map);
        SiteConfig.Subscriber subscriber =
                new SiteConfig.Subscriber(
                        broker,
                        map.text("client-id", "vigil-" + node),
                        map.text("user").map(YamlMap.Text::value),
                        Secrets.password(map, directory),
                        TlsReader.read(map, directory, Hosts.isTls(broker)),
                        filters.stream().map(YamlMap.Text::value).toList());
        if (subscriber.password().isPresent() && subscriber.userName().isEmpty()) {
            map.mistake("user", "missing - a password needs a user");
        }
        map.end();
        return subscriber;
    }
}
