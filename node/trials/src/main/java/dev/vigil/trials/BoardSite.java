package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A site.yaml for the guest's board. Immutable. */
record BoardSite(Path file) {
    private static final String CHIPS =
            """
              - {id: lab/temperature, quantity: temperature, zone: lab, from: {chip: bme280, i2c: /dev/i2c-0, address: 0x76, every: 200ms}}
              - {id: lab/pressure, quantity: pressure, zone: lab, from: {chip: bme280, i2c: /dev/i2c-0, address: 0x76, every: 200ms}}
              - {id: lab/other, quantity: temperature, zone: lab, from: {chip: bme280, i2c: /dev/i2c-0, address: 0x77}}
              - {id: lab/absent, quantity: temperature, zone: lab, from: {chip: sht3x, i2c: /dev/i2c-0, address: 0x45}}
              - {id: gauge/stage, quantity: level, zone: gauge, from: {chip: ads1115, i2c: /dev/i2c-0, address: 0x48, every: 200ms, input: 0, loop: {at-4: 0, at-20: 10, shunt: 100}}}
              - {id: cabinet/supply, quantity: voltage, zone: cabinet, from: {chip: ina219, i2c: /dev/i2c-0, address: 0x44}}
              - {id: store/temperature, quantity: temperature, zone: store, from: {chip: ds18b20, w1: 28-0316a2794bff, every: 500ms}}
              - {id: bridge/acceleration, quantity: acceleration, zone: bridge, from: {chip: iio, name: vigil_dummy, file: in_accel_x_raw}}
              - {id: duct/supply-air, quantity: temperature, zone: duct, from: {chip: hwmon, name: lm75, at: 0-004a, file: temp1_input}}
              - {id: duct/either, quantity: temperature, zone: duct, from: {chip: hwmon, name: lm75, file: temp1_input}}
              - {id: bridge/sway, quantity: acceleration, zone: bridge, from: {chip: iio-motion, name: moving_dummy, trigger: clock, measures: x, every: 1s}}
              - {id: bridge/vibration, quantity: acceleration, zone: bridge, from: {chip: iio-motion, name: moving_dummy, trigger: clock, measures: vibration, every: 1s}}
              - {id: pier/sway, quantity: acceleration, zone: pier, from: {chip: iio-motion, name: bare_dummy, measures: x}}
              - {id: roof/rain-1h, quantity: level, zone: roof, from: {gpio: vigil-sim, line: flood, debounce: 0s, mm-per-pulse: 0.2, every: 1s}}
              - id: bridge/voltage
                quantity: voltage
                zone: bridge
                plausible: {stuck: 3s}
                from: {chip: iio, name: vigil_dummy, file: in_voltage0_raw, every: 200ms}
            policies:
              - {module: heat, zones: [all]}
            """
                    + siren("vigil-sim");

    private static final String OUTPUTS =
            """
              - {id: hall/relay-on, quantity: contact, zone: hall, from: {gpio: vigil-sim, line: feedback, debounce: 0s}}
            outputs:
              - {id: siren, kind: siren, gpio: vigil-sim, line: siren, minimum-on: 0s}
              - {id: strobe, kind: strobe, gpio: vigil-sim, line: strobe, active: low, pull: up, minimum-on: 0s}
              - {id: relay, kind: relay, gpio: vigil-sim, line: relay, pull: down, minimum-on: 0s, feedback: hall/relay-on}
              - {id: valve, kind: valve, gpio: vigil-sim, line: spare, pull: up, when-released: on, minimum-on: 0s}
            """;

    /** With everything the board has; {@code journal} is its folder, beside the file. */
    static BoardSite whole(TrialBoard board, String name, String journal) {
        return written(board, name, contacts(board, journal, "vigil-sim") + CHIPS);
    }

    /** Whose four outputs have a pull each, but the siren; {@code journal} as above. */
    static BoardSite ofFourOutputs(TrialBoard board, String name, String journal) {
        return written(board, name, contacts(board, journal, "vigil-sim") + OUTPUTS);
    }

    /** Whose call point, door and siren are on a chip that nobody has. */
    static BoardSite ofAnotherChip(TrialBoard board, String name, String journal) {
        return written(
                board, name, contacts(board, journal, "no-such-chip") + siren("no-such-chip"));
    }

    private static String siren(String chip) {
        return """
            outputs:
              - {id: siren, kind: gpio, gpio: %s, line: siren, when-released: off, minimum-on: 0s}
            """
                .formatted(chip);
    }

    private static String contacts(TrialBoard board, String journal, String chip) {
        return """
            node: devices
            page: {host: 127.0.0.1, port: %d}
            listener: {port: %d}
            journal: {directory: %s, alarm: 256MiB}
            sensors:
              - {id: probe/level, quantity: level, zone: probe, from: {topic: probe}}
              - id: hall/callpoint
                quantity: contact
                zone: hall
                means: call-point
                from: {gpio: %4$s, line: callpoint, debounce: 0s}
              - id: hall/door
                quantity: contact
                zone: hall
                from: {gpio: %4$s, line: door, active: low, pull: up, debounce: 200ms}
            """
                .formatted(board.pagePort(), board.mqttPort(), journal, chip);
    }

    private static BoardSite written(TrialBoard board, String name, String text) {
        try {
            return new BoardSite(
                    Files.writeString(board.place().file(name), text, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + name, e);
        }
    }
}
