package dev.vigil.node.watch;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.node.ingest.Acknowledgement;
import dev.vigil.node.ingest.Arrival;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.policy.PolicySet;
import dev.vigil.policy.PolicySpec;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import dev.vigil.sensor.plausibility.Bounds;
import dev.vigil.sensor.plausibility.Plausibility;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pipeline and committer with the real policies and a real journal, driven by a test's clock. */
final class WatchKit implements AutoCloseable {
    static final SensorChannel KITCHEN =
            new SensorChannel(new SensorId("kitchen/temperature"), Quantity.TEMPERATURE, "kitchen");
    private static final Bounds BOUNDS =
            Bounds.range(-40, 125).powerOn(85).stale(Duration.ofMinutes(5));

    static final SensorChannel CALL_POINT =
            new SensorChannel(new SensorId("hall/callpoint"), Quantity.CONTACT, "hall");

    final Inbox inbox = new Inbox(1024, 65_536);
    final RecordingOutput siren = new RecordingOutput();
    final StatusBoard board = new StatusBoard(List.of(KITCHEN));
    final List<IncidentChange> changes = new ArrayList<>();
    final ChainTest chain = new ChainTest(Duration.ofDays(1));
    final List<Long> selfTests = new ArrayList<>();
    final Committer committer;
    final Pipeline pipeline;
    Instant now;

    private final PolicySet policies;
    private Optional<Journal> journal = Optional.empty();

    WatchKit(Path directory, Instant start) {
        this(directory, start, "heat", WatchKit::open);
    }

    /** How the journal is opened; tests let it fail. */
    @FunctionalInterface
    interface Opener {
        Journal open(Path directory, Instant now);
    }

    WatchKit(Path directory, Instant start, String module, Opener opener) {
        now = start;
        policies =
                PolicySet.loadOrStandIn(
                        List.of(new PolicySpec("heat", module, List.of(KITCHEN), Map.of())));
        CommitQueue commits = new CommitQueue(64, 1000);
        committer =
                new Committer(
                        commits,
                        at -> {
                            Journal opened = opener.open(directory, at);
                            journal = Optional.of(opened);
                            return new Committer.Opened(
                                    opened,
                                    opened.nextSequence(Lane.HISTORY),
                                    Watch.past(
                                                    opened,
                                                    Map.of(
                                                            KITCHEN.id().name(),
                                                            KITCHEN,
                                                            CALL_POINT.id().name(),
                                                            CALL_POINT),
                                                    at)
                                            .incidents(),
                                    List.of());
                        },
                        () -> {});
        pipeline =
                new Pipeline(
                        new Pipeline.Parts(
                                inbox,
                                new Plausibility(Map.of(KITCHEN, BOUNDS)),
                                policies,
                                new Contacts(Map.of(CALL_POINT, ContactMeaning.CALL_POINT)),
                                List.of(new Sounder(siren, OutputPlan.siren(Duration.ZERO))),
                                chain,
                                commits,
                                committer,
                                board,
                                new PolicyGate()),
                        new Pipeline.Listeners(
                                changes::add, _ -> {}, _ -> {}, selfTests::add, () -> now));
    }

    static Journal open(Path directory, Instant now) {
        return Journal.open(
                JournalOptions.of("test", directory, 8 << 20, 64 << 20, Duration.ofHours(24)), now);
    }

    void temperature(double celsius, Acknowledgement acknowledgement) {
        inbox.offer(
                new Arrival.Readings(
                        List.of(new Reading(KITCHEN, celsius, Quality.GOOD, now)),
                        now,
                        acknowledgement));
    }

    /** Lets so much time pass and gives both their turns. */
    void turns(Duration passed) {
        now = now.plus(passed);
        pipeline.turn(now);
        committer.turn(now);
    }

    Journal journal() {
        return journal.orElseThrow();
    }

    List<SenmlRecord> records(Lane lane) {
        List<SenmlRecord> records = new ArrayList<>();
        try (JournalReader reader = journal.orElseThrow().reader(lane)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                records.addAll(BlockCodec.decode(block.get()));
                block = reader.from(block.get().lastSequence() + 1);
            }
        }
        return records;
    }

    @Override
    public void close() {
        journal.ifPresent(Journal::close);
        policies.close();
        chain.close();
    }

    /** Remembers what it was told, and in which order. */
    static final class RecordingOutput implements Output {
        final List<String> told = new ArrayList<>();
        int rests;

        @Override
        public String id() {
            return "siren";
        }

        @Override
        public void prepare() {}

        @Override
        public void set(boolean on, Instant now, String why) {
            told.add((on ? "on " : "off ") + why);
        }

        @Override
        public void rest(Instant now) {
            rests++;
        }

        @Override
        public void close() {}
    }
}
