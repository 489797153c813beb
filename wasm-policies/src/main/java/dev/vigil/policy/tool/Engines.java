package dev.vigil.policy.tool;

import dev.vigil.policy.Engine;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.ModuleSource;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyUnloadable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The engines by the words of the command line. Stateless. */
final class Engines {
    private Engines() {}

    static String word(Engine engine) {
        return engine.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String words() {
        return Arrays.stream(Engine.values()).map(Engines::word).collect(Collectors.joining(", "));
    }

    /** Of {@code --engine}; empty: what a node would take. */
    static Optional<Engine> chosen(Arguments arguments) {
        Optional<String> word = arguments.one("--engine");
        for (Engine engine : Engine.values()) {
            if (word.filter(word(engine)::equals).isPresent()) {
                return Optional.of(engine);
            }
        }
        word.ifPresent(
                wrong -> {
                    throw ToolFailure.usage(
                            "--engine is '%s', there are %s".formatted(wrong, words()));
                });
        return Optional.empty();
    }

    /**
     * With every capability its manifest asks for: what a site gives is not known where policies
     * are written.
     */
    static PolicySpec givenWhatItAsks(PolicySpec spec) {
        try {
            Manifest manifest = Manifest.of(ModuleSource.read(spec.module()));
            return spec.with(spec.grant().withCapabilities(manifest.budget().capabilities()));
        } catch (IOException | IllegalArgumentException _) {
            // Loading it says what is wrong.
            return spec;
        }
    }

    /** As {@link PolicySet#load(List)}, with what is wrong as this tool's failure. */
    static PolicySet load(PolicySpec spec, Optional<Engine> engine) {
        PolicySpec given = givenWhatItAsks(spec);
        try {
            return engine.isPresent()
                    ? PolicySet.load(List.of(given), engine.get())
                    : PolicySet.load(List.of(given));
        } catch (PolicyUnloadable e) {
            throw ToolFailure.broken(String.valueOf(e.getMessage()));
        }
    }
}
