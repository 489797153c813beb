package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator does with a running node, through the commands README names. */
class OperatorIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Workplace place = Workplace.fresh("operator");
    private final TrialSite site =
            new TrialSite.Plan("operator")
                    .policyWith("heat", "clear_hold: 0") // a hazard is gone with the heat
                    .topic("site/+")
                    .sensor("room/temperature", "temperature", "room")
                    .numberTopic("plain/heat", "room/temperature")
                    .write(place);

    @Test
    void anAlarmSoundsIsAcknowledgedSurvivesAKillAndIsResetWhenTheHazardIsGone() throws Exception {
        String incident;
        try (NodeProcess node = start()) {
            publish("71.5");
            Waiting.require(BOUND, () -> !siren().isEmpty(), () -> "no siren: " + node.logTail(20));
            incident = siren().getFirst().why();
            Waiting.require(BOUND, () -> shows(node, incident), () -> "the page shows no alarm");

            Tool.Ended reset = order(node, "reset", incident);
            Tool.Ended acknowledged = order(node, "acknowledge", incident);

            assertEquals(1, reset.code(), "a fire that burns can't be reset away");
            assertTrue(reset.output().contains("its hazard is still there"), reset.output());
            assertEquals(0, acknowledged.code(), acknowledged.output());
            Waiting.require(
                    BOUND,
                    () -> !siren().getLast().on(),
                    () -> "the siren did not stop: " + siren());
            assertTrue(shows(node, incident));
            publish("20"); // acknowledged, so the alarm's record before it is durable, too
            node.kill();
        }
        int lines = siren().size();
        try (NodeProcess node = start()) {
            Waiting.require(BOUND, () -> shows(node, incident), () -> "forgotten after the kill");
            assertEquals(
                    lines, siren().size(), "an acknowledged alarm must not sound at a restart");
            String retained = retainedAlarm();
            assertTrue(retained.contains(incident), "a new subscriber hears: " + retained);

            assertEquals(0, order(node, "reset", incident).code());

            Waiting.require(BOUND, () -> !shows(node, incident), () -> "the reset did nothing");
            assertNotEquals(0, order(node, "reset", incident).code(), "it is closed already");
        }
    }

    @Test
    void ordersWithoutAnOperatorsNameAreRefused() throws Exception {
        try (NodeProcess node = start();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest bare =
                    HttpRequest.newBuilder(
                                    URI.create(node.pageAddress() + "/api/incidents/x/reset"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();

            HttpResponse<String> answer = client.send(bare, HttpResponse.BodyHandlers.ofString());

            assertEquals(403, answer.statusCode());
            assertTrue(answer.body().contains("X-Vigil-Operator"), answer.body());
        }
    }

    private NodeProcess start() {
        return NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                .awaitReady(BOUND);
    }

    private List<SirenFile.Switched> siren() {
        return site.siren().lines();
    }

    private static boolean shows(NodeProcess node, String incident) {
        try {
            return node.page("/api/status").contains(incident);
        } catch (IOException e) {
            return false;
        }
    }

    private void publish(String value) {
        Tool.publish(BOUND, site.mqttPort(), "plain/heat", value);
    }

    /** What somebody who subscribes now gets of the alarms. */
    private String retainedAlarm() {
        Tool.Ended ended =
                Tool.run(
                        BOUND,
                        "mosquitto-clients",
                        "",
                        List.of(
                                "mosquitto_sub",
                                "-p",
                                Integer.toString(site.mqttPort()),
                                "-t",
                                "vigil/v1/+/+/alarm/#",
                                "-C",
                                "1",
                                "-W",
                                Long.toString(BOUND.toSeconds())));
        assertEquals(0, ended.code(), ended.output());
        return ended.output();
    }

    /** As {@code ./vigil incident} does it. */
    private static Tool.Ended order(NodeProcess node, String order, String incident) {
        return Tool.vigil(BOUND, node, List.of("incident", order, incident));
    }
}
