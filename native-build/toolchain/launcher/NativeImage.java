package dev.vigil.nativeimage;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command {@code native-image} of the assembled toolchain: tells the image builder what a
 * command line asks for, in a JVM made ready for it; a program that ends with the builder's exit
 * status.
 *
 * <p>GraalVM's own driver ({@code com.oracle.svm.driver.NativeImage}) is not on Maven Central. Each
 * argument of the builder's JVM below is there because the builder stops without it or says so in
 * its sources.
 */
final class NativeImage {
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final Path BUILDER = HOME.resolve("lib/svm/builder");

    /**
     * What the builder sees of the environment. Classes that are initialized at build time may keep
     * what they read there, and it would be in the executable for all to see; the C compiler needs
     * its path.
     */
    private static final Set<String> ENVIRONMENT =
            Set.of("PATH", "HOME", "PWD", "LANG", "LC_ALL", "TMPDIR");

    private final Properties version;

    private NativeImage(Properties version) {
        this.version = version;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Properties version = new Properties();
        try (InputStream in = NativeImage.class.getResourceAsStream("/version.properties")) {
            version.load(in);
        }
        try {
            System.exit(new NativeImage(version).run(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private int run(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--version")) {
            printVersion();
            return 0;
        }
        Options user = new Options();
        user.read(expanded(arguments), "user");
        String mainClass = user.jar.isEmpty() ? mainClassIn(user) : mainClassOfJar(user);
        List<Path> classPath =
                user.classPath.stream()
                        .map(p -> p.toAbsolutePath().normalize())
                        .distinct()
                        .toList();

        // What jars ask for comes first: the command line has the last word.
        Options all = new Options();
        all.exclusions.addAll(user.exclusions);
        Metadata metadata = new Metadata(all);
        for (Path entry : classPath) {
            metadata.read(entry);
        }
        all.builder.addAll(user.builder);
        all.jvm.addAll(user.jvm);
        all.modules.addAll(user.modules);
        nameImage(all, user, mainClass);

        List<String> image =
                new ArrayList<>(
                        List.of(
                                "-imagecp",
                                classPath.stream()
                                        .map(Path::toString)
                                        .collect(Collectors.joining(File.pathSeparator))));
        image.addAll(all.builder);
        return runBuilder(jvm(all), image, user.verbose);
    }

    /**
     * Quarkus reads these three lines (io.quarkus.deployment.pkg.steps.GraalVM); other tools read
     * the first.
     */
    private void printVersion() {
        String svm = version.getProperty("svm");
        String build = System.getProperty("java.runtime.version");
        System.out.println("native-image " + svm + " " + version.getProperty("date"));
        System.out.println(
                "OpenJDK Runtime Environment GraalVM CE " + svm + "+1.1 (build " + build + ")");
        System.out.println(
                "OpenJDK 64-Bit Server VM GraalVM CE "
                        + svm
                        + "+1.1 (build "
                        + build
                        + ", mixed mode)");
    }

    /** {@code @file} stands for the arguments in the file. */
    private static List<String> expanded(String[] arguments) throws IOException {
        List<String> expanded = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("@")) {
                expanded.addAll(Options.words(Files.readString(Path.of(argument.substring(1)))));
            } else {
                expanded.add(argument);
            }
        }
        return expanded;
    }

    private static String mainClassIn(Options user) {
        if (user.names.isEmpty()) {
            throw new IllegalArgumentException(
                    "native-image: which class? native-image [flags] -cp PATH CLASS [NAME], or -jar"
                        + " FILE [NAME]");
        }
        if (user.classPath.isEmpty()) {
            user.classPath.add(Path.of("."));
        }
        return user.names.remove(0);
    }

    /** Main class, class path and wishes of a jar's manifest, as {@code java -jar} reads them. */
    private static String mainClassOfJar(Options user) throws IOException {
        Path jar = Path.of(user.jar).toAbsolutePath().normalize();
        user.classPath.add(0, jar);
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes manifest = file.getManifest().getMainAttributes();
            for (String entry :
                    Options.words(
                            manifest.getOrDefault(Attributes.Name.CLASS_PATH, "").toString())) {
                user.classPath.add(jar.resolveSibling(entry));
            }
            List<String> wishes = new ArrayList<>();
            for (String kind : List.of("Add-Exports", "Add-Opens")) {
                for (String what :
                        Options.words(
                                manifest.getOrDefault(new Attributes.Name(kind), "").toString())) {
                    wishes.add("--" + kind.toLowerCase(Locale.ROOT) + "=" + what + "=ALL-UNNAMED");
                }
            }
            user.read(wishes, "user");
            if (user.names.isEmpty()) {
                user.names.add(jar.getFileName().toString().replaceFirst("\\.jar$", ""));
            }
            String mainClass = manifest.getValue(Attributes.Name.MAIN_CLASS);
            if (mainClass == null) {
                throw new IllegalArgumentException(
                        "native-image: " + jar + " has no Main-Class in its manifest");
            }
            return mainClass;
        }
    }

