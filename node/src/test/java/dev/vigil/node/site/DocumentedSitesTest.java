package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every site.yaml that the documentation shows can be run. */
final class DocumentedSitesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern YAML = Pattern.compile("(?s)```yaml\\n(.*?)```");

    @Test
    void sitesOfTheReferenceAreRight() throws IOException {
        List<String> blocks = blocks(ROOT.resolve("node/docs/site-yaml.md"));
        assertEquals(5, blocks.size());
        blocks.forEach(DocumentedSitesTest::assertRight);
    }

    @Test
    void sitesOfTheReadmeAreRight() throws IOException {
        blocks(ROOT.resolve("README.md")).forEach(DocumentedSitesTest::assertRight);
    }

    @Test
    void sitesOfTheOutputsPageAreRight() throws IOException {
        List<String> blocks = blocks(ROOT.resolve("node/docs/outputs.md"));
        assertEquals(1, blocks.size());
        blocks.forEach(DocumentedSitesTest::assertRight);
    }

    @Test
    void referenceNamesEveryKeyOfTheTop() throws IOException {
        String reference = Files.readString(ROOT.resolve("node/docs/site-yaml.md"));
        var result =
                SiteConfigReader.read(
                        "x", "nope: 1\n".getBytes(StandardCharsets.UTF_8), Path.of("."));
        String known =
                ((SiteConfigReader.Invalid) result)
                        .mistakes().stream()
                                .map(Mistake::text)
                                .filter(text -> text.startsWith("unknown key"))
                                .map(text -> text.substring(text.indexOf("known here: ") + 12))
                                .findFirst()
                                .orElseThrow();
        assertFalse(known.isEmpty());
        for (String key : List.of(known.split(", ", -1))) {
            assertEquals(
                    key,
                    reference.contains("`" + key + "`") || reference.contains("`" + key + ".")
                            ? key
                            : "not documented");
        }
    }

    private static void assertRight(String yaml) {
        Path directory = ROOT.resolve("node/docs");
        assertEquals(
                "right",
                switch (SiteConfigReader.read(
                        "block", yaml.getBytes(StandardCharsets.UTF_8), directory)) {
                    case SiteConfigReader.Valid _ -> "right";
                    case SiteConfigReader.Invalid(var mistakes) -> mistakes + " in\n" + yaml;
                });
    }

    private static List<String> blocks(Path file) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = YAML.matcher(Files.readString(file));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }
}
