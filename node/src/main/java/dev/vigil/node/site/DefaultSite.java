package dev.vigil.node.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The bundled site.yaml. Stateless. */
final class DefaultSite {
    static final String NAME = "default-site.yaml";

    private DefaultSite() {}

    static SiteConfig read(Path directory) {
        return switch (SiteConfigReader.read(NAME, bytes(), directory)) {
            case SiteConfigReader.Valid(var config) -> config;
            case SiteConfigReader.Invalid(var mistakes) ->
                    throw new IllegalStateException(
                            "the bundled site is wrong: " + mistakes.getFirst());
        };
    }

    private static byte[] bytes() {
        try (InputStream in = DefaultSite.class.getResourceAsStream(NAME)) {
            if (in == null) {
                throw new IllegalStateException("the bundled %s is missing".formatted(NAME));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundled %s can't be read".formatted(NAME), e);
        }
    }
}
