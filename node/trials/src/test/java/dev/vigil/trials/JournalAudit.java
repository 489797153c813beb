package dev.vigil.trials;

import dev.vigil.forward.Block;
import dev.vigil.forward.Journal;
import dev.vigil.forward.JournalOptions;
import dev.vigil.forward.JournalReader;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What a journal holds that was found on a disk after a power cut, opened as the node opens it.
 * Immutable.
 *
 * @param present tickets whose readings are there
 * @param alarms numbers of the hot room's alarms that are there
 * @param highest the last sequence of HISTORY
 * @param told what it tells of as lost, and what was told before
 * @param faults what nobody told of: gaps, conflicts, values that are not what was sent, readings
 *     that are there twice, states of policies ahead of HISTORY
 */
record JournalAudit(
        BitSet present,
        BitSet alarms,
        long highest,
        Set<StreamBooks.Told> told,
        List<String> faults) {
    /**
     * What was acknowledged: the tickets from {@code from} up to, not including, {@code to}, and
     * the hot room's alarms from {@code alarmsFrom} up to, not including, {@code alarmsTo}.
     */
    record Promised(long from, long to, long alarmsFrom, long alarmsTo) {}

    /** Before anything was written. */
    static final JournalAudit NONE =
            new JournalAudit(new BitSet(), new BitSet(), 0, Set.of(), List.of());

    /** What makes room takes readings; other reasons are about numbers that nobody used. */
    private static final List<String> ROOM = List.of("space", "thinned");

    /** Reasons that a power cut is no excuse for. */
    private static final List<String> DAMAGE = List.of("damage", "files");

    /** So many are never thinned or given up yet. */
    private static final int YOUNG = 2_000;

    /** Enough to know what is wrong. */
    private static final int FAULTS_MAX = 5;

    static final String NODE = "cuts";
    static final long ALARM_BYTES = 1 << 20;
    static final long HISTORY_BYTES = 2 << 20;

    /**
     * Opens the journal in {@code folder} and reads all of it. It may change the folder.
     *
     * @param before what was found earlier: ALARM, which tells of losses, has its budget, too
     */
    static JournalAudit of(Path folder, LevelMessages messages, JournalAudit before, Instant now)
            throws IOException {
        JournalOptions options =
                JournalOptions.of(NODE, folder, ALARM_BYTES, HISTORY_BYTES, Duration.ofHours(24));
        StreamBooks books = new StreamBooks();
        before.told.forEach(books::note);
        BitSet present = new BitSet();
        BitSet alarms = new BitSet();
        List<String> faults = new ArrayList<>();
        try (Journal journal = Journal.open(options, now)) {
            journal.sync(); // what the opening found lost becomes a record
            for (Lane lane : Lane.values()) {
                readAll(
                        journal,
                        lane,
                        books,
                        record -> {
                            noteAlarm(record, alarms);
                            note(record, messages, present, faults);
                        });
            }
        }
        faults.addAll(books.faults());
        long highest = highest(books);
        faults.addAll(statesAhead(folder.resolve("policy-state"), highest));
        return new JournalAudit(present, alarms, highest, books.told(), List.copyOf(faults));
    }

    /** States of policies in which readings are that the journal has not. */
    private static List<String> statesAhead(Path folder, long highest) throws IOException {
        List<String> ahead = new ArrayList<>();
        for (Path file : PolicyStates.filesIn(folder)) {
            try {
                long last = PolicyStates.read(file).lastSequence();
                if (last > highest) {
                    ahead.add(
                            "%s is as of %d, HISTORY ends with %d".formatted(file, last, highest));
                }
            } catch (IllegalArgumentException _) {
                // torn: the node goes on with the one before it (TornSnapshotIT)
            }
        }
        return ahead;
    }

    private static long highest(StreamBooks books) {
        return books.streams().entrySet().stream()
                .filter(stream -> stream.getKey().lane() == Lane.HISTORY)
                .mapToLong(stream -> stream.getValue().highestSequence())
                .max()
                .orElse(0);
    }

    private interface Each {
        void accept(SenmlRecord record);
    }

    private static void readAll(Journal journal, Lane lane, StreamBooks books, Each each) {
        try (JournalReader reader = journal.reader(lane)) {
            long next = 1;
            Optional<Block> block = reader.from(next);
            while (block.isPresent()) {
                if (books.observe(block.get())) {
                    UplinkRecord.records(block.get()).forEach(each::accept);
                }
                next = block.get().lastSequence() + 1;
                block = reader.from(next);
            }
        }
    }

    private static void noteAlarm(SenmlRecord record, BitSet alarms) {
        int number = HotRoom.number(record);
        if (number >= 0) {
            alarms.set(number);
        }
    }

    private static void note(
            SenmlRecord record, LevelMessages messages, BitSet present, List<String> faults) {
        int ticket = messages.ticket(record);
        if (ticket < 0) {
            return;
        }
        boolean more = faults.size() < FAULTS_MAX;
        if (present.get(ticket) && more) {
            faults.add("ticket %d is there twice".formatted(ticket));
        }
        if (!LevelMessages.isRight(record, ticket) && more) {
            faults.add("ticket %d says %s".formatted(ticket, record));
        }
        present.set(ticket);
    }

    /**
     * What is wrong with it, when so much was acknowledged since {@code before}: each ticket is
     * there, or it was given up or thinned for want of room and a sequence above those of before is
     * told for it, which never happens to the youngest; and each alarm is there, whatever else is.
     * Empty when all is well.
     */
    String fault(Promised promised, JournalAudit before) {
        long from = promised.from();
        long to = promised.to();
        long young = missing(Math.max(from, to - YOUNG), to);
        long missing = missing(from, to);
        if (young > 0 || missing > takenAfter(before.highest)) {
            return "%d of %d acknowledged are missing, %d of the youngest; told as lost: %s"
                    .formatted(missing, to - from, young, told);
        }
        List<Long> gone = missingAlarms(promised);
        if (!gone.isEmpty()) {
            return "alarms %s are missing, acknowledged were %d up to %d"
                    .formatted(gone, promised.alarmsFrom(), promised.alarmsTo() - 1);
        }
        return damaged() == 0 && faults.isEmpty()
                ? ""
                : "faults %s, told as lost: %s".formatted(faults, told);
    }

    private List<Long> missingAlarms(Promised promised) {
        return LongStream.range(promised.alarmsFrom(), promised.alarmsTo())
                .filter(number -> !alarms.get((int) number))
                .boxed()
                .toList();
    }

    /** How many of the tickets from {@code from} up to, not including, {@code to} are missing. */
    long missing(long from, long to) {
        return to - from - present.get((int) from, (int) to).cardinality();
    }

    /** Sequences that were lost to damage. */
    private long damaged() {
        return told.stream()
                .filter(loss -> DAMAGE.contains(loss.reason()))
                .mapToLong(loss -> loss.range().count())
                .sum();
    }

    /** Sequences of HISTORY above this one that made room. */
    private long takenAfter(long sequence) {
        return told.stream()
                .filter(
                        loss ->
                                loss.stream().lane() == Lane.HISTORY
                                        && ROOM.contains(loss.reason()))
                .map(StreamBooks.Told::range)
                .mapToLong(range -> range.last() - Math.max(range.first() - 1, sequence))
                .filter(count -> count > 0)
                .sum();
    }
}
