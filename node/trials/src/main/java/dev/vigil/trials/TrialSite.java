package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A site.yaml of a trial and what it says. Immutable; the file is written by {@link Plan#write}.
 *
 * @param file the site.yaml
 * @param pagePort where status page, health and metrics are
 * @param mqttPort where sensors connect
 * @param siren what the simulated siren writes
 * @param journal the journal's directory
 */
public record TrialSite(Path file, int pagePort, int mqttPort, SirenFile siren, Path journal) {
    /** The house of the recorded fire: five detector heads, each in a zone of its own. */
    static TrialSite house(Workplace place, String kafka) {
        Plan plan = new Plan("demo-house").kafka(kafka).bothPolicies().topic("site/house/+");
        for (String position : FireRecording.POSITIONS) {
            String zone = "position-" + position;
            plan.sensor(zone + "/temperature", "temperature", zone);
            plan.sensor(zone + "/obsc_per_m", "obsc_per_m", zone);
            plan.sensor(zone + "/co", "co", zone);
        }
        return plan.write(place);
    }

    /** Eight water tanks, watched by nobody, beside one room with both policies. */
    static TrialSite tanks(Workplace place, String kafka) {
        return tankPlan().kafka(kafka).write(place);
    }

    static Plan tankPlan() {
        Plan plan = new Plan("tanks").bothPolicies().topic("site/+");
        for (int tank = 0; tank < 8; tank++) {
            plan.sensor("tank-%d/level".formatted(tank), "level", "tank-" + tank);
        }
        return plan.sensor("room/temperature", "temperature", "room")
                .sensor("room/obsc_per_m", "obsc_per_m", "room");
    }

    /** What a site.yaml is to say. Owned by one thread. */
    static final class Plan {
        private final String node;
        private final List<String> sensors = new ArrayList<>();
        private final List<String> topics = new ArrayList<>();
        private final List<String> policies = new ArrayList<>();
        private final List<String> uplink = new ArrayList<>();
        private final List<String> more = new ArrayList<>();
        private final List<String> journalLines = new ArrayList<>();
        private String journal = "vigil-data";
        private String siren = "siren.log";
        private String timeSyncFile = "no-time-service";

        Plan(String node) {
            this.node = node;
        }

        Plan sensor(String id, String quantity, String zone) {
            sensors.add("  - {id: %s, quantity: %s, zone: %s}".formatted(id, quantity, zone));
            return this;
        }

        /** One that the node reads itself, {@code from} as site.yaml has it. */
        Plan sensorFrom(String id, String quantity, String zone, String from) {
            sensors.add(
                    "  - {id: %s, quantity: %s, zone: %s, from: {%s}}"
                            .formatted(id, quantity, zone, from));
            return this;
        }

        /** SenML on all topics of {@code filter}. */
        Plan topic(String filter) {
            topics.add("  - {filter: '%s', form: senml}".formatted(filter));
            return this;
        }

        /** A bare number on {@code filter}. */
        Plan numberTopic(String filter, String channel) {
            topics.add(
                    "  - {filter: '%s', form: number, channel: '%s'}".formatted(filter, channel));
            return this;
        }

        Plan bothPolicies() {
            return policy("heat").policy("smoke");
        }

        Plan policy(String module) {
            policies.add("  - {module: %s, zones: [all]}".formatted(module));
            return this;
        }

        /** One more use of a module, under a name of its own. */
        Plan policyNamed(String id, String module) {
            policies.add("  - {id: %s, module: %s, zones: [all]}".formatted(id, module));
            return this;
        }

        /** With settings as site.yaml has them, {@code clear_hold: 0}. */
        Plan policyWith(String module, String settings) {
            policies.add(
                    "  - {module: %s, zones: [all], settings: {%s}}".formatted(module, settings));
            return this;
        }

        /** A module from a file on one channel. */
        Plan policyFileOn(String id, Path module, String channel) {
            policies.add("  - {id: %s, module: %s, channels: [%s]}".formatted(id, module, channel));
            return this;
        }

        Plan policyOn(String module, List<String> zones) {
            policies.add(
                    "  - {module: %s, zones: [%s]}".formatted(module, String.join(", ", zones)));
            return this;
        }

        Plan policyAs(String id, String module, List<String> zones) {
            policies.add(
                    "  - {id: %s, module: %s, zones: [%s]}"
                            .formatted(id, module, String.join(", ", zones)));
            return this;
        }

        Plan policyFile(String id, Path module) {
            policies.add(
                    "  - {id: %s, module: %s, quantities: [temperature], zones: [all]}"
                            .formatted(id, module));
            return this;
        }

        Plan kafka(String brokers) {
            return kafka(brokers, KafkaAudit.TOPIC);
        }

        Plan kafka(String brokers, String topic) {
            uplink.addAll(
                    List.of(
                            "uplink:",
                            "  kafka:",
                            "    brokers: " + brokers,
                            "    topic: " + topic));
            return this;
        }

        /** Ways to the centre as the lines below {@code uplink:}. */
        Plan uplinks(List<String> entries) {
            uplink.add("uplink:");
            entries.forEach(entry -> uplink.add("  - " + entry));
            return this;
        }

        /** Further settings of Kafka's client, after {@link #kafka}. */
        Plan kafkaSettings(Map<String, String> settings) {
            uplink.add("    settings:");
            settings.forEach((key, value) -> uplink.add("      %s: '%s'".formatted(key, value)));
            return this;
        }

        Plan journal(String directory) {
            journal = directory;
            return this;
        }

        /** A line below {@code journal:}, say {@code history: 2MiB}. */
        Plan journalLine(String yaml) {
            journalLines.add("  " + yaml);
            return this;
        }

        /** What is there while a time service keeps the clock; by default nothing is. */
        Plan timeSyncFile(String file) {
            timeSyncFile = file;
            return this;
        }

        /** Where the simulated siren writes. */
        Plan siren(String file) {
            siren = file;
            return this;
        }

        /** A line as it is, at the end. */
        Plan line(String yaml) {
            more.add(yaml);
            return this;
        }

        /** Writes {@code site.yaml} with free ports. */
        TrialSite write(Workplace place) {
            List<Integer> ports = Workplace.freePorts(2);
            List<String> lines = new ArrayList<>();
            lines.add("node: " + node);
            lines.add("page: {host: 127.0.0.1, port: %d}".formatted(ports.get(0)));
            lines.add("listener: {host: 127.0.0.1, port: %d}".formatted(ports.get(1)));
            lines.addAll(
                    List.of(
                            "journal:",
                            "  directory: " + journal,
                            "  time-sync-file: " + timeSyncFile));
            lines.addAll(journalLines);
            lines.add("sensors:");
            lines.addAll(sensors);
            lines.add("topics:");
            lines.addAll(topics);
            if (!policies.isEmpty()) {
                lines.add("policies:");
                lines.addAll(policies);
            }
            lines.add("outputs:");
            lines.add(
                    "  - {id: siren, kind: simulated-siren, file: %s, minimum-on: 0s}"
                            .formatted(siren));
            lines.addAll(uplink);
            lines.addAll(more);
            Path file = place.file("site.yaml");
            try {
                Files.write(file, lines, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("can't write " + file, e);
            }
            return new TrialSite(
                    file,
                    ports.get(0),
                    ports.get(1),
                    new SirenFile(place.folder().resolve(siren)),
                    place.folder().resolve(journal));
        }
    }
}
