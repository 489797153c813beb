package dev.vigil.node;

import dev.vigil.node.devices.NotifySocket;
import dev.vigil.node.watch.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jboss.logging.Logger;

/**
 * What systemd is told: that the node is ready once it has passed a test of itself, and with each
 * one that it passes that it still is. There is no other way to feed the watchdog. Owned by one
 * thread.
 */
final class ServiceManager implements Turn {
    private static final Logger LOG = Logger.getLogger(ServiceManager.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ToIntFunction<String> socket;
    private final LongSupplier testsPassed;
    private long told;

    /**
     * @param socket takes a word; the result is negative when it could not
     * @param testsPassed since the start
     */
    ServiceManager(ToIntFunction<String> socket, LongSupplier testsPassed) {
        this.socket = socket;
        this.testsPassed = testsPassed;
    }

    /** As the environment asks for it; empty when systemd did not start this process. */
    static Optional<ServiceManager> of(Optional<NotifySocket> socket, LongSupplier testsPassed) {
        return socket.map(there -> new ServiceManager(there::say, testsPassed));
    }

    /**
     * How often the node has to test itself: as the site says, and at least three times in what
     * systemd waits for ($WATCHDOG_USEC), so that one that is late is no restart.
     */
    static Duration interval(Duration site, Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        if (!micros.matches("[1-9][0-9]{0,17}")) {
            return site;
        }
        Duration third = Duration.of(Long.parseLong(micros) / 3, ChronoUnit.MICROS);
        return third.compareTo(site) < 0 ? third : site;
    }

    @Override
    public int turn(Instant now) {
        long passed = testsPassed.getAsLong();
        if (passed > told) {
            say(told == 0 ? "READY=1\nWATCHDOG=1" : "WATCHDOG=1");
            told = passed;
        }
        return 0;
    }

    void stopping() {
        say("STOPPING=1");
    }

    static void await(long nanos) {
        LockSupport.parkNanos(Math.max(nanos, LOOK_NANOS));
    }

    private void say(String word) {
        int result = socket.applyAsInt(word);
        if (result < 0) {
            LOG.errorf("systemd could not be told %s: error %d", word.replace('\n', ' '), -result);
        }
    }
}
