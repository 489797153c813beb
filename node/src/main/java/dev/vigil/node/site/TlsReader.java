package dev.vigil.node.site;

import dev.vigil.forward.PemTls;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code ca}, {@code certificate} and {@code key} beside a {@code broker} of a site.yaml.
 * Stateless. The files are not looked at: a node watches whatever its certificates are like; {@code
 * check} tells.
 */
final class TlsReader {
    private static final List<String> KEYS = List.of("ca", "certificate", "key");

    private TlsReader() {}

    static PemTls read(YamlMap map, Path directory, boolean encrypted) {
        Optional<Path> ca = Paths.resolved(map, "ca", directory);
        Optional<Path> certificate = Paths.resolved(map, "certificate", directory);
        Optional<Path> key = Paths.resolved(map, "key", directory);
        if (!encrypted) {
            KEYS.stream()
                    .filter(map::has)
                    .findFirst()
                    .ifPresent(name -> map.mistake(name, "only for TLS: mqtts://host:port"));
        }
        if (certificate.isPresent() != key.isPresent()) {
            map.mistake(
                    certificate.isPresent() ? "certificate" : "key",
                    "'certificate' and 'key' belong together: one of them is missing");
            return new PemTls(ca, Optional.empty(), Optional.empty());
        }
        return new PemTls(ca, certificate, key);
    }
}
