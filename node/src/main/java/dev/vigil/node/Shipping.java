package dev.vigil.node;

import dev.vigil.forward.FailoverUplink;
import dev.vigil.forward.Journal;
import dev.vigil.forward.KafkaUplink;
import dev.vigil.forward.Lane;
import dev.vigil.forward.LinkState;
import dev.vigil.forward.MqttUplink;
import dev.vigil.forward.MqttUplinkOptions;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.Shipper;
import dev.vigil.forward.ShipperOptions;
import dev.vigil.forward.Uplink;
import dev.vigil.forward.Waybill;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.ConfigProvider;

/** The shipper and its thread, from when the journal is open. Any thread asks it things. */
final class Shipping implements AutoCloseable {
    private final FailoverUplink uplink;
    private final Shipper shipper;
    private final InstantSource clock;
    private final Worker worker;

    /** When the shipper wants its next turn; written and read by its thread. */
    private Instant again = Instant.MIN;

    private Shipping(
            Journal journal,
            SiteConfig site,
            Supplier<List<SenmlRecord>> latest,
            InstantSource clock) {
        this.clock = clock;
        this.uplink =
                new FailoverUplink(
                        site.uplinks().stream().map(uplink -> member(uplink, journal)).toList(),
                        new FailoverUplink.StateSource(site.node(), latest),
                        RandomGenerator.getDefault(),
                        clock);
        this.shipper =
                new Shipper(
                        journal,
                        uplink,
                        ShipperOptions.defaults().of(version()),
                        RandomGenerator.getDefault(),
                        clock.instant());
        this.worker = new Worker("shipper", clock, this::turn, this::await);
    }

    /** As it was built. */
    private static String version() {
        return ConfigProvider.getConfig()
                .getOptionalValue("quarkus.application.version", String.class)
                .orElse(Waybill.UNKNOWN);
    }

    /** In order of preference. */
    List<LinkState> links() {
        return uplink.links();
    }

    /** The journal got something. */
    void wake() {
        worker.wake();
    }

    private int turn(Instant now) {
        Shipper.Turn turn = shipper.turn(now);
        again = turn.again();
        return turn.done();
    }

    private void await(long nanos) {
        long untilAgain = Duration.between(clock.instant(), again).toNanos();
        if (untilAgain > 0) {
            LockSupport.parkNanos(this, Math.min(nanos, untilAgain));
        }
    }

    /** What is in flight is sent again by the next one. */
    @Override
    public void close() {
        worker.stop();
        shipper.close();
    }

    /**
     * Empty when the site has no uplink.
     *
     * @param latest of each sensor, for the state message; called by the shipper's thread
     */
    static Optional<Shipping> of(
            SiteConfig site,
            Journal journal,
            Supplier<List<SenmlRecord>> latest,
            InstantSource clock) {
        return site.uplinks().isEmpty()
                ? Optional.empty()
                : Optional.of(new Shipping(journal, site, latest, clock));
    }

    private static FailoverUplink.Member member(SiteConfig.Uplink uplink, Journal journal) {
        return new FailoverUplink.Member(
                open(uplink.way(), journal), uplink.bytesPerSecond(), uplink.stateEvery());
    }

    private static Uplink open(SiteConfig.Way way, Journal journal) {
        return switch (way) {
            case SiteConfig.Kafka kafka ->
                    new KafkaUplink(kafka.bootstrapServers(), kafka.topic(), kafka.settings());
            case SiteConfig.Mqtt mqtt ->
                    new MqttUplink(
                            new MqttUplinkOptions(
                                    mqtt.broker(),
                                    mqtt.clientId(),
                                    mqtt.userName(),
                                    mqtt.password(),
                                    mqtt.tls(),
                                    Arrays.stream(Lane.values()).map(journal::stream).toList()),
                            System::nanoTime);
        };
    }
}
