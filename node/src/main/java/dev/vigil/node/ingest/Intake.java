package dev.vigil.node.ingest;

import dev.vigil.sensor.Reading;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes arrivals of messages: route, read, judge, quarantine. Owned by one thread; each receiver
 * has its own.
 *
 * <p>The routes of up to {@value #ROUTES_MAX} topics are remembered. Topics that match nothing and
 * very long ones are not, so nobody can fill the memory with topics; when it is full all are
 * forgotten, which costs a match each.
 */
final class Intake {
    static final int ROUTES_MAX = 16_384;
    private static final int REMEMBERED_LENGTH_MAX = 256;

    private final TopicMap topics;
    private final IngestCounters counters;
    private final Quarantine quarantine;
    private final SenmlReader senml;
    private final JsonFieldsReader fields = new JsonFieldsReader();
    private final Pack pack = new Pack();
    private final Map<String, Route> routes = new HashMap<>();

    Intake(TopicMap topics, IngestCounters counters, Quarantine quarantine) {
        this.topics = topics;
        this.counters = counters;
        this.quarantine = quarantine;
        this.senml = new SenmlReader(topics.channels());
    }

    /**
     * Appends one or two arrivals to {@code into}: the readings, if any, and what could not be
     * read, if anything. With two, {@code acknowledgement} is told when both are durable.
     */
    void read(Message message, Acknowledgement acknowledgement, List<Arrival> into) {
        pack.begin(message);
        try {
            switch (route(message.topic())) {
                case Route.Senml _ -> senml.read(message, pack);
                case Route.PlainNumber plain -> readNumber(plain, message);
                case Route.JsonFields pointers -> fields.read(message, pointers, pack);
                case Route.Closed(var kind, var reason) -> pack.refuse(kind, reason);
            }
        } catch (UnreadablePayload e) {
            pack.begin(message);
            pack.refuse(e.kind(), e.reason());
        }
        List<Reading> readings = pack.readings();
        Pack.Problem problem = pack.problem();
        if (readings.isEmpty() && problem == null) {
            problem = new Pack.Problem(QuarantineReason.NO_VALUE, "a pack without a value");
        }
        Pack.Problem doubtful = pack.doubtfulTime();
        if (doubtful != null) {
            note(doubtful, message);
        }
        Instant receivedAt = message.receivedAt();
        if (problem == null) {
            into.add(new Arrival.Readings(readings, receivedAt, acknowledgement));
            return;
        }
        Acknowledgement each = acknowledgement;
        if (!readings.isEmpty()) {
            each = new AfterBoth(acknowledgement, new AtomicInteger(2));
            into.add(new Arrival.Readings(readings, receivedAt, each));
        }
        into.add(quarantined(message, problem, each));
    }

    /** The note that a sensor is gone: its will, when nothing else is known of the will's topic. */
    Arrival gone(String client, Message will) {
        Pack.Problem problem =
                new Pack.Problem(
                        QuarantineReason.SENSOR_GONE,
                        "client '%s' is gone: its connection broke without a DISCONNECT; this is its will"
                                .formatted(Excerpt.of(client)));
        return quarantined(will, problem, Acknowledgement.NONE);
    }

    Route route(String topic) {
        Route known = routes.get(topic);
        if (known != null) {
            return known;
        }
        Route found = topics.route(topic);
        if (!(found instanceof Route.Closed) && topic.length() <= REMEMBERED_LENGTH_MAX) {
            if (routes.size() >= ROUTES_MAX) {
                routes.clear();
            }
            routes.put(topic, found);
        }
        return found;
    }

    /** For tests of the bound. */
    int routesRemembered() {
        return routes.size();
    }

    private void readNumber(Route.PlainNumber route, Message message) {
        Double number = DecimalNumber.parse(message.bytes(), message.offset(), message.length());
        if (number == null) {
            pack.refuse(
                    QuarantineReason.NOT_READABLE,
                    "payload of '%s' is not a decimal number (%d bytes)"
                            .formatted(route.channel().id(), message.length()));
        } else {
            pack.add(route.channel(), route.conversion().apply(number), pack.arrival());
        }
    }

    private void note(Pack.Problem problem, Message message) {
        counters.addQuarantined(problem.kind());
        quarantine.add(
                new Quarantine.Note(
                        problem.kind(),
                        Excerpt.of(message.topic()),
                        problem.reason(),
                        message.length(),
                        message.receivedAt()));
    }

    private Arrival quarantined(
            Message message, Pack.Problem problem, Acknowledgement acknowledgement) {
        note(problem, message);
        int kept = Math.min(message.length(), Arrival.Quarantined.PAYLOAD_BYTES_MAX);
        return new Arrival.Quarantined(
                message.topic(),
                problem.reason(),
                Arrays.copyOfRange(message.bytes(), message.offset(), message.offset() + kept),
                message.length(),
                message.receivedAt(),
                acknowledgement);
    }

    /** Owes the sender its acknowledgement when two arrivals are durable, in whatever lanes. */
    private record AfterBoth(Acknowledgement owed, AtomicInteger missing)
            implements Acknowledgement {
        @Override
        public void durable() {
            if (missing.decrementAndGet() == 0) {
                owed.durable();
            }
        }

        /** One is enough, and says it once; then the other can't make it durable any more. */
        @Override
        public void refused(String reason) {
            if (missing.getAndSet(Integer.MIN_VALUE / 2) > 0) {
                owed.refused(reason);
            }
        }
    }
}
