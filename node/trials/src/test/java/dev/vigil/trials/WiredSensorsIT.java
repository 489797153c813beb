package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vigil.forward.CarryKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Sensors on a serial port and on the network, in a process of its own, until what they said is in
 * a file that is carried by hand. Simulated: the sensors; the port is the kernel's.
 */
class WiredSensorsIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Workplace place = Workplace.fresh("wired");

    @Test
    void particlesFromASerialPortAndALevelByModbusAreReadKeptAndExported() {
        try (PseudoTerminal port = new PseudoTerminal();
                ModbusDevice gauge = new ModbusDevice(274)) {
            TrialSite site =
                    new TrialSite.Plan("wired")
                            .sensorFrom(
                                    "street/pm2.5",
                                    "particles",
                                    "street",
                                    "chip: pms5003, measures: pm2.5, serial: " + port.path())
                            .sensorFrom(
                                    "river/level",
                                    "level",
                                    "river",
                                    "chip: modbus, tcp: '%s', register: 5, type: u16, factor: 0.01"
                                            .formatted(gauge.address()))
                            .topic("site/+")
                            .write(place);
            try (NodeProcess node =
                    NodeProcess.start(site.file(), site.pagePort(), place.file("node.log"))
                            .awaitReady(BOUND)) {
                Waiting.require(
                        BOUND,
                        () -> {
                            port.send(particles(12, 35, 40));
                            return reads(node, "street/pm2.5", 35e-9)
                                    && reads(node, "river/level", 2.74);
                        },
                        () -> "not read:\n" + status(node));
                node.stop();
            }
            export(site);
        }
    }

    @Test
    void aScanSaysInWordsWhatTheMachineHasOrHasNot() {
        Tool.Ended scan = vigil("sensors", "scan");
        assertEquals(0, scan.code(), scan.output());
        assertTrue(scan.output().startsWith("sensors:\n  "), scan.output());
        assertTrue(scan.output().contains("\n  # gpio ") || scan.output().contains("no GPIO chip"));
    }

    private void export(TrialSite site) {
        CarryKeys.make(place.folder(), "wired");
        Path file = place.file("wired.carry");
        Tool.Ended exported =
                vigil(
                        "export",
                        "--journal",
                        site.journal().toString(),
                        "--to",
                        file.toString(),
                        "--key",
                        place.file("wired.pem").toString());
        assertEquals(0, exported.code(), exported.output());
        assertTrue(exported.output().contains("records, sequences 1 to "), exported.output());
        assertTrue(Files.exists(file));
        Tool.Ended cat = vigil("cat", "--journal", site.journal().toString());
        assertTrue(cat.output().contains("river/level"), cat.output());
        assertTrue(cat.output().contains("street/pm2.5"), cat.output());
    }

    /** A message of a PMS5003 (Plantower's data manual, appendix I), micrograms per cubic metre. */
    private static byte[] particles(int pm1, int pm2p5, int pm10) {
        ByteBuffer message = ByteBuffer.allocate(32);
        message.putShort((short) 0x424D).putShort((short) 28);
        message.putShort((short) 9).putShort((short) 25).putShort((short) 33);
        message.putShort((short) pm1).putShort((short) pm2p5).putShort((short) pm10);
        int sum = 0;
        for (int i = 0; i < 30; i++) {
            sum += message.get(i) & 0xFF;
        }
        return message.putShort(30, (short) sum).array();
    }

    private static boolean reads(NodeProcess node, String sensor, double value) {
        return new BoardNode(node).reads(sensor, "GOOD", value, value / 1e6).getAsBoolean();
    }

    private static String status(NodeProcess node) {
        try {
            return node.page("/api/status");
        } catch (IOException e) {
            return "no status: " + e;
        }
    }

    private static Tool.Ended vigil(String... words) {
        List<String> command = new ArrayList<>(NodeProcess.nodeCommand());
        command.addAll(List.of(words));
        return Tool.run(BOUND, "", "", command);
    }
}
