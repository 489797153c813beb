package dev.vigil.centre.ledger;

import dev.vigil.centre.StreamNames;
import dev.vigil.centre.Topics;
import dev.vigil.forward.Block;
import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.forward.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what {@link StreamLedger} says, for the streams of one partition. Owned by one thread
 * of Kafka Streams.
 *
 * <ol>
 *   <li>Whatever it writes, remembers or forgets for a message is one transaction with the
 *       message's position.
 *   <li>No message stops it: what can not be read goes to {@code vigil.quarantine} with the reason,
 *       and its sequences count as accounted for.
 *   <li>When it begins, it acknowledges every stream once more: the last acknowledgement may not
 *       have been written.
 * </ol>
 */
final class LedgerProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STREAMS = "streams";
    static final String HELD = "held";

    private static final Duration ACK_INTERVAL = Duration.ofMillis(100);
    private static final Duration FLEET_INTERVAL = Duration.ofSeconds(1);

    private final Duration gapWait;
    private final Decoded decoded;
    private final LedgerCounters counters;

    private final Set<String> toAcknowledge = new LinkedHashSet<>();
    private final Set<String> toShow = new LinkedHashSet<>();
    private final Set<String> toTick = new LinkedHashSet<>();
    private @Nullable Task task;

    /** What Kafka Streams gives it. */
    private record Task(
            ProcessorContext<byte[], byte[]> context,
            KeyValueStore<String, StreamState> streams,
            KeyValueStore<String, byte[]> held) {}

    LedgerProcessor(Duration gapWait, RecordFormat format, LedgerCounters counters) {
        this.gapWait = gapWait;
        this.decoded = new Decoded(format);
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        var begun = new Task(context, context.getStateStore(STREAMS), context.getStateStore(HELD));
        task = begun;
        toAcknowledge.clear();
        toShow.clear();
        toTick.clear();
        try (var all = begun.streams().all()) {
            while (all.hasNext()) {
                var entry = all.next();
                mark(entry.key, entry.value);
            }
        }
        context.schedule(ACK_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::acknowledge);
        context.schedule(FLEET_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::show);
    }

    @Override
    public void process(Record<byte[], byte[]> message) {
        Optional<RecordMetadata> origin = task().context().recordMetadata();
        if (origin.isPresent() && origin.get().topic().equals(Topics.LOSSES)) {
            takeLoss(message);
        } else {
            takeBlock(message, origin);
        }
    }

    private void takeBlock(Record<byte[], byte[]> message, Optional<RecordMetadata> origin) {
        Instant now = now();
        switch (UplinkMessage.read(message.key(), message.value(), message.headers())) {
            case UplinkMessage.Intact intact -> {
                StreamId stream = intact.block().stream();
                var arrival =
                        new StreamLedger.Arrival(
                                intact.range(),
                                intact.latest(),
                                intact.historic(),
                                intact.clock(),
                                intact.node(),
                                intact.block().body().length);
                Window window = Window.of(stream.lane(), gapWait);
                StreamState state = state(stream);
                carryOut(
                        now,
                        stream,
                        state,
                        StreamLedger.arrived(now, state, arrival, window),
                        intact);
            }
            case UplinkMessage.Unreadable(var reason, var block) -> {
                quarantine(message, reason, origin);
                block.ifPresent(known -> takeUnreadable(now, known, reason));
            }
        }
    }

    private void takeUnreadable(Instant now, Block block, String reason) {
        StreamId stream = block.stream();
        var range = new Range(block.firstSequence(), block.lastSequence());
        StreamState state = state(stream);
        StreamState seen = state.with(state.sight().unreadable(now, range.size()));
        var loss = new Loss(stream.toString(), range, "quarantined: " + reason);
        carryOut(
                now,
                stream,
                seen,
                StreamLedger.lost(now, seen, range, loss, Window.of(stream.lane(), gapWait)),
                null);
    }

    private void takeLoss(Record<byte[], byte[]> message) {
        Instant now = now();
        String name = text(message.key());
        Optional<Loss> loss = Loss.parse(text(message.value()), Loss.node(name));
        Optional<StreamId> stream = StreamNames.parse(name);
        if (loss.isEmpty() || stream.isEmpty() || !loss.get().stream().equals(name)) {
            quarantine(message, "not a loss of the stream that is its key", Optional.empty());
            return;
        }
        Window window = Window.of(stream.get().lane(), gapWait);
        StreamState state = state(stream.get());
        carryOut(
                now,
                stream.get(),
                state,
                StreamLedger.lost(now, state, loss.get().range(), loss.get(), window),
                null);
    }

    /** {@code arrived} is null when no block arrived. */
    private void carryOut(
            Instant now,
            StreamId stream,
            StreamState before,
            StreamLedger.Turn turn,
            UplinkMessage.@Nullable Intact arrived) {
        Task open = task();
        for (Effect effect : turn.effects()) {
            switch (effect) {
                case Effect.Publish(var sequences) -> publish(block(arrived), sequences, now);
                case Effect.Hold(long key) ->
                        open.held().put(heldKey(stream, key), HeldBlock.write(block(arrived)));
                case Effect.Release(long key, var sequences) -> {
                    byte[] bytes = open.held().delete(heldKey(stream, key));
                    publish(HeldBlock.read(stream, bytes), sequences, now);
                }
                case Effect.GapOpened(var gap) ->
                        report(
                                stream,
                                gap,
                                "opened",
                                "missing for %d s".formatted(gapWait.toSeconds()),
                                now);
                case Effect.GapClosed(var gap, var how) -> report(stream, gap, "closed", how, now);
                case Effect.GapAbandoned(var gap) ->
                        report(stream, gap, "abandoned", "too many gaps", now);
            }
        }
        counters.copies(turn.next().sight().copies() - before.sight().copies());
        String name = stream.toString();
        open.streams().put(name, turn.next());
        mark(name, turn.next());
    }

    private void publish(UplinkMessage.Intact message, Ranges sequences, Instant now) {
        StreamId stream = message.block().stream();
        String topic = stream.lane() == Lane.ALARM ? Topics.ALARMS : Topics.READINGS;
        List<SenmlRecord> records = message.records();
        Decoded.Records form = decoded.records(message);
        for (Range range : sequences.list()) {
            for (long sequence = range.from(); sequence <= range.through(); sequence++) {
                SenmlRecord record =
                        records.get((int) (sequence - message.block().firstSequence()));
                forward(
                        topic,
                        form.key(record),
                        form.value(sequence, record),
                        now,
                        form.headers(sequence, record));
                if (stream.lane() == Lane.ALARM && Loss.isOne(record)) {
                    passOn(stream, record, now);
                }
            }
        }
        counters.published(stream.lane(), sequences.size());
    }

    /** A loss is booked where the stream that lost is, which may be another partition. */
    private void passOn(StreamId stream, SenmlRecord record, Instant now) {
        String text = String.valueOf(record.text());
        Optional<Loss> loss = Loss.parse(text, stream.node());
        if (loss.isPresent() && StreamNames.parse(loss.get().stream()).isPresent()) {
            forward(
                    Topics.LOSSES,
                    Decoded.utf8(loss.get().stream()),
                    Decoded.utf8(text),
                    now,
                    new RecordHeaders());
        } else {
            quarantine(
                    new Record<>(
                            Decoded.utf8(stream.toString()),
                            Decoded.utf8(text),
                            now.toEpochMilli()),
                    "not a loss of a stream of node " + stream.node(),
                    Optional.empty());
        }
    }

    private void report(StreamId stream, Range gap, String change, String how, Instant now) {
        var headers = new RecordHeaders();
        headers.add(BlockHeaders.SPEC_VERSION, Decoded.utf8(BlockHeaders.SPEC));
        headers.add(BlockHeaders.ID, Decoded.utf8("%s/%s/%s".formatted(stream, gap, change)));
        headers.add(BlockHeaders.SOURCE, Decoded.utf8(stream.toString()));
        headers.add(BlockHeaders.EVENT_TYPE, Decoded.utf8("dev.vigil.gap.v1"));
        headers.add(BlockHeaders.CONTENT_TYPE, Decoded.utf8("application/json"));
        forward(
                Topics.GAPS,
                Decoded.utf8(stream.toString()),
                Notices.gap(stream, gap, change, how, now),
                now,
                headers);
        counters.gap(change);
    }

    private void quarantine(
            Record<byte[], byte[]> message, String reason, Optional<RecordMetadata> origin) {
        String place =
                origin.map(at -> "%s/%d/%d".formatted(at.topic(), at.partition(), at.offset()))
                        .orElse("");
        task().context().forward(QuarantinedMessage.of(message, reason, place), Topics.QUARANTINE);
        counters.quarantined();
    }

    private void acknowledge(long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        for (String name : toAcknowledge) {
            StreamNames.parse(name)
                    .ifPresent(
                            stream ->
                                    forward(
                                            Topics.ACKS,
                                            Decoded.utf8(name),
                                            Notices.ack(stream, state(stream).sequences()),
                                            now,
                                            new RecordHeaders()));
        }
        toAcknowledge.clear();
    }

    private void show(long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        for (String name : List.copyOf(toTick)) {
            StreamNames.parse(name)
                    .ifPresent(
                            stream -> {
                                StreamState state = state(stream);
                                Window window = Window.of(stream.lane(), gapWait);
                                StreamLedger.Turn turn = StreamLedger.tick(now, state, window);
                                if (!turn.next().equals(state)) {
                                    carryOut(now, stream, state, turn, null);
                                }
                            });
        }
        for (String name : toShow) {
            StreamNames.parse(name)
                    .ifPresent(
                            stream ->
                                    forward(
                                            Topics.FLEET,
                                            Decoded.utf8(name),
                                            Notices.fleetRow(stream, state(stream)),
                                            now,
                                            new RecordHeaders()));
        }
        toShow.clear();
    }

    private void forward(String topic, byte[] key, byte[] value, Instant now, Headers headers) {
        task().context().forward(new Record<>(key, value, now.toEpochMilli(), headers), topic);
    }

    private void mark(String name, StreamState state) {
        toAcknowledge.add(name);
        toShow.add(name);
        if (state.waiting().gapSince().isPresent()) {
            toTick.add(name);
        } else {
            toTick.remove(name);
        }
    }

    private StreamState state(StreamId stream) {
        StreamState state = task().streams().get(stream.toString());
        return state == null ? StreamState.NEW : state;
    }

    private Instant now() {
        return Instant.ofEpochMilli(task().context().currentSystemTimeMs());
    }

    private Task task() {
        if (task == null) {
            throw new IllegalStateException("not initialised by Kafka Streams");
        }
        return task;
    }

    private static UplinkMessage.Intact block(UplinkMessage.@Nullable Intact arrived) {
        if (arrived == null) {
            throw new IllegalStateException("an effect about a block, and none arrived");
        }
        return arrived;
    }

    private static String heldKey(StreamId stream, long key) {
        return stream + "/" + key;
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
