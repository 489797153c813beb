package dev.vigil.centre;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.PemTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CentreSettingsTest {
    @Test
    void hasDefaultsForAllButKafka() {
        CentreSettings settings = CentreSettings.parse(List.of("--kafka", "k:9092"));
        assertEquals(Set.of(CentreSettings.Role.LEDGER), settings.roles());
        assertEquals(Map.of("bootstrap.servers", "k:9092"), settings.kafka());
        assertEquals(
                new CentreSettings.Ledger(
                        "json", Path.of("vigil-centre"), 1, Duration.ofSeconds(30)),
                settings.ledger());
        assertEquals(new CentreSettings.NewTopics(6, (short) 3), settings.topics());
        assertEquals(new CentreSettings.Http("127.0.0.1", 8090), settings.http());
    }

    @Test
    void theCommandLineWinsOverTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("centre.properties");
        Files.writeString(
                file,
                "kafka=k:9092\nkafka.security.protocol=SSL\ngap-wait=5m\nformat=avro\nthreads=2\n");
        CentreSettings settings =
                CentreSettings.parse(List.of("--format", "json", "--config", file.toString()));
        assertEquals("json", settings.ledger().format());
        assertEquals(Duration.ofMinutes(5), settings.ledger().gapWait());
        assertEquals(2, settings.ledger().threads());
        assertEquals("SSL", settings.kafka().get("security.protocol"));
    }

    @Test
    void aBridgeHasABroker() {
        CentreSettings settings =
                CentreSettings.parse(
                        List.of(
                                "--kafka", "k:9092",
                                "--roles", "bridge",
                                "--mqtt", "mqtts://broker:8883",
                                "--mqtt.user", "bridge",
                                "--mqtt.ca", "/etc/vigil/ca.pem"));
        assertEquals(
                new CentreSettings.Mqtt(
                        "mqtts://broker:8883",
                        Optional.of("bridge"),
                        Optional.empty(),
                        new PemTls(
                                Optional.of(Path.of("/etc/vigil/ca.pem")),
                                Optional.empty(),
                                Optional.empty())),
                settings.mqtt().orElseThrow());
    }

    @Test
    void namesWhatIsWrong() {
        assertTrue(wrong("--format").contains("--key value"));
        assertTrue(wrong("--colour", "red").contains("colour"));
        assertTrue(wrong("--threads", "0").contains("1 to 64"));
        assertTrue(wrong("--gap-wait", "soon").contains("like 30s"));
        assertTrue(wrong("--roles", "chef").contains("chef"));
        assertTrue(wrong("--roles", "ledger,bridge").contains("mqtt is missing"));
        assertTrue(wrong("--mqtt", "broker").contains("mqtt://HOST:PORT"));
        assertTrue(
                wrong("--mqtt", "mqtts://b:8883", "--mqtt.certificate", "a.pem")
                        .contains("one needs the other"));
        assertTrue(wrong("--http", "8090").contains("HOST:PORT"));
        assertTrue(wrong("--format", "xml").contains("xml"));
        assertTrue(refused(List.of()).contains("kafka is missing"));
    }

    private static String wrong(String... words) {
        var all = new java.util.ArrayList<>(List.of("--kafka", "k:9092"));
        all.addAll(List.of(words));
        return refused(all);
    }

    private static String refused(List<String> words) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> CentreSettings.parse(words))
                        .getMessage());
    }
}
