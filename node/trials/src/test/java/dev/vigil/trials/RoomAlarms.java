package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Rooms that get hot one after the other, each once, and what the centre got to know of it. Owned
 * by the thread of the trial.
 *
 * <p>A room's incident is opened by its one reading and stays open, so whatever is killed there is
 * one alarm that opens it. Two only when the reading was sent again: a node that has just started
 * judges before its journal is open, and so may open what an earlier run had opened already.
 */
final class RoomAlarms implements AutoCloseable {
    private static final int WINDOW = 64;
    private static final String ZONE = "hot-";

    private final ReturningClient client;
    private final BitSet resent = new BitSet();
    private final List<Room> rooms = new ArrayList<>();
    private final Set<String> incidents = new HashSet<>();
    private int openedAgain;

    /** One that is hot. */
    private static final class Room {
        final long readingsBefore;
        final long hotAt = System.nanoTime();
        int opened;
        long arrivedAfterNanos;
        long overtaken;
        long overtakenBy;

        Room(long readingsBefore) {
            this.readingsBefore = readingsBefore;
        }
    }

    /** Not connected yet. */
    RoomAlarms(int port) {
        var messages =
                HotRooms.source(
                        "site/hot",
                        room ->
                                "[{\"n\":\"%s%d/temperature\",\"u\":\"Cel\",\"v\":80}]"
                                        .formatted(ZONE, room));
        client =
                new ReturningClient(
                        port,
                        new SenderClient("hot", WINDOW, messages, (_, _) -> {}),
                        again -> {
                            for (long room : again) {
                                resent.set((int) room);
                            }
                        });
    }

    /** The site with so many rooms; its plan takes SenML on {@code site/+}. */
    static TrialSite.Plan planned(TrialSite.Plan plan, int rooms) {
        for (int room = 0; room < rooms; room++) {
            plan.sensor(ZONE + room + "/temperature", "temperature", ZONE + room);
        }
        return plan;
    }

    /**
     * One more room gets hot; its reading goes with the next turns.
     *
     * @param readings sent by the other sensors so far
     */
    void heat(long readings) {
        rooms.add(new Room(readings));
    }

    void turn() {
        client.turn(this::send);
    }

    private void send(SenderClient sender) throws IOException {
        while (sender.sentTotal() < rooms.size() && sender.hasRoom()) {
            sender.send(sender.sentTotal());
        }
        sender.flush();
    }

    /** The node was killed. */
    void disconnect() {
        client.disconnect();
    }

    boolean isAllAcknowledged() {
        return client.isAllAcknowledged() && client.acknowledged() == rooms.size();
    }

    boolean haveAllArrived() {
        return missing() == 0;
    }

    /**
     * A record of {@code vigil.alarms} that came under a sequence not seen before.
     *
     * @param incident the key without the node
     * @param readings of the other sensors that have come
     */
    void arrived(String incident, byte[] value, LevelMessages readings) {
        IncidentNews news;
        try {
            news = IncidentNews.parse(value);
        } catch (IOException e) {
            throw new UncheckedIOException("an alarm that can't be read: " + incident, e);
        }
        if (!news.change().equals("OPENED") || !news.zone().startsWith(ZONE)) {
            return;
        }
        if (!incidents.add(incident)) {
            openedAgain++;
        }
        Room room = rooms.get(Integer.parseInt(news.zone().substring(ZONE.length())));
        room.opened++;
        if (room.opened == 1) {
            room.arrivedAfterNanos = System.nanoTime() - room.hotAt;
            room.overtaken = readings.missing(room.readingsBefore);
            room.overtakenBy = Math.max(0, readings.arrivedUpTo() - room.readingsBefore);
        }
    }

    /** Rooms whose hot reading no alarm tells of. */
    long missing() {
        return rooms.stream().filter(room -> room.opened == 0).count();
    }

    /** Alarms that tell a second time, under another sequence, that the same incident opened. */
    int openedAgain() {
        return openedAgain;
    }

    /** Rooms with more than one incident though their reading was sent once. */
    long severalThoughNeverResent() {
        long count = 0;
        for (int room = 0; room < rooms.size(); room++) {
            if (rooms.get(room).opened > 1 && !resent.get(room)) {
                count++;
            }
        }
        return count;
    }

    /** The most readings sent after a room had got hot that came before its alarm did. */
    long overtakenByAtMost() {
        return rooms.stream().mapToLong(room -> room.overtakenBy).max().orElse(0);
    }

    /** One line. */
    String figures() {
        long[] nanos = rooms.stream().mapToLong(room -> room.arrivedAfterNanos).toArray();
        var after = new Percentiles(nanos);
        return String.format(
                Locale.ROOT,
                "%d alarms raised, %d of them not in vigil.alarms, there after (median, slowest) %s, %s; %d came before readings that had waited longer (%d at most), %d after younger ones (%d at most); %d rooms with a second incident, their reading was sent again",
                rooms.size(),
                missing(),
                Percentiles.millis(after.at(0.5)),
                Percentiles.millis(after.at(1)),
                rooms.stream().filter(room -> room.overtaken > 0).count(),
                rooms.stream().mapToLong(room -> room.overtaken).max().orElse(0),
                rooms.stream().filter(room -> room.overtakenBy > 0).count(),
                overtakenByAtMost(),
                rooms.stream().filter(room -> room.opened > 1).count());
    }

    @Override
    public void close() {
        client.close();
    }
}
