package dev.vigil.nativeimage;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints the {@code --add-opens} arguments of the image builder's JVM, one a line; a program that
 * ends.
 *
 * <p>The builder reads private state of the JDK and of its own modules. GraalVM's JDK exports its
 * internals to modules of the builder's names; another JDK exports some of them to {@code
 * jdk.graal.compiler} only. Here every package of the modules that an image can hold is opened to
 * all modules of the builder and to the unnamed one (opened implies exported at run time). HotSpot
 * takes at most {@value #MOST} such arguments, so modules that no image holds are left out.
 */
final class BuilderOpens {
    /**
     * "Property count limit exceeded: jdk.module.addopens, limit=1000" (HotSpot, arguments.cpp).
     */
    private static final int MOST = 1000;

    /** Tools, desktop and data modules: nothing of the builder looks inside them. */
    private static final Pattern LEFT_OUT =
            Pattern.compile(
                    "java\\.(desktop|scripting|se|smartcardio|sql\\.rowset|xml\\.crypto)"
                        + "|jdk\\.(accessibility|charsets|compiler|dynalink|editpad|hotspot\\.agent|incubator\\..*"
                        + "|internal\\.(ed|le|opt)|jartool|javadoc|jcmd|jconsole|jdeps|jdi|jlink|jpackage|jshell|jsobject"
                        + "|jstatd|localedata|sctp|unsupported\\.desktop|xml\\.dom)");

    private BuilderOpens() {}

    /** {@code arguments[0]}: the folder of the builder's jars. */
    public static void main(String[] arguments) {
        Set<ModuleReference> builder = ModuleFinder.of(Path.of(arguments[0])).findAll();
        Set<String> builderNames =
                builder.stream()
                        .map(m -> m.descriptor().name())
                        .collect(Collectors.toCollection(TreeSet::new));
        String to = String.join(",", builderNames) + ",ALL-UNNAMED";
        Stream<ModuleDescriptor> jdk =
                ModuleFinder.ofSystem().findAll().stream()
                        .map(ModuleReference::descriptor)
                        .filter(m -> m.name().startsWith("java.") || m.name().startsWith("jdk."))
                        .filter(
                                m ->
                                        !m.name().startsWith("jdk.graal")
                                                && !LEFT_OUT.matcher(m.name()).matches());
        List<String> opens =
                Stream.concat(jdk, builder.stream().map(ModuleReference::descriptor))
                        .flatMap(
                                m ->
                                        m.packages().stream()
                                                .map(
                                                        p ->
                                                                "--add-opens="
                                                                        + m.name()
                                                                        + "/"
                                                                        + p
                                                                        + "="
                                                                        + to))
                        .sorted()
                        .toList();
        if (opens.size() > MOST) {
            throw new IllegalStateException(
                    "%d packages to open, HotSpot takes %d: leave out more modules"
                            .formatted(opens.size(), MOST));
        }
        opens.forEach(System.out::println);
    }
}
