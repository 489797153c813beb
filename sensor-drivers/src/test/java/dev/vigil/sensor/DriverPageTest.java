package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver that DRIVERS.md shows compiles, and passes the test that it shows. */
class DriverPageTest {
    private static final Path PAGE = Path.of("DRIVERS.md");
    private static final Pattern JAVA = Pattern.compile("(?s)```java\\n(.*?)```");
    private static final Pattern NAME = Pattern.compile("public (?:final )?class (\\w+)");
    private static final int LINES_MAX = 100;

    @TempDir Path directory;

    @Test
    void theDriverOfThePageIsShort() throws IOException {
        long lines = blocks().getFirst().lines().count();
        assertTrue(lines < LINES_MAX, "%d lines".formatted(lines));
    }

    @Test
    void theDriverOfThePagePassesItsTest() throws Exception {
        compile(blocks());
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> test = loader.loadClass("dev.vigil.sensor.tmp102.Tmp102Test");
            int run = 0;
            for (Method method : test.getMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    run(method, test.getDeclaredConstructor().newInstance());
                    run++;
                }
            }
            assertEquals(7, run, "3 of its own, 4 of every driver");
        }
    }

    private void run(Method method, Object test) throws ReflectiveOperationException {
        try {
            if (method.getParameterCount() == 0) {
                method.invoke(test);
            } else {
                method.invoke(test, directory);
            }
        } catch (InvocationTargetException e) {
            throw new AssertionError(method.getName() + " of the page failed", e.getCause());
        }
    }

    private void compile(List<String> sources) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String source : sources) {
            Matcher name = NAME.matcher(source);
            assertTrue(name.find(), "a block without a class");
            Path file = directory.resolve(name.group(1) + ".java");
            Files.writeString(file, source);
            files.add(file);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            String path =
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path"));
            boolean right =
                    compiler.getTask(
                                    messages,
                                    manager,
                                    null,
                                    List.of("-d", directory.toString(), "-cp", path, "-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files))
                            .call();
            assertTrue(right, messages::toString);
        }
    }

    private static List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = JAVA.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }
}
