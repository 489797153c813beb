package dev.vigil.nativeimage;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command line of {@code native-image} asks for, in the words of the image builder; owned by
 * the main thread.
 *
 * <p>The builder knows only {@code -H:Name@origin=value}. Which flag stands for which option is
 * said by the {@code @APIOption} annotations of the svm sources ({@code SubstrateOptions}, {@code
 * ClassInitializationOptions}, {@code VMInspectionOptions}, {@code NativeImageClassLoaderOptions}
 * ...). The flags here are those that Quarkus 3.34 gives, those in the jars that a node is built
 * from, and a few for use by hand; any other is refused by its name, since a flag that is silently
 * dropped builds the wrong thing.
 */
final class Options {
    /** Flags that take no value, and the builder's option. */
    private static final Map<String, String> WITHOUT_VALUE =
            Map.ofEntries(
                    Map.entry("--no-fallback", "-H:FallbackThreshold=0"),
                    Map.entry("--link-at-build-time", "-H:LinkAtBuildTime="),
                    Map.entry("--enable-http", "-H:EnableURLProtocols=http"),
                    Map.entry("--enable-https", "-H:EnableURLProtocols=https"),
                    Map.entry(
                            "--exact-reachability-metadata", "-H:ThrowMissingRegistrationErrors="),
                    Map.entry("--gc=serial", "-H:+UseSerialGC"),
                    Map.entry("--gc=epsilon", "-H:+UseEpsilonGC"),
                    Map.entry("--shared", "-H:+SharedLibrary"),
                    Map.entry("-g", "-H:GenerateDebugInfo=2"));

    /** Flags whose value goes to the builder's option as it is. */
    private static final Map<String, String> WITH_VALUE =
            Map.ofEntries(
                    Map.entry("--features", "Features"),
                    Map.entry("--link-at-build-time", "LinkAtBuildTime"),
                    Map.entry("--enable-url-protocols", "EnableURLProtocols"),
                    Map.entry("--enable-monitoring", "EnableMonitoringFeatures"),
                    Map.entry("--enable-native-access", "EnableNativeAccess"),
                    Map.entry("--add-opens", "AddOpens"),
                    Map.entry("--add-exports", "AddExports"),
                    Map.entry("--parallelism", "NumberOfThreads"),
                    Map.entry("--color", "Color"),
                    Map.entry("--future-defaults", "FutureDefaults"),
                    Map.entry("--trace-object-instantiation", "TraceObjectInstantiation"),
                    Map.entry("-march", "MicroArchitecture"));

    /** Also arguments of the builder's JVM, which loads the same classes. */
    private static final Set<String> JVM_TOO =
            Set.of("--enable-native-access", "--add-opens", "--add-exports");

    /** The default by now, or gone: accepted without effect. */
    private static final Set<String> OBSOLETE =
            Set.of(
                    "--allow-incomplete-classpath",
                    "--install-exit-handlers",
                    "--report-unsupported-elements-at-runtime",
                    "--strict-image-heap");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    /**
     * A configuration file that is not to be used: pattern of the jar's path, pattern of the file's
     * path in it.
     */
    record Exclusion(Pattern jar, Pattern file) {}

    /** Options of the builder, {@code -H:Name@origin=value}; among equals the last one wins. */
    final List<String> builder = new ArrayList<>();

    /** Arguments of the builder's JVM. */
    final List<String> jvm = new ArrayList<>();

    final List<Path> classPath = new ArrayList<>();
    final List<Exclusion> exclusions = new ArrayList<>();
    final Set<String> modules = new LinkedHashSet<>();

    /** Main class and file name, in the order given. */
    final List<String> names = new ArrayList<>();

    /** What is built for, as the builder calls it: linux-amd64, or linux-aarch64. */
    String target = "linux-amd64";

    String jar = "";
    String output = "";
    boolean verbose;

