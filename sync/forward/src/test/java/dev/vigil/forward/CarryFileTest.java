package dev.vigil.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarryFileTest {
    private final Random random = new Random(20261123);
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream printed = new PrintStream(said, true, StandardCharsets.UTF_8);
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void aJournalOfTwoLanes() {
        file = folder.resolve("gw-01.carry");
        CarryKeys.make(folder, "gw-01");
        try (Journal journal = journal()) {
            for (int i = 0; i < 5; i++) {
                journal.append(
                        Lane.HISTORY, Samples.readings(random, Samples.START, 10), Samples.START);
            }
            journal.append(Lane.ALARM, Samples.readings(random, Samples.START, 2), Samples.START);
            journal.sync();
        }
    }

    @Test
    void holdsWhatTheJournalHoldsAndIsSigned() throws IOException {
        assertEquals(0, export(), said::toString);
        assertEquals(new CarryFile.Contents("gw-01", 6, 52), CarryFile.verify(file, folder));
        var blocks = new ArrayList<Block>();
        CarryFile.read(file, blocks::add);
        assertEquals(Lane.ALARM, blocks.getFirst().stream().lane());
        assertEquals(2, BlockCodec.decode(blocks.getFirst()).size());
        assertEquals(50, blocks.getLast().lastSequence());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("50 records, sequences 1 to 50"));
    }

    @Test
    void holdsTheRangeThatWasAskedFor() throws IOException {
        assertEquals(
                0, export("--lane", "history", "--from", "12", "--through", "21"), said::toString);
        // The blocks of 11 to 20 and 21 to 30.
        assertEquals(new CarryFile.Contents("gw-01", 2, 20), CarryFile.verify(file, folder));
    }

    @Test
    void aFileOfWhichAByteIsAnotherOrMissingIsRefused() throws IOException {
        export();
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 37) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            refused();
        }
        for (int length : List.of(0, 5, whole.length / 2, whole.length - 1)) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused();
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        refused();
    }

    @Test
    void aFileOfAStrangerIsRefused() throws Exception {
        export();
        CarryKeys.make(folder, "gw-02");
        Files.copy(
                folder.resolve("gw-02.pub.pem"),
                folder.resolve("gw-01.pub.pem"),
                StandardCopyOption.REPLACE_EXISTING);
        String why = String.valueOf(refused().getMessage());
        assertTrue(why.contains("not signed with the key of 'gw-01'"), why);
        Files.delete(folder.resolve("gw-01.pub.pem"));
        assertTrue(String.valueOf(refused().getMessage()).contains("gw-01.pub.pem is missing"));
    }

    @Test
    void saysWhatIsWrongAndLeavesNoFile() throws Exception {
        assertEquals(2, export("--lane", "cellar"));
        assertEquals(2, export("--from", "soon"));
        assertEquals(2, export("--colour", "red"));
        Files.writeString(folder.resolve("gw-01.pem"), "no key");
        assertEquals(1, export());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("holds no private key"));
        CarryKeys.make(folder, "gw-01");
        try (Journal open = journal()) {
            assertEquals(1, export(), () -> "in use: " + open.stream(Lane.ALARM));
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void saysInWordsWhatCanNotBeReadOrWritten() throws Exception {
        assertEquals(2, export("--through", "9999999999999999999"));
        assertTrue(text().contains("--through 9999999999999999999: a sequence is a number"));
        assertEquals(1, export("--to", folder.resolve("no-stick/gw-01.carry").toString()));
        assertTrue(text().contains("no-stick/gw-01.carry.part: no such file or directory"));

        Map<String, String> kafka = Map.of("bootstrap.servers", "127.0.0.1:1", "max.block.ms", "1");
        assertEquals(1, CarryImport.run(file, folder, kafka, printed, printed));
        assertTrue(text().contains("gw-01.carry: no such file or directory"));
        export();
        assertEquals(1, CarryImport.run(file, folder, kafka, printed, printed));
        assertTrue(
                text().contains(
                                "/alarm/1: TimeoutException: Topic vigil.uplink not present in metadata after 1 ms."),
                this::text);
        assertTrue(text().contains("0 of 6 blocks are at Kafka; run it again"));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        assertEquals(1, CarryImport.run(file, folder, kafka, printed, printed));
        assertTrue(text().contains("the file ends too early; copy it again"));
        assertFalse(text().contains("java."), this::text);
        assertFalse(text().contains("[reason="), this::text);
    }

    private String text() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private Journal journal() {
        return Journal.open(
                JournalOptions.of(
                        "gw-01",
                        folder.resolve("journal"),
                        4_000_000,
                        40_000_000,
                        Duration.ofHours(1)),
                Samples.START);
    }

    private Exception refused() {
        Exception why = assertThrows(Exception.class, () -> CarryFile.verify(file, folder));
        assertTrue(why instanceof MalformedBlock || why instanceof IOException, why::toString);
        return why;
    }

    private int export(String... more) {
        var words =
                new ArrayList<>(
                        List.of(
                                "--journal",
                                folder.resolve("journal").toString(),
                                "--to",
                                file.toString(),
                                "--key",
                                folder.resolve("gw-01.pem").toString()));
        words.addAll(List.of(more));
        return CarryExport.run(words, printed, printed);
    }
}
