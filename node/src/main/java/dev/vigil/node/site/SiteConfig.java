package dev.vigil.node.site;

import dev.vigil.forward.PemTls;
import dev.vigil.node.watch.ContactMeaning;
import dev.vigil.node.watch.OutputPlan;
import dev.vigil.policy.Grant;
import dev.vigil.sensor.RecordedSensor;
import dev.vigil.sensor.Replay;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.Wave;
import dev.vigil.sensor.ads1115.Ads1115;
import dev.vigil.sensor.bus.GpioChip;
import dev.vigil.sensor.plausibility.Bounds;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A validated site.yaml: every default resolved, every cross reference checked. Nothing that holds
 * one needs to check it again.
 *
 * @param node the node's name, first part of its streams: letters, digits, {@code - _ .}
 * @param organisation {@code org} of the MQTT topics the node publishes ({@code
 *     vigil/v1/<org>/<node>/…})
 * @param uplinks in order of preference
 */
public record SiteConfig(
        String node,
        String organisation,
        String description,
        Journal journal,
        Page page,
        Optional<Listener> listener,
        Optional<Subscriber> subscriber,
        Inputs inputs,
        List<Policy> policies,
        Optional<PolicyStore> policyStore,
        List<Output> outputs,
        SelfTest selfTest,
        List<Uplink> uplinks) {

    /**
     * Where records wait, and how much room they have.
     *
     * @param directory created when missing
     * @param alarmBytes space reserved for the ALARM lane, which HISTORY can never take
     * @param historyBytes budget of the HISTORY lane: over it the oldest data go, with a loss
     *     record
     * @param keep acknowledged volumes are kept as local history for this long
     * @param aroundAlarms so long before and after an incident HISTORY is not thinned
     * @param timeSyncFile exists while a time service keeps the machine's clock
     */
    public record Journal(
            Path directory,
            long alarmBytes,
            long historyBytes,
            Duration keep,
            Duration aroundAlarms,
            Path timeSyncFile) {
        public static final Duration AROUND_ALARMS = Duration.ofMinutes(10);

        /** What systemd-timesyncd makes when it has set the clock. */
        public static final Path TIME_SYNC_FILE = Path.of("/run/systemd/timesync/synchronized");
    }

    /** Where the status page, health and metrics listen. */
    public record Page(String host, int port) {}

    /**
     * The node's own MQTT endpoint.
     *
     * @param credentials user name to password; when empty everybody may connect, which is only
     *     allowed on loopback
     */
    public record Listener(
            String host,
            int port,
            int connectionsMax,
            int packetBytesMax,
            int topicLengthMax,
            int inFlightMax,
            Map<String, String> credentials) {
        public Listener {
            credentials = Map.copyOf(credentials);
        }

        /** Without the passwords. */
        @Override
        public String toString() {
            return "Listener[%s:%d, users %s]".formatted(host, port, credentials.keySet());
        }
    }

    /**
     * A broker of the site that the node subscribes to.
     *
     * @param broker {@code tcp://host:port}, or {@code ssl://} for TLS
     * @param tls for {@code ssl://}
     */
    public record Subscriber(
            URI broker,
            String clientId,
            Optional<String> userName,
            Optional<String> password,
            PemTls tls,
            List<String> topicFilters) {
        public Subscriber {
            topicFilters = List.copyOf(topicFilters);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Subscriber[%s, client %s, filters %s]"
                    .formatted(broker, clientId, topicFilters);
        }
    }

    /**
     * What comes in.
     *
     * @param topics how a topic's payload is read; the first match counts; no filter twice
     * @param local sensors the node samples itself
     * @param contacts on GPIO lines
     * @param meanings of contacts, on GPIO lines or not, that mean a hazard when they close
     * @param bounds what each channel's readings can be
     * @param channels every channel of the site by its name, from topics and sensors alike
     */
    public record Inputs(
            List<Topic> topics,
            List<LocalSensor> local,
            List<Contact> contacts,
            Map<SensorChannel, ContactMeaning> meanings,
            Map<SensorChannel, Bounds> bounds,
            Map<String, SensorChannel> channels) {
        /** Without contacts and bounds: whatever is read is believed. */
        public Inputs(
                List<Topic> topics, List<LocalSensor> local, Map<String, SensorChannel> channels) {
            this(topics, local, List.of(), Map.of(), Map.of(), channels);
        }
    }

    /**
     * A contact on a GPIO line.
     *
     * @param chip the label of its chip
     */
    public record Contact(SensorChannel channel, String chip, GpioChip.InputLine line) {}

    /**
     * One line of the topic map.
     *
     * @param filter MQTT topic filter; its single-level wildcards can be used in {@code channel} as
     *     {@code {1}}, {@code {2}}
     */
    public record Topic(String filter, Form form) {}

    /** How a payload is read. */
    public sealed interface Form {
        /** SenML, JSON or CBOR (told apart by the first byte); record names are channel names. */
        record Senml() implements Form {}

        /**
         * A bare decimal number of the channel with this id; the time is that of arrival.
         *
         * @param unit a symbol {@link dev.vigil.sensor.UnitConversion#to} knows for the channel's
         *     quantity; empty: the quantity's own
         */
        record PlainNumber(String channel, String unit) implements Form {}

        /**
         * A JSON object: RFC 6901 pointers to the value and, when given, to the time (seconds or
         * milliseconds since 1970, or ISO 8601).
         *
         * @param unit as in {@link PlainNumber}
         */
        record JsonFields(
                String channel, String unit, String valuePointer, Optional<String> timePointer)
                implements Form {}
    }

    /** A sensor the node samples itself. */
    public sealed interface LocalSensor {
        /** A made-up signal for trying things out. */
        record Waveform(SensorChannel channel, Wave wave, Duration interval)
                implements LocalSensor {}

        /**
         * A recorded CSV file.
         *
         * @param timeColumn name of the column with the time of each row
         */
        record Recorded(
                Path file, String timeColumn, List<RecordedSensor.Column> columns, Replay replay)
                implements LocalSensor {}

        /**
         * A chip and what the site takes from it.
         *
         * @param channels by measurand; one, by any word, of a {@link Chip.KernelFile}
         * @param inputs of an {@link Chip.Ads1115}, which has no channels beside them
         */
        record OfChip(Chip chip, Map<String, SensorChannel> channels, List<Ads1115.Input> inputs)
                implements LocalSensor {
            public OfChip {
                channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
                inputs = List.copyOf(inputs);
            }
        }
    }

    /**
     * A policy and what it watches.
     *
     * @param module a bundled policy's name ({@code heat}, {@code smoke}) or the path of a .wasm
     *     file
     * @param channels the channels it judges
     * @param settings its own configuration, by key: numbers in the units its manifest states
     * @param grant what it may use at most, whichever version of it runs
     */
    public record Policy(
            String id,
            String module,
            List<SensorChannel> channels,
            Map<String, Double> settings,
            Grant grant) {}

    /**
     * Where policies that come over the air are kept, and whose signatures count.
     *
     * @param directory created when missing
     * @param trust folder with {@code root.pub.pem}, {@code keys.json}, {@code revoked.json},
     *     {@code grants.json}
     * @param cpuShare of one processor core that all policies of the node may take together: 1
     *     keeps it busy all the time
     * @param readingsPerSecond of one channel that are reckoned with at least
     */
    public record PolicyStore(
            Path directory, Path trust, double cpuShare, double readingsPerSecond) {}

    /**
     * The node's test of itself.
     *
     * @param every from a reading to the outputs
     * @param outputsEvery so often the outputs that may move are switched on for a moment with it
     */
    public record SelfTest(Duration every, Duration outputsEvery) {}

    /** Something that makes people notice, or acts for them. */
    public record Output(String id, Actuator actuator, OutputPlan plan) {}

    /** How an output acts. */
    public sealed interface Actuator {
        /** Writes when it was on to a file, in the journal's directory when none is given. */
        record Simulated(Optional<Path> file) implements Actuator {}

        /**
         * A line of this machine.
         *
         * @param chip the label of its chip
         * @param whenReleased what the board makes of the line when nobody drives it
         */
        record GpioLine(String chip, GpioChip.OutputLine line, boolean whenReleased)
                implements Actuator {}

        /**
         * A program that plays a message.
         *
         * @param command and its arguments
         * @param directory it is started in
         */
        record Play(List<String> command, Path directory) implements Actuator {
            public Play {
                command = List.copyOf(command);
            }
        }

        /**
         * A device that is told over MQTT.
         *
         * @param broker {@code tcp://host:port}, or {@code ssl://} for TLS
         * @param topic the device listens to
         * @param on what it is told to go on
         * @param gone what the broker tells it when the node is gone
         */
        record Mqtt(
                URI broker,
                String clientId,
                Optional<String> userName,
                Optional<String> password,
                PemTls tls,
                String topic,
                String on,
                String off,
                Optional<String> gone)
                implements Actuator {
            /** Without the password. */
            @Override
            public String toString() {
                return "Mqtt[%s to %s]".formatted(topic, broker);
            }
        }

        /** For people. */
        default String word() {
            return switch (this) {
                case Simulated _ -> "simulated";
                case Play(var command, _) -> "plays " + String.join(" ", command);
                case Mqtt mqtt -> "tells %s at %s".formatted(mqtt.topic(), mqtt.broker());
                case GpioLine(var chip, var line, _) ->
                        "line %s of %s".formatted(line.line(), chip);
            };
        }
    }

    /**
     * A way to the centre.
     *
     * @param bytesPerSecond what it may take of the bandwidth; empty for all there is
     * @param stateEvery between two messages with the latest reading of each sensor; zero for none
     */
    public record Uplink(Way way, OptionalLong bytesPerSecond, Duration stateEvery) {}

    /** Where an uplink goes. */
    public sealed interface Way {}

    /**
     * To Kafka itself; {@code settings} are producer settings passed on as they are
     * (security.protocol and so on).
     */
    public record Kafka(String bootstrapServers, String topic, Map<String, String> settings)
            implements Way {
        public Kafka {
            settings = Map.copyOf(settings);
        }

        /** Without the settings' values, which may be secret. */
        @Override
        public String toString() {
            return "Kafka[%s, topic %s, settings %s]"
                    .formatted(bootstrapServers, topic, settings.keySet());
        }
    }

    /**
     * To the centre's MQTT broker.
     *
     * @param broker {@code tcp://host:port}, or {@code ssl://} for TLS
     * @param tls for {@code ssl://}
     */
    public record Mqtt(
            URI broker,
            String clientId,
            Optional<String> userName,
            Optional<String> password,
            PemTls tls)
            implements Way {
        /** Without the password. */
        @Override
        public String toString() {
            return "Mqtt[%s, client %s]".formatted(broker, clientId);
        }
    }

    /**
     * What {@code ./vigil node} runs on when no site.yaml is given: the bundled default-site.yaml.
     * Its relative paths are relative to {@code directory}.
     */
    public static SiteConfig defaults(Path directory) {
        return DefaultSite.read(directory);
    }
}