    /** Blank-separated words; quotes hold a word together. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(
                    Stream.of(word.group(1), word.group(2), word.group(3))
                            .filter(g -> g != null)
                            .findFirst()
                            .orElseThrow());
        }
        return words;
    }

    /**
     * Reads flags.
     *
     * @param origin who gave them, as the builder's messages shall say: "user", or a jar's file
     * @throws IllegalArgumentException when a flag isn't known
     */
    void read(List<String> arguments, String origin) throws IOException {
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            if (argument.startsWith("-H:") || argument.startsWith("-R:")) {
                builder.add(origin.equals("user") ? argument : from(origin, argument));
            } else if (argument.startsWith("-J")) {
                jvm.add(argument.substring(2));
            } else if (argument.startsWith("-D")) {
                jvm.add(argument);
            } else if (WITHOUT_VALUE.containsKey(argument)) {
                builder.add(from(origin + "+api", WITHOUT_VALUE.get(argument)));
            } else if (argument.matches("-O[0-3bs]")) {
                set("Optimize", argument.substring(2), origin + "+api");
            } else if (argument.startsWith("-")) {
                readFlag(argument, rest, origin);
            } else {
                names.add(argument);
            }
        }
    }

    private void readFlag(String argument, Iterator<String> rest, String origin)
            throws IOException {
        int equals = argument.indexOf('=');
        String flag = equals < 0 ? argument : argument.substring(0, equals);
        if (OBSOLETE.contains(flag)) {
            return;
        }
        if (flag.equals("--verbose")) {
            verbose = true;
            return;
        }
        boolean known =
                WITH_VALUE.containsKey(flag)
                        || flag.matches(
                                "-(cp|-?classpath|-class-path|jar|o|-target|-add-modules|-exclude-config|-initialize-at-(build|run)-time)");
        if (!known) {
            throw new IllegalArgumentException(
                    "native-image: this launcher doesn't know the flag "
                            + argument
                            + " ("
                            + origin
                            + ")");
        }
        boolean everything = equals < 0 && flag.startsWith("--initialize-at-");
        String value = everything ? "" : equals < 0 ? rest.next() : argument.substring(equals + 1);
        switch (flag) {
            case "-cp", "-classpath", "--class-path" -> classPath.addAll(paths(value));
            case "-jar" -> jar = value;
            case "-o" -> output = value;
            case "--target" -> target = value;
            case "--add-modules" -> modules.addAll(List.of(value.split(",")));
            case "--exclude-config" ->
                    exclusions.add(
                            new Exclusion(Pattern.compile(value), Pattern.compile(rest.next())));
            case "--initialize-at-build-time" ->
                    set("ClassInitialization", initialized(value, "build_time"), origin + "+api");
            case "--initialize-at-run-time" ->
                    set("ClassInitialization", initialized(value, "run_time"), origin + "+api");
            default -> {
                set(WITH_VALUE.get(flag), value, origin + "+api");
                if (JVM_TOO.contains(flag)) {
                    jvm.add(flag + "=" + value);
                }
            }
        }
    }

    /** Adds one of the builder's options that takes a value. */
    void set(String option, String value, String origin) {
        builder.add("-H:" + option + "@" + origin + "=" + value);
    }

    /**
     * {@code -H:Foo=x} becomes {@code -H:Foo@origin=x}, and {@code -H:+Foo} becomes {@code
     * -H:+Foo@origin}.
     */
    private static String from(String origin, String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        return name.contains("@")
                ? option
                : name + "@" + origin + (equals < 0 ? "" : option.substring(equals));
    }

    /** "a,b" becomes "a:run_time,b:run_time"; nothing means everything. */
    private static String initialized(String classes, String when) {
        return Arrays.stream(classes.split(","))
                .map(name -> name.strip() + ":" + when)
                .collect(Collectors.joining(","));
    }

    /** A class path; {@code folder/*} stands for the jars in the folder. */
    private static List<Path> paths(String text) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String entry : text.split(File.pathSeparator)) {
            if (entry.endsWith("/*")) {
                try (DirectoryStream<Path> jars =
                        Files.newDirectoryStream(
                                Path.of(entry.substring(0, entry.length() - 2)), "*.jar")) {
                    jars.forEach(paths::add);
                }
            } else if (!entry.isEmpty()) {
                paths.add(Path.of(entry));
            }
        }
        return paths;
    }
}
