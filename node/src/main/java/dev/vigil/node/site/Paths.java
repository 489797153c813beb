package dev.vigil.node.site;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** File names of a site.yaml. Stateless. */
final class Paths {
    private Paths() {}

    /** The key's path, resolved against the directory of the site.yaml. */
    static Optional<Path> resolved(YamlMap map, String key, Path directory) {
        return map.text(key).flatMap(text -> resolved(map, key, text.value(), directory));
    }

    static Optional<Path> existing(YamlMap map, String key, Path directory) {
        Optional<Path> path = resolved(map, key, directory);
        path.filter(p -> !Files.isRegularFile(p) || !Files.isReadable(p))
                .ifPresent(p -> map.wrong(key, p.toString(), "must be a file the node can read"));
        return path;
    }

    private static Optional<Path> resolved(YamlMap map, String key, String text, Path directory) {
        try {
            return Optional.of(directory.resolve(text).normalize());
        } catch (InvalidPathException e) {
            map.wrong(key, text, "must be a file name");
            return Optional.empty();
        }
    }
}
