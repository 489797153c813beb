package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.sensor.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DefaultSiteTest {
    private final SiteConfig site = SiteConfig.defaults(Path.of("/srv/vigil"));

    @Test
    void listensOnThisMachineOnly() {
        assertEquals(
                Optional.of(
                        new SiteConfig.Listener(
                                "127.0.0.1", 1883, 1_000, 256 << 10, 512, 1_000, Map.of())),
                site.listener());
        assertEquals(new SiteConfig.Page("127.0.0.1", 8080), site.page());
        assertEquals(Optional.empty(), site.subscriber());
        assertEquals(List.of(), site.uplinks());
    }

    @Test
    void keepsItsJournalBesideTheUser() {
        assertEquals(
                new SiteConfig.Journal(
                        Path.of("/srv/vigil/vigil-data"),
                        64L << 20,
                        2L << 30,
                        Duration.ofHours(24),
                        SiteConfig.Journal.AROUND_ALARMS,
                        SiteConfig.Journal.TIME_SYNC_FILE),
                site.journal());
    }

    @Test
    void judgesHeatAndSmokeInTwoZones() {
        assertEquals(List.of("heat", "smoke"), site.policies().stream().map(p -> p.id()).toList());
        assertEquals(
                List.of("hall/temperature", "kitchen/temperature"),
                site.policies().getFirst().channels().stream()
                        .map(channel -> channel.id().name())
                        .sorted()
                        .toList());
        assertEquals(6, site.policies().getLast().channels().size());
    }

    @Test
    void simulatesEverySensorWithinItsRange() {
        assertEquals(6, site.inputs().local().size());
        for (SiteConfig.LocalSensor local : site.inputs().local()) {
            var waveform = (SiteConfig.LocalSensor.Waveform) local;
            double mean = waveform.wave().mean();
            Quantity quantity = waveform.channel().quantity();
            assertTrue(
                    quantity == Quantity.TEMPERATURE
                            ? mean > 15 && mean < 25
                            : mean > 0 && mean < 0.01,
                    () -> waveform.toString());
        }
    }

    @Test
    void takesPlainNumbersAndSenmlForTheSameChannels() {
        assertEquals(
                List.of(
                        new SiteConfig.Topic(
                                "vigil/readings/+/+",
                                new SiteConfig.Form.PlainNumber("{1}/{2}", "")),
                        new SiteConfig.Topic("vigil/senml/#", new SiteConfig.Form.Senml())),
                site.inputs().topics());
        for (String name : site.inputs().channels().keySet()) {
            assertTrue(
                    Quantity.named(name.substring(name.indexOf('/') + 1)).isPresent(),
                    () -> "vigil/readings/<zone>/<quantity> must be " + name);
        }
    }
}
