package dev.vigil.node;

import dev.vigil.forward.ClockQuality;
import dev.vigil.forward.Housekeeper;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.KeepWhole;
import dev.vigil.node.console.NodeStatus;
import dev.vigil.node.devices.AsideOutput;
import dev.vigil.node.devices.GpioOutputLine;
import dev.vigil.node.devices.NotifySocket;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.ingest.IngestCounters;
import dev.vigil.node.ingest.MqttListener;
import dev.vigil.node.ingest.MqttSubscriber;
import dev.vigil.node.ingest.Quarantine;
import dev.vigil.node.ingest.TopicMap;
import dev.vigil.node.policies.PolicyBudget;
import dev.vigil.node.policies.PolicyKeeper;
import dev.vigil.node.policies.PolicyRestart;
import dev.vigil.node.policies.PolicySource;
import dev.vigil.node.policies.PolicyVersions;
import dev.vigil.node.policies.SnapshotFolder;
import dev.vigil.node.site.BusKeeper;
import dev.vigil.node.site.LocalSensors;
import dev.vigil.node.site.SensorBus;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.Faults;
import dev.vigil.node.watch.IncidentChange;
import dev.vigil.node.watch.Output;
import dev.vigil.node.watch.PolicyGate;
import dev.vigil.node.watch.PolicyRecord;
import dev.vigil.node.watch.SelfTestSensor;
import dev.vigil.node.watch.SimulatedSiren;
import dev.vigil.node.watch.Watch;
import dev.vigil.node.watch.Worker;
import dev.vigil.policy.PolicyCost;
import dev.vigil.policy.PolicyFailure;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.PolicyState;
import dev.vigil.policy.SiteModules;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.bus.linux.LinuxGpioChip;
import dev.vigil.sensor.bus.linux.Machine;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The node put together. A reading's way: {@link MqttListener} (or {@link MqttSubscriber}, {@link
 * BusKeeper}) -> {@link Inbox} -> pipeline -> committer (both in {@link Watch}) -> {@link Journal}
 * -> {@link Shipping}.
 *
 * <p>Started by one thread and closed by the same; what is closed first is what receives, so that
 * nothing in hand is lost.
 */