    private static void nameImage(Options all, Options user, String mainClass) {
        String name =
                user.names.isEmpty()
                        ? mainClass
                                .substring(mainClass.lastIndexOf('.') + 1)
                                .toLowerCase(Locale.ROOT)
                        : user.names.remove(0);
        if (!user.names.isEmpty()) {
            throw new IllegalArgumentException(
                    "native-image: what is meant by " + user.names + "?");
        }
        Path file =
                Path.of(user.output.isEmpty() ? name : user.output).toAbsolutePath().normalize();
        all.set("Path", file.getParent().toString(), "driver");
        all.set("Name", file.getFileName().toString(), "driver");
        all.set("Class", mainClass, "driver");
        all.set(
                "CLibraryPath",
                HOME.resolve("lib/svm/clibraries").resolve(user.target).toString(),
                "driver");
        if (!user.target.equals("linux-amd64")) {
            crossBuild(all, user.target);
        }
        // libsvm_container (limits of a cgroup) isn't part of this toolchain:
        // node/docs/decisions/0060.
        all.builder.add("-H:-UseContainerSupport@driver");
        // Same inputs, same id: it seeds the order of immutable collections, so builds repeat.
        byte[] inputs = String.join("\0", all.builder).getBytes(StandardCharsets.UTF_8);
        all.set("ImageBuildID", UUID.nameUUIDFromBytes(inputs).toString(), "driver");
    }

    /**
     * For another processor than the builder runs on: the target's C compiler, and its own small C
     * programs instead of a cache of what they printed on the target (arm64/cc runs them in qemu).
     */
    private static void crossBuild(Options all, String target) {
        Path compiler = HOME.resolve("lib/svm").resolve(target).resolve("cc");
        if (!Files.isExecutable(compiler)) {
            throw new IllegalArgumentException(
                    "native-image: this toolchain can't build for "
                            + target
                            + ": "
                            + compiler
                            + " is missing (toolchain/assemble-arm64.sh makes the one that builds for"
                            + " linux-aarch64)");
        }
        all.set("CCompilerPath", compiler.toString(), "driver");
        all.builder.add("-H:-UseCAPCache@driver");
        all.jvm.add("-Dsvm.targetPlatformOS=" + target.substring(0, target.indexOf('-')));
        all.jvm.add("-Dsvm.targetPlatformArch=" + target.substring(target.indexOf('-') + 1));
    }

    private List<String> jvm(Options all) {
        String svm = version.getProperty("svm");
        String modules =
                Stream.concat(
                                Stream.of(
                                        "ALL-DEFAULT",
                                        "jdk.internal.vm.ci",
                                        "jdk.graal.compiler",
                                        "org.graalvm.nativeimage.builder"),
                                all.modules.stream())
                        .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>();
        command.add(HOME.resolve("bin/java").toString());
        // The compiler is a library here: it needs JVMCI, while HotSpot compiles with its own C1
        // and C2.
        command.addAll(
                List.of(
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:+EnableJVMCI",
                        "-XX:-UseJVMCICompiler"));
        // A batch job: throughput counts, deep recursion over types, and no lingering after an
        // OutOfMemoryError.
        command.addAll(
                List.of(
                        "-XX:+UseParallelGC",
                        "-XX:GCTimeRatio=9",
                        "-XX:MaxRAMPercentage=75",
                        "-Xss10m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.awt.headless=true"));
        // Who we are: com.oracle.svm.core.VM and Quarkus' GraalVM class read these.
        command.addAll(
                List.of(
                        "-Dorg.graalvm.version=" + svm,
                        "-Dorg.graalvm.vendorversion=GraalVM CE " + svm,
                        "-Dorg.graalvm.vendor=assembled from Maven Central"));
        command.add(
                "-Dorg.graalvm.nativeimage.imagecode=buildtime"); // ImageInfo.inImageBuildtimeCode()
        command.add(
                "-Dcom.oracle.graalvm.isaot=true"); // class initializers that ask whether they run
                                                    // for an image
        command.add("-Dsubstratevm.HostLibC=glibc"); // SubstrateOptions.UseLibC's default
        command.add(
                "-Djdk.internal.lambda.disableEagerInitialization=true"); // lambdas as the analysis
                                                                          // expects them
        command.add(
                "-Djava.system.class.loader=com.oracle.svm.hosted.NativeImageSystemClassLoader");
        command.addAll(
                List.of(
                        "--enable-native-access=org.graalvm.nativeimage.builder",
                        "--sun-misc-unsafe-memory-access=allow"));
        // A JDK has an empty module jdk.graal.compiler of its own, which only the upgrade path
        // replaces.
        command.addAll(
                List.of(
                        "--upgrade-module-path",
                        BUILDER.resolve("compiler-" + svm + ".jar").toString(),
                        "--module-path",
                        BUILDER.toString()));
        command.add("--add-modules=" + modules);
        if (!all.modules.isEmpty()) {
            command.add(
                    "-Dsvm.modulesupport.addedModules="
                            + String.join(",", all.modules)); // ModuleSupport
        }
        command.addAll(all.jvm);
        command.add("@" + HOME.resolve("lib/svm/opens.args"));
        command.addAll(
                List.of(
                        "-m",
                        "org.graalvm.nativeimage.builder/com.oracle.svm.hosted.NativeImageGeneratorRunner"));
        return command;
    }

    /**
     * The builder reads its arguments from a file, zeros between them: a class path outgrows a
     * command line.
     */
    private static int runBuilder(List<String> jvm, List<String> image, boolean verbose)
            throws IOException, InterruptedException {
        if (verbose) {
            Stream.concat(jvm.stream(), image.stream()).forEach(System.out::println);
        }
        Path file = Files.createTempFile("native-image-", ".args");
        try {
            Files.writeString(file, String.join("\0", image));
            List<String> command = new ArrayList<>(jvm);
            command.add("--image-args-file=" + file);
            ProcessBuilder prepared = new ProcessBuilder(command).inheritIO();
            prepared.environment().keySet().retainAll(ENVIRONMENT);
            Process builder = prepared.start();
            // Who ends the launcher means the builder.
            Runtime.getRuntime().addShutdownHook(new Thread(builder::destroy));
            return builder.waitFor();
        } finally {
            Files.delete(file);
        }
    }
}
