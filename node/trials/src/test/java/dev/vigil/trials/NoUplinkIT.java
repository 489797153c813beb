package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A node that sends nothing: its records are carried by hand, and its disk is as small. */
class NoUplinkIT {
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final int MINUTES = 30;

    private final Random random = new Random(1);
    private Instant at = Instant.parse("2026-11-01T00:00:00Z");

    @Test
    void historyWithoutRoomIsThinned() throws Exception {
        Workplace place = Workplace.fresh("no-uplink");
        TrialSite site =
                new TrialSite.Plan("carried")
                        .topic("site/#")
                        .sensor("hall/temperature", "temperature", "hall")
                        .journalLine("history: 1MiB")
                        .journalLine("around-alarms: 0s")
                        .write(place);
        try (NodeProcess node =
                        NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                                .awaitReady(BOUND);
                PahoSender sender = PahoSender.connect(site.mqttPort(), "no-uplink-it", BOUND)) {
            Waiting.require(
                    BOUND,
                    () -> {
                        sender.publish("site/hall", pack(), () -> {});
                        assertTrue(sender.awaitAcknowledgements(BOUND), "not acknowledged");
                        return thinned(node) > 0;
                    },
                    () -> "nothing was thinned of %d messages".formatted(sender.sentTotal()));
        }
    }

    private static double thinned(NodeProcess node) {
        try {
            return NodeMetrics.of(node).sum("vigil_dropped_total", "reason=\"thinned\"");
        } catch (IOException e) {
            throw new AssertionError("the node has no metrics", e);
        }
    }

    /** A reading a second. */
    private String pack() {
        var pack = new StringBuilder("[");
        for (int second = 0; second < 60 * MINUTES; second++) {
            pack.append(
                    "%s{\"n\":\"hall/temperature\",\"u\":\"Cel\",\"t\":%d,\"v\":%d.%02d}"
                            .formatted(
                                    second == 0 ? "" : ",",
                                    at.getEpochSecond() + second,
                                    random.nextInt(30),
                                    random.nextInt(100)));
        }
        at = at.plus(Duration.ofMinutes(MINUTES));
        return pack.append(']').toString();
    }
}
