package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.ClosedJournal;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import dev.vigil.policy.Batch;
import dev.vigil.policy.PolicyCandidate;
import dev.vigil.policy.PolicySnapshot;
import dev.vigil.policy.PolicySpec;
import dev.vigil.policy.SnapshotCodec;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The states of policies that a node left on its disk. Stateless. */
final class PolicyStates {
    private PolicyStates() {}

    /** The files of a policy, the one with the newer state first. */
    static List<Path> files(TrialSite site, String policy) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String turn : List.of("a", "b")) {
            Path file =
                    site.journal()
                            .resolve("policy-state")
                            .resolve("%s.%s.state".formatted(policy, turn));
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        if (files.size() == 2
                && read(files.get(0)).lastSequence() < read(files.get(1)).lastSequence()) {
            Collections.reverse(files);
        }
        return files;
    }

    /** All states in a journal's folder for them, which need not be there. */
    static List<Path> filesIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".state")).sorted().toList();
        }
    }

    /**
     * @throws IllegalArgumentException when it is torn
     */
    static PolicySnapshot read(Path file) throws IOException {
        return SnapshotCodec.decode(Files.readAllBytes(file));
    }

    static PolicySnapshot newest(TrialSite site, String policy) throws IOException {
        return read(files(site, policy).getFirst());
    }

    /**
     * The newest state on the disk is, byte for byte, that of a policy that saw the whole journal
     * in one go.
     *
     * @param module of the policy
     * @param channels all of the site
     * @return readings it holds
     */
    static long compare(TrialSite site, String policy, String module, List<SensorChannel> channels)
            throws IOException {
        PolicySnapshot last = newest(site, policy);
        long readings = 0;
        try (PolicyCandidate whole =
                        PolicyCandidate.load(new PolicySpec(policy, module, channels, Map.of()));
                ClosedJournal journal = ClosedJournal.open(site.journal().toString());
                JournalReader reader = journal.reader(Lane.HISTORY)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent() && block.get().firstSequence() <= last.lastSequence()) {
                List<Reading> batch = batch(block.get(), last.lastSequence(), channels);
                whole.replay(new Batch(block.get().lastAt(), block.get().firstSequence(), batch));
                readings += batch.size();
                block = reader.from(block.get().lastSequence() + 1);
            }
            assertEquals(last.lastSequence(), readings, "a state is never ahead of the data");
            PolicySnapshot expected = whole.snapshot("", last.lastSequence()).orElseThrow();
            assertArrayEquals(expected.state(), last.state(), policy + ": the state");
            assertEquals(expected.raised(), last.raised());
            assertEquals(expected.slots(), last.slots());
        }
        return readings;
    }

    private static List<Reading> batch(Block block, long through, List<SensorChannel> channels) {
        List<Reading> batch = new ArrayList<>();
        long sequence = block.firstSequence();
        for (SenmlRecord record : BlockCodec.decode(block)) {
            for (SensorChannel channel : channels) {
                if (sequence <= through && channel.id().name().equals(record.name())) {
                    batch.add(new Reading(channel, record.value(), Quality.GOOD, record.at()));
                }
            }
            sequence++;
        }
        return batch;
    }

    /** Sequence of the last record of the HISTORY lane. */
    static long lastRecord(TrialSite site) {
        long last = 0;
        try (ClosedJournal journal = ClosedJournal.open(site.journal().toString());
                JournalReader reader = journal.reader(Lane.HISTORY)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                last = block.get().lastSequence();
                block = reader.from(last + 1);
            }
        }
        return last;
    }

    /** All that the ALARM lane tells, as {@code name text}. */
    static List<String> alarms(TrialSite site) {
        List<String> texts = new ArrayList<>();
        try (ClosedJournal journal = ClosedJournal.open(site.journal().toString());
                JournalReader reader = journal.reader(Lane.ALARM)) {
            Optional<Block> block = reader.from(1);
            while (block.isPresent()) {
                for (SenmlRecord record : BlockCodec.decode(block.get())) {
                    texts.add(record.name() + " " + record.text());
                }
                block = reader.from(block.get().lastSequence() + 1);
            }
        }
        return texts;
    }
}
