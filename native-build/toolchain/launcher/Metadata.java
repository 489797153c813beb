package dev.vigil.nativeimage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the jars of the class path say about themselves under {@code META-INF/native-image}; used by
 * the main thread.
 *
 * <p>{@code native-image.properties} holds flags ({@code Args}, {@code JavaArgs}; {@code ${.}} in
 * them is the file's own folder); the configuration files beside it are named to the builder by the
 * option that reads their kind ({@code com.oracle.svm.core.configure.ConfigurationFile}, {@code
 * com.oracle.svm.hosted.config}).
 */
final class Metadata {
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "reflect-config.json", "ReflectionConfigurationResources",
                    "jni-config.json", "JNIConfigurationResources",
                    "proxy-config.json", "DynamicProxyConfigurationResources",
                    "resource-config.json", "ResourceConfigurationResources",
                    "serialization-config.json", "SerializationConfigurationResources",
                    "reachability-metadata.json", "ReachabilityMetadataResources");

    private final Options options;

    /** Adds what it finds to {@code options}, less what these exclude. */
    Metadata(Options options) {
        this.options = options;
    }

    /** One entry of the class path, a folder or a jar; anything else holds nothing. */
    void read(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            readIn(entry, entry, entry.toUri().toString());
        } else if (Files.isRegularFile(entry) && entry.toString().endsWith(".jar")) {
            try (FileSystem jar = FileSystems.newFileSystem(entry)) {
                readIn(entry, jar.getPath("/"), "jar:" + entry.toUri() + "!/");
            }
        }
    }

    private void readIn(Path entry, Path root, String origin) throws IOException {
        Path folder = root.resolve("META-INF/native-image");
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String resource = root.relativize(file).toString();
            String name = file.getFileName().toString();
            if (excluded(entry, resource)) {
                continue;
            }
            if (name.equals("native-image.properties")) {
                readFlags(file, resource, origin + resource);
            } else if (OPTIONS.containsKey(name)) {
                options.set(OPTIONS.get(name), resource, origin + resource);
            }
        }
    }

    private void readFlags(Path file, String resource, String origin) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        String folder = resource.substring(0, resource.lastIndexOf('/'));
        options.read(
                Options.words(properties.getProperty("Args", "").replace("${.}", folder)), origin);
        options.jvm.addAll(Options.words(properties.getProperty("JavaArgs", "")));
    }

    /** Patterns are written for paths that begin with a slash. */
    private boolean excluded(Path entry, String resource) {
        return options.exclusions.stream()
                .anyMatch(
                        x ->
                                x.jar().matcher(entry.toString()).find()
                                        && x.file().matcher("/" + resource).find());
    }
}
