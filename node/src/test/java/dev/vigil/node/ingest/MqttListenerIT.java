package dev.vigil.node.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint with mosquitto's clients, which nobody here wrote. */
class MqttListenerIT {
    private ListenerRig rig;

    @BeforeEach
    void start() {
        rig = new ListenerRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String[] client(String program, String version, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                program,
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(rig.port()),
                                "-V",
                                version));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void numberAtQos1IsAReadingAndIsAcknowledged(String version) {
        int exit =
                Tool.run(
                        client(
                                "mosquitto_pub",
                                version,
                                "-q",
                                "1",
                                "-t",
                                "site/kitchen/temperature",
                                "-m",
                                "21.5"));
        assertEquals(0, exit);
        assertEquals(List.of(21.5), rig.values());
        assertEquals(1, rig.count(IngestCounters.Count.ACKNOWLEDGED));
    }
}