final class Node implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Node.class);
    private static final int ARRIVALS_MAX = 16_384;
    private static final int RECORDS_MAX = 65_536;
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000;

    private final SiteConfig site;
    private final InstantSource clock;
    private final Instant startedAt;
    private final NodeApplication.Console console;
    private final Inbox inbox = new Inbox(ARRIVALS_MAX, RECORDS_MAX);
    private final IngestCounters counters = new IngestCounters();
    private final Quarantine quarantine = new Quarantine();
    private final List<Receiver> receivers = new ArrayList<>();
    private final @Nullable MqttListener listener;
    private final @Nullable MqttSubscriber subscriber;
    private final PolicyGate gate = new PolicyGate();
    private final Watch watch;
    private final PolicyKeeper keeper;
    private final Worker keeping;
    private volatile @Nullable LocalInputs inputs;
    private volatile @Nullable Journal journal;
    private volatile @Nullable Shipping shipping;

    /** Of a node that sends nothing; with an uplink it is the shipper who keeps house. */
    private volatile @Nullable Worker housekeeping;

    /** Something that fills the inbox. */
    @FunctionalInterface
    private interface Receiver {
        void close();
    }

    private Node(
            SiteConfig site, Vertx vertx, NodeApplication.Console console, InstantSource clock) {
        this.site = site;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.console = console;
        TopicMap topics = new TopicMap(site.inputs());
        this.listener =
                site.listener()
                        .map(
                                config ->
                                        new MqttListener(
                                                vertx,
                                                config,
                                                topics,
                                                inbox,
                                                counters,
                                                quarantine,
                                                clock))
                        .orElse(null);
        this.subscriber =
                site.subscriber()
                        .map(
                                config ->
                                        new MqttSubscriber(
                                                config, topics, inbox, counters, quarantine, clock))
                        .orElse(null);
        List<PolicySpec> specs = policies(site);
        SnapshotFolder states =
                new SnapshotFolder(site.journal().directory().resolve("policy-state"));
        SiteModules modules = new SiteModules(specs);
        PolicyVersions versions = versions(specs, modules);
        PolicyRestart restart = new PolicyRestart(site.inputs().channels(), versions, states);
        PolicySet policies = PolicySet.loadOrStandIn(specs, modules);
        this.watch = Watch.start(setup(policies, restart), listeners(restart), clock);
        this.keeper =
                new PolicyKeeper(
                        new PolicyKeeper.Parts(
                                specs,
                                site.inputs().channels(),
                                versions,
                                states,
                                gate,
                                () -> journal,
                                watch::policies),
                        console.latencies().swap()::record);
        this.keeping = new Worker("policy-keeper", clock, keeper, keeper::await);
    }

    static Node start(
            SiteConfig site, Vertx vertx, NodeApplication.Console console, InstantSource clock)
            throws StartFault {
        Node node = new Node(site, vertx, console, clock);
        node.receive();
        console.status().serve(node::status);
        console.desk().serve(node.inbox::offer);
        console.policies().serve(node.keeper::order);
        LOG.infof("armed node=%s policies=%d", site.node(), site.policies().size());
        return node;
    }

    private Watch.Setup setup(PolicySet policies, PolicyRestart restart) {
        for (PolicyState state : policies.states()) {
            if (state.status() == PolicyState.Status.FAILED) {
                LOG.errorf(
                        "policy %s (%s) can't be loaded, the built-in rule watches in its place: %s",
                        state.id(),
                        state.module(),
                        state.lastFailure().map(PolicyFailure::detail).orElse("no reason known"));
            }
        }
        List<Watch.Sounding> outputs = new ArrayList<>();
        for (SiteConfig.Output output : site.outputs()) {
            outputs.add(new Watch.Sounding(output(output), output.plan()));
        }
        return new Watch.Setup(
                inbox,
                site.selfTest().outputsEvery(),
                site.inputs().bounds(),
                policies,
                site.inputs().meanings(),
                outputs,
                site.inputs().channels(),
                this::openJournal,
                gate,
                restart::restore);
    }

    private PolicyVersions versions(List<PolicySpec> specs, SiteModules modules) {
        if (site.policyStore().isEmpty()) {
            return PolicyVersions.fixed(specs, modules);
        }
        SiteConfig.PolicyStore store = site.policyStore().get();
        // One for the keeper's thread; the journal has its own.
        MachineClock machine = machineClock();
        return new PolicyVersions(
                specs,
                modules,
                PolicySource.open(
                        store.directory(),
                        store.trust(),
                        _ -> machine.get().quality().compareTo(ClockQuality.RTC) >= 0),
                new PolicyBudget(
                        new PolicyBudget.Limits(store.cpuShare(), store.readingsPerSecond()),
                        engine -> PolicyCost.nanosPerFuel(engine, Node::processorNanos)));
    }

    /** What this thread has had of a processor: others that wait for one, too, don't count. */
    private static long processorNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported()
                ? threads.getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    /** The policies of a site, as their host wants them told. */
    static List<PolicySpec> policies(SiteConfig site) {
        return site.policies().stream()
                .map(
                        policy ->
                                new PolicySpec(
                                        policy.id(),
                                        policy.module(),
                                        policy.channels(),
                                        policy.settings(),
                                        policy.grant()))
                .toList();
    }

    private Output output(SiteConfig.Output output) {
        return switch (output.actuator()) {
            case SiteConfig.Actuator.Simulated(var file) ->
                    new SimulatedSiren(
                            output.id(),
                            file.orElse(site.journal().directory().resolve(output.id() + ".log")),
                            clock);
            case SiteConfig.Actuator.Play play ->
                    AsideOutput.playing(output.id(), play, clock, System::nanoTime);
            case SiteConfig.Actuator.Mqtt mqtt ->
                    AsideOutput.telling(output.id(), mqtt, clock, System::nanoTime);
            case SiteConfig.Actuator.GpioLine(var chip, var line, var whenReleased) ->
                    new GpioOutputLine(output.id(), chip, line, whenReleased, Node::gpioChip);
        };
    }

    private static GpioChip gpioChip(String label) throws BusFault {
        return LinuxGpioChip.open(Machine.calls(), label);
    }

    private Watch.Listeners listeners(PolicyRestart restart) {
        return new Watch.Listeners(
                this::announce,
                console.latencies().detect()::record,
                console.latencies().actuate()::record,
                console.latencies().selfTest()::record,
                opened -> ship(opened, restart),
                this::wakeShipper);
    }

    private Journal openJournal(Instant now) {
        SiteConfig.Journal journal = site.journal();
        return Journal.open(
                JournalOptions.of(
                                site.node(),
                                journal.directory(),
                                journal.alarmBytes(),
                                journal.historyBytes(),
                                journal.keep())
                        .withWhole(new KeepWhole("alarm/", journal.aroundAlarms())),
                now,
                machineClock());
    }

    private MachineClock machineClock() {
        return new MachineClock(
                Path.of("/"), site.journal().timeSyncFile(), clock, System::nanoTime);
    }

    /** The committer's thread, once: from now on the journal's records go to the centre. */
    private void ship(Journal opened, PolicyRestart restart) {
        PolicyRecord.refusedStates(gate, restart.refusals(), clock.instant());
        journal = opened;
        LOG.infof("journal open directory=%s", site.journal().directory());
        // By name: this thread may be here before the watch is assigned.
        shipping = Shipping.of(site, opened, () -> watch.latest(), clock).orElse(null);
        if (shipping == null) {
            Housekeeper housekeeper = new Housekeeper(opened);
            housekeeping =
                    new Worker(
                            "housekeeper",
                            clock,
                            now -> housekeeper.step(now) ? 1 : 0,
                            _ -> LockSupport.parkNanos(HOUSEKEEPING_NANOS));
        }
    }

    private void wakeShipper() {
        Shipping now = shipping;
        if (now != null) {
            now.wake();
        }
    }

    private void announce(Watch.Announcement announcement) {
        IncidentChange change = announcement.change();
        LOG.warnf(
                "incident %s id=%s zone=%s level=%s",
                change.kind(),
                change.incident().id(),
                change.incident().zone(),
                change.incident().level());
        if (listener == null) {
            return;
        }
        String topic =
                "vigil/v1/%s/%s/alarm/incident/%s"
                        .formatted(site.organisation(), site.node(), change.incident().zone());
        listener.publish(topic, announcement.json().getBytes(StandardCharsets.UTF_8), true);
        if (change.kind() == IncidentChange.Kind.CLOSED) {
            listener.publish(topic, new byte[0], true);
        }
    }

    private void receive() throws StartFault {
        try {
            if (listener != null) {
                listener.start();
                receivers.add(listener::close);
            }
        } catch (IllegalStateException e) {
            close();
            throw new StartFault(String.valueOf(e.getMessage()), e);
        }
        if (subscriber != null) {
            subscriber.start();
            receivers.add(subscriber::close);
        }
        // The node's test of itself comes from a bus like any other.
        Duration testEvery = ServiceManager.interval(site.selfTest().every(), System.getenv());
        List<BusKeeper.Bus> buses = new ArrayList<>(LocalSensors.buses(site.inputs().local()));
        buses.add(
                new BusKeeper.Bus(
                        "self-test",
                        () -> new SensorBus.Load(List.of(new SelfTestSensor(testEvery)))));
        LocalInputs started =
                new LocalInputs(buses, site.inputs().contacts(), Node::gpioChip, inbox, clock);
        inputs = started;
        receivers.add(started::close);
        tellServiceManager();
    }

    /** systemd hears of each test of itself that the node passes, and else nothing. */
    private void tellServiceManager() {
        ServiceManager.of(
                        NotifySocket.of(Machine.calls(), System.getenv()),
                        () -> watch.selfTests().passed())
                .ifPresent(
                        manager -> {
                            Worker telling =
                                    new Worker(
                                            "service-manager",
                                            clock,
                                            manager,
                                            ServiceManager::await);
                            receivers.add(
                                    () -> {
                                        telling.stop();
                                        manager.stopping();
                                    });
                        });
    }

    private NodeStatus status() {
        LocalInputs running = inputs;
        Shipping now = shipping;
        return new StatusPicture(site, startedAt, watch, inbox, counters, quarantine, keeper)
                .at(
                        clock.instant(),
                        journal,
                        now == null ? List.of() : now.links(),
                        parts(),
                        running == null ? List.of() : running.health());
    }

    private List<NodeStatus.Part> parts() {
        List<NodeStatus.Part> parts = new ArrayList<>();
        String trouble = watch.journalFault();
        parts.add(
                new NodeStatus.Part(
                        "journal",
                        trouble == null && watch.journalIsOpen(),
                        true,
                        trouble == null ? site.journal().directory().toString() : trouble));
        site.listener()
                .ifPresent(
                        config ->
                                parts.add(
                                        new NodeStatus.Part(
                                                "listener",
                                                true,
                                                true,
                                                config.host() + ":" + config.port())));
        if (subscriber != null) {
            MqttSubscriber.Status state = subscriber.status();
            parts.add(
                    new NodeStatus.Part(
                            "subscriber",
                            state.state() == MqttSubscriber.State.UP,
                            false,
                            state.error().orElse(null)));
        }
        LocalInputs running = inputs;
        if (running != null) {
            for (BusKeeper.Part bus : running.parts()) {
                boolean well = bus.trouble() == null; // one that hangs harms no other
                parts.add(
                        new NodeStatus.Part(
                                "bus " + bus.name(), bus.running() && well, well, bus.trouble()));
            }
        }
        for (Faults.Fault fault : watch.faults()) {
            parts.add(new NodeStatus.Part(fault.subject(), false, false, fault.detail()));
        }
        return parts;
    }

    @Override
    public void close() {
        console.status().stop();
        receivers.forEach(Receiver::close);
        keeping.stop();
        watch.close();
        keeper.close();
        Shipping shipped = shipping;
        if (shipped != null) {
            shipped.close();
        }
        Worker kept = housekeeping;
        if (kept != null) {
            kept.stop();
        }
        Journal written = journal;
        if (written != null) {
            written.close();
        }
        LOG.info("stopped");
    }
}
