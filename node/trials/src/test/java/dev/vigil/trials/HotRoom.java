package dev.vigil.trials;

import dev.vigil.forward.SenmlRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One room that gets hot, is reset when it is cold, and gets hot again: alarm n is for a
 * temperature that no other is for. Stateless.
 */
final class HotRoom {
    private static final String ZONE = "hot";
    private static final int NUMBERS = 20_000;
    private static final int FIRST_MILLIDEGREES = 80_000;
    private static final double PER_DEGREE = 1_000;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Pattern INCIDENT = Pattern.compile("hot-\\d{8}T[0-9.]+Z");
    private static final Pattern CAUSE = Pattern.compile("\"zone\":\"hot\".*\"value\":([0-9.]+)");

    private HotRoom() {}

    static TrialSite.Plan planned(TrialSite.Plan plan) {
        return plan.sensor(ZONE + "/temperature", "temperature", ZONE)
                .policyWith("heat", "clear_hold: 0");
    }

    /**
     * For ever, or until there is no node.
     *
     * @param first number of the first alarm, 1 or more
     * @param acknowledged told of an alarm's number when its reading is
     */
    static void heat(NodeProcess node, int port, long first, LongConsumer acknowledged)
            throws IOException {
        // an even ticket is cold
        var messages =
                HotRooms.source(
                        "site/hot", ticket -> pack(ticket % 2 == 0 ? 20 : degrees(ticket / 2)));
        try (SenderClient sender = new SenderClient("hot", 1, messages, (_, _) -> {})) {
            sender.connect(port, BOUND);
            send(sender, 1); // so that the policy, too, knows that it was hot
            for (long number = first; true; number++) {
                send(sender, 2 * number);
                Waiting.require(BOUND, () -> isReset(node), () -> "the hot room is not reset");
                send(sender, 2 * number + 1);
                acknowledged.accept(number);
            }
        }
    }

    private static void send(SenderClient sender, long ticket) throws IOException {
        sender.send(ticket);
        if (!sender.awaitAcknowledgements(BOUND)) {
            throw new IOException(
                    "ticket %d of the hot room is not acknowledged".formatted(ticket));
        }
    }

    /** It is cold: what this run, or one before, has left open can be closed. */
    private static boolean isReset(NodeProcess node) {
        try {
            Matcher incident = INCIDENT.matcher(node.page("/api/status"));
            boolean open = incident.find();
            if (open) {
                node.reset(incident.group());
            }
            return !open;
        } catch (IOException _) {
            return false; // the page has two seconds to answer, and is asked again
        }
    }

    private static String pack(double degrees) {
        return "[{\"n\":\"%s/temperature\",\"u\":\"Cel\",\"v\":%s}]".formatted(ZONE, degrees);
    }

    private static double degrees(long number) {
        return (FIRST_MILLIDEGREES + number % NUMBERS) / PER_DEGREE;
    }

    /** Which alarm this record tells of; -1 for another record. */
    static int number(SenmlRecord record) {
        String text = record.text();
        if (text == null || !record.name().startsWith("alarm/")) {
            return -1;
        }
        Matcher cause = CAUSE.matcher(text);
        return cause.find()
                ? (int) Math.round(Double.parseDouble(cause.group(1)) * PER_DEGREE)
                        - FIRST_MILLIDEGREES
                : -1;
    }
}
