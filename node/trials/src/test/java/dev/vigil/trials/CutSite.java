package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The node in a guest whose power is cut: eight tanks, a journal with so little room that volumes
 * begin, are sealed, thinned and deleted all the time, and a policy whose versions follow one
 * another. Owned by the test's thread.
 */
final class CutSite {
    /** In the guest. */
    private static final String JOURNAL = "/run/disk/journal";

    static final int VERSIONS = 40;
    private static final long DISK_BYTES = 64 << 20;
    private static final Path EATMYDATA = Path.of("/usr/lib/x86_64-linux-gnu/libeatmydata.so");

    private final Workplace place;
    private final Instant firstMeasured =
            InstantSource.system().instant().minus(Duration.ofHours(1));
    private final Bundles bundles;
    private final TrialSite site;

    CutSite(Workplace place) {
        this.place = place;
        bundles = new Bundles(place);
        TrialSite.Plan plan = new TrialSite.Plan(JournalAudit.NODE).topic("site/+");
        for (int tank = 0; tank < LevelMessages.TANKS; tank++) {
            plan.sensor("tank-%d/level".formatted(tank), "level", "tank-" + tank);
        }
        write("own.wasm", Bundles.module("mischief", Bundles.mischief("guard", "0")));
        site =
                HotRoom.planned(plan)
                        .sensor("room/temperature", "temperature", "room")
                        .policyFileOn("guard", place.file("own.wasm"), "room/temperature")
                        .line("policy-store: {trust: trust}")
                        // a link that is down; this one is refused at once
                        .uplinks(List.of("mqtt: {broker: 'mqtt://127.0.0.1:9'}"))
                        .journal(JOURNAL)
                        .journalLine("alarm: %dB".formatted(JournalAudit.ALARM_BYTES))
                        .journalLine("history: %dB".formatted(JournalAudit.HISTORY_BYTES))
                        // what is younger than that is never thinned
                        .journalLine("around-alarms: 0s")
                        .write(place);
    }

    /** What the sensor in the guest sends. */
    LevelMessages messages() {
        return new LevelMessages(firstMeasured);
    }

    DiskImage disk(String name) {
        return DiskImage.create(place.file(name), DISK_BYTES);
    }

    /** Signs versions from {@code first} on; the files are named for them. */
    void sign(int first, int count) {
        for (int version = first; version < first + count; version++) {
            byte[] wasm =
                    Bundles.module(
                            "mischief", Bundles.mischief("guard", Integer.toString(version)));
            write("guard-" + version, Bundles.body(wasm, bundles.signed(wasm, version)));
        }
    }

    void unsign(int first, int count) throws IOException {
        for (int version = first; version < first + count; version++) {
            Files.deleteIfExists(place.file("guard-" + version));
        }
    }

    /** What runs in the guest; {@code wrapper} is what the node is started through. */
    List<String> load(
            long ticket, long alarm, int armed, int version, String sight, List<String> wrapper) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                GuestLoad.class.getName(),
                                site.file().toString(),
                                Integer.toString(site.pagePort()),
                                Integer.toString(site.mqttPort()),
                                JOURNAL,
                                firstMeasured.toString(),
                                Long.toString(ticket),
                                Long.toString(alarm),
                                Integer.toString(armed),
                                Integer.toString(version),
                                sight));
        words.addAll(wrapper);
        return List.copyOf(words);
    }

    /** What a node is started through whose syncs do nothing. */
    static List<String> unsynced() {
        if (!Files.exists(EATMYDATA)) {
            throw new TrialFailure(
                    EATMYDATA + " is needed for this test: apt-get install libeatmydata1");
        }
        return List.of("env", "LD_PRELOAD=" + EATMYDATA);
    }

    /** Takes the journal from the disk as the guest left it, which stays as it is. */
    Path journalOf(DiskImage disk) {
        DiskImage copy = disk.copyTo(place.file("after-the-cut.img"));
        copy.replayLog();
        Path found = place.file("found");
        copy.extract(JOURNAL.substring("/run/disk".length()), found);
        return found.resolve("journal");
    }

    private void write(String name, byte[] content) {
        try {
            Files.write(place.file(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + name, e);
        }
    }
}
