package dev.vigil.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServiceManagerTest {
    private final List<String> words = new ArrayList<>();
    private final AtomicLong passed = new AtomicLong();
    private final ServiceManager manager =
            new ServiceManager(
                    word -> {
                        words.add(word);
                        return 0;
                    },
                    passed::get);

    @Test
    void isReadyWithTheFirstTestItPassesAndFedByEachOneAndByNothingElse() {
        for (int second = 0; second < 60; second++) {
            manager.turn(Instant.EPOCH.plusSeconds(second));
        }
        assertEquals(List.of(), words, "time alone feeds nothing");
        for (int test = 0; test < 3; test++) {
            passed.incrementAndGet();
            manager.turn(Instant.EPOCH);
            manager.turn(Instant.EPOCH);
        }
        manager.stopping();
        assertEquals(
                List.of("READY=1\nWATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"), words);
    }

    @Test
    void testsItselfThreeTimesInWhatSystemdWaitsFor() {
        Duration site = Duration.ofSeconds(10);
        assertEquals(site, ServiceManager.interval(site, Map.of()));
        assertEquals(site, ServiceManager.interval(site, Map.of("WATCHDOG_USEC", "60000000")));
        assertEquals(
                Duration.ofSeconds(5),
                ServiceManager.interval(site, Map.of("WATCHDOG_USEC", "15000000")));
        assertEquals(site, ServiceManager.interval(site, Map.of("WATCHDOG_USEC", "soon")));
    }
}
