package dev.vigil.centre;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of the centre, and how they are created where they are missing. Stateless. */
public final class Topics {
    /** Blocks as the nodes sent them; key: the stream. */
    public static final String UPLINK = "vigil.uplink";

    /**
     * Losses that nodes recorded; key: the stream that lost. As many partitions as {@link #UPLINK}.
     */
    public static final String LOSSES = "vigil.losses";

    /** One record a reading; key: {@code node/zone/quantity}. */
    public static final String READINGS = "vigil.readings";

    /** One record an alarm, fault, loss or change of a policy; key: {@code node/alarm/incident}. */
    public static final String ALARMS = "vigil.alarms";

    /** Gaps that opened, closed or were abandoned; key: the stream. */
    public static final String GAPS = "vigil.gaps";

    /** Messages that are no blocks, as they came, with the reason; key: as it came. */
    public static final String QUARANTINE = "vigil.quarantine";

    /** Headers of {@link #QUARANTINE}: what is wrong with it, and where it came from. */
    public static final String REASON = "vigil_reason";

    public static final String ORIGIN = "vigil_origin";

    /** How far the ledger has each stream; key: the stream; compacted. */
    public static final String ACKS = "vigil.acks";

    /** What is known of each stream; key: the stream; compacted. */
    public static final String FLEET = "vigil.fleet";

    /** What a node's sensors said last; key: the node; compacted. */
    public static final String STATE = "vigil.state";

    private static final List<String> APPENDED =
            List.of(UPLINK, LOSSES, READINGS, ALARMS, GAPS, QUARANTINE);
    private static final List<String> COMPACTED = List.of(ACKS, FLEET, STATE);
    private static final Duration BOUND = Duration.ofSeconds(60);

    private Topics() {}

    /**
     * Creates what is missing and checks what is there.
     *
     * @param partitions of topics that are created, when {@link #UPLINK} is not there yet to go by
     * @param replication of topics that are created
     * @throws KafkaException when they can not be created or do not fit together
     */
    public static void ensure(Admin admin, int partitions, short replication) {
        try {
            Map<String, TopicDescription> there = describe(admin);
            TopicDescription uplink = there.get(UPLINK);
            int wanted = uplink == null ? partitions : uplink.partitions().size();
            create(admin, there.keySet(), wanted, replication);
            there = describe(admin);
            int blocks = partitions(there, UPLINK);
            int losses = partitions(there, LOSSES);
            if (blocks != losses) {
                throw new KafkaException(
                        "topic %s has %d partitions and %s %d: they must have the same number"
                                .formatted(UPLINK, blocks, LOSSES, losses));
            }
        } catch (ExecutionException e) {
            throw new KafkaException("the topics can not be created or read", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(
                    "Kafka does not answer within %d s".formatted(BOUND.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while creating topics", e);
        }
    }

    private static int partitions(Map<String, TopicDescription> there, String topic) {
        TopicDescription description = there.get(topic);
        return description == null ? 0 : description.partitions().size();
    }

    private static Map<String, TopicDescription> describe(Admin admin)
            throws ExecutionException, TimeoutException, InterruptedException {
        var ours = new ArrayList<String>(APPENDED);
        ours.addAll(COMPACTED);
        ours.retainAll(admin.listTopics().names().get(BOUND.toMillis(), TimeUnit.MILLISECONDS));
        return admin.describeTopics(ours)
                .allTopicNames()
                .get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void create(
            Admin admin, Collection<String> there, int partitions, short replication)
            throws ExecutionException, TimeoutException, InterruptedException {
        var missing = new ArrayList<NewTopic>();
        for (String name : APPENDED) {
            // Log append time: a node whose clock is years off must not decide what Kafka keeps
            // or refuses.
            missing.add(
                    new NewTopic(name, partitions, replication)
                            .configs(Map.of("message.timestamp.type", "LogAppendTime")));
        }
        for (String name : COMPACTED) {
            missing.add(
                    new NewTopic(name, partitions, replication)
                            .configs(
                                    Map.of(
                                            "cleanup.policy",
                                            "compact",
                                            "message.timestamp.type",
                                            "LogAppendTime")));
        }
        missing.removeIf(topic -> there.contains(topic.name()));
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                created.getValue().get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                // Another instance may have been faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }
}
