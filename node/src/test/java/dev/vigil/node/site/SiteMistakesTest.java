package dev.vigil.node.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SiteMistakesTest {
    private static final String RIGHT =
            """
            node: gw-01
            sensors:
              - {id: a/t, quantity: temperature, zone: a, from: {waveform: sine}}
            """;

    /** What is added to a site that is right (a new line is ↵), and the one mistake it makes. */
    private static final String RULES =
            """
            polices: []  =>  4: polices: unknown key; did you mean 'policies'? - known here:
            node: gw-02  =>  4: node: given twice - the first is in line 1
            description: [a]  =>  4: description: must be a single value, not a list or a mapping
            description:  =>  4: description: no value - write one, or leave the key out
            journal: 5  =>  4: journal: must be a mapping: keys with values, indented below it
            journal: {keep: 24}  =>  4: journal.keep: '24' - must be a number with its unit: 500ms, 10s, 15m, 24h or 7d
            journal: {keep: 24x}  =>  4: journal.keep: '24x' - must be a number with its unit
            journal: {history: 2048}  =>  4: journal.history: '2048' - must be a number with its unit: 500KiB, 64MiB or 2GiB
            journal: {alarm: 4KiB}  =>  4: journal.alarm: '4KiB' - must be from 1MiB to 1TiB
            page: {port: 80800}  =>  4: page.port: '80800' - must be a whole number from 1 to 65535
            page: {port: http}  =>  4: page.port: 'http' - must be a whole number from 1 to 65535
            page: {host: '127.0.0.1:80'}  =>  4: page.host: '127.0.0.1:80' - must be a host name or an address, without a port
            listener: {host: 0.0.0.0}  =>  4: listener.host: '0.0.0.0' - without 'users' everybody could feed readings: allowed only on 127.0.0.1 or ::1
            listener: {users: {esp: {}}}  =>  4: listener.users.esp: missing - a user has a 'password' or a 'password-file'
            listener: {users: {esp: {password: ''}}}  =>  4: listener.users.esp.password: empty - a password has at least one character
            listener: {users: {esp: {password-file: none}}}  =>  /none' - must be a file the node can read
            listener: {packet: 32MiB}  =>  4: listener.packet: '32MiB' - must be from 64B to 16MiB
            subscriber: {broker: 'mqtt://b:1883'}  =>  4: subscriber.topics: missing - topic filters to subscribe to, as a list
            subscriber: {broker: 'mqtt://b', topics: [a]}  =>  4: subscriber.broker: must be mqtt://host:port
            subscriber: {broker: 'mqtt://b:1', topics: [a/#/b]}  =>  4: subscriber.topics[0]: 'a/#/b' - '#' stands alone and last: a/#
            subscriber: {broker: 'mqtt://b:1', topics: [a+/b]}  =>  '+' stands for a whole level: a/+/b
            subscriber: {broker: 'mqtt://b:1', topics: a}  =>  4: subscriber.topics: must be a list: [a, b], or lines that begin with '- '
            topics: [{filter: x, form: senml}]  =>  4: topics: no way in for MQTT messages - add 'listener:' or 'subscriber:'
            listener:↵topics: [{filter: x, form: sanml}]  =>  5: topics[0].form: 'sanml' - must be senml, number or json; did you mean 'senml'?
            listener:↵topics: [{filter: x, form: number, channel: a/d}]  =>  5: topics[0].channel: 'a/d' - no sensor has such an id; did you mean 'a/t'?
            listener:↵topics: [{filter: +/+, form: number, channel: '{3}/t'}]  =>  {3} stands for a '+' of the filter, which has 2
            listener:↵topics: [{filter: +, form: number, channel: '{1}/t', unit: ppm}]  =>  5: topics[0].unit: 'ppm' - temperature (a/t) comes in Cel, K, degF
            listener:↵topics: [{filter: x, form: json, channel: a/t}]  =>  5: topics[0].value: missing - form json needs a pointer such as /temperature
            listener:↵topics: [{filter: x, form: json, channel: a/t, value: temperature}]  =>  5: topics[0].value: 'temperature' - must be a JSON pointer (RFC 6901): /data/temperature
            listener:↵topics: [{filter: x, form: number, channel: a/t, value: /t}]  =>  5: topics[0].value: a pointer needs form: json
            listener:↵topics: [{filter: x, form: senml}, {filter: x, form: senml}]  =>  5: topics: topic 'x' is mapped twice
            policies: [{module: heet, zones: [a]}]  =>  must be a bundled policy (heat, smoke) or a file that ends in .wasm; did you mean 'heat'?
            policies: [{module: own.wasm, id: own, zones: [a]}]  =>  /own.wasm' - must be a file the node can read
            policies: [{module: heat, zones: [b]}]  =>  4: policies[0].zones: 'b' - no sensor has this zone; zones are a, or all
            policies: [{module: heat, channels: [a/y]}]  =>  4: policies[0].channels: 'a/y' - no sensor has this id; did you mean 'a/t'?
            policies: [{module: heat}]  =>  4: policies[0].zones: missing - say what it watches
            policies: [{module: heat, zones: [a], quantities: [co]}]  =>  4: policies[0].zones: watches no channel
            policies: [{module: heat, zones: [a], settings: {x: warm}}]  =>  4: policies[0].settings.x: 'warm' - must be a number
            policies: [{module: heat, zones: [a]}, {module: heat, zones: [a]}]  =>  4: policies[1].id: 'heat' - used in line 4 already
            policies: [{module: heat, zones: [a], grant: {pages: 0}}]  =>  4: policies[0].grant.pages: '0' - must be a whole number from 1 to 64
            policies: [{module: heat, zones: [a], grant: {fuel-per-reading: 1e3}}]  =>  4: policies[0].grant.fuel-per-reading: '1e3' - must be a whole number from 1 to 100000
            policies: [{module: heat, zones: [a], grant: {deadline: 2s}}]  =>  4: policies[0].grant.deadline: '2s' - must be from 1ms to 1s
            policies: [{module: heat, zones: [a], grant: {state: 8MiB}}]  =>  4: policies[0].grant.state: '8MiB' - must be from 0B to 4MiB
            policies: [{module: heat, zones: [a], grant: {fuel: 5}}]  =>  4: policies[0].grant.fuel: unknown key - known here: deadline, fuel-per-call, fuel-per-reading, host-calls, pages, slots, state
            policies: [{module: heat, zones: [a], grant: 5}]  =>  4: policies[0].grant: must be a mapping
            policy-store: {directory: p}  =>  4: policy-store.trust: missing - the folder with the keys whose signatures count
            policy-store: {trust: nowhere}  =>  /nowhere' - must be a folder with a root.pub.pem
            outputs: [{id: s, kind: horn, file: x}]  =>  4: outputs[0].kind: 'horn' - must be one of siren, strobe, relay, valve, voice, command
            outputs: [{id: s, kind: siren, file: x, self-test: 1m}]  =>  4: outputs[0].self-test: '1m' - must be from 50ms to 10s
            self-test: {every: 1ms}  =>  4: self-test.every: '1ms' - must be from 100ms to 1h
            self-test: {outputs: 7d}  =>  4: self-test.outputs: no output has a 'self-test'
            outputs: [{id: s, kind: voice, play: aplay}]  =>  4: outputs[0].play: must be a list: [a, b], or lines that begin with '- '
            outputs: [{id: s, kind: voice, play: []}]  =>  4: outputs[0].play: no program
            outputs: [{id: s, kind: voice, play: [aplay, x.wav], pattern: pulse}]  =>  4: outputs[0].pattern: only of a gpio line: what is played or told has its own
            outputs: [{id: s, kind: command, broker: 'mqtt://b:1883'}]  =>  4: outputs[0].topic: missing - the topic that the device listens to
            outputs: [{id: s, kind: command, broker: 'mqtt://b:1883', topic: a/+}]  =>  4: outputs[0].topic: 'a/+' - must be a topic without wildcards
            outputs: [{id: s, kind: command, broker: 'mqtt://b:1883', topic: a, when-gone: of}]  =>  4: outputs[0].when-gone: 'of' - must be one of as-is, off, on; did you mean 'off'?
            outputs: [{id: s, kind: command, broker: 'mqtt://b:1883', topic: a, password: x}]  =>  4: outputs[0].user: missing - a password needs a user
            outputs: [{id: s, kind: siren}]  =>  4: outputs[0].kind: a siren that nothing switches - say how: gpio
            outputs: [{id: s, kind: siren, file: x, pattern: temporal3}]  =>  4: outputs[0].pattern: 'temporal3' - must be one of pulse, steady, temporal-3, temporal-4, or durations on and off: [1s, 500ms]; did you mean 'temporal-3'?
            outputs: [{id: s, kind: siren, file: x, pattern: [1s]}]  =>  4: outputs[0].pattern: a pattern of 1 phases: must be pairs of on and off
            outputs: [{id: s, kind: siren, file: x, pattern: [1s, 20ms]}]  =>  4: outputs[0].pattern: a phase of 20 ms: must be from 100 to 600000 ms
            outputs: [{id: s, kind: siren, file: x, pattern: [1s, soon]}]  =>  4: outputs[0].pattern: 'soon' - must be a duration
            outputs: [{id: s, kind: siren, file: x, at-stop: on}]  =>  4: outputs[0].at-stop: 'on' - must be one of off, as-is
            outputs: [{id: s, kind: siren, file: x, feedback: k/t}]  =>  4: outputs[0].feedback: 'k/t' - no such sensor
            outputs: [{id: s, kind: siren, file: x, feedback-within: 1s}]  =>  4: outputs[0].feedback-within: without 'feedback'
            outputs: [{id: s, kind: gpio, line: 2}]  =>  4: outputs[0].gpio: missing - the label of a GPIO chip
            outputs: [{id: s, kind: gpio, gpio: chip}]  =>  4: outputs[0].line: missing - the line's number on the chip, or the name
            outputs: [{id: s, kind: gpio, gpio: chip, line: 2, active: down}]  =>  4: outputs[0].active: 'down' - must be one of high, low
            outputs: [{id: s, kind: siren, gpio: g, line: x}, {id: v, kind: valve, gpio: g, line: x}]  =>  4: outputs[1].gpio: line x of 'g' is taken by output s
            outputs: [{id: s, kind: valve, gpio: chip, line: 2, pull: up}]  =>  4: outputs[0].pull: 'up' - active is high, so nobody driving the line makes it on; when-released says off
            outputs: [{id: s, kind: valve, gpio: chip, line: 2, active: low, pull: up, when-released: on}]  =>  4: outputs[0].pull: 'up' - active is low, so nobody driving the line makes it off; when-released says on
            outputs: [{id: s, kind: gpio, gpio: chip, line: 2, file: x}]  =>  4: outputs[0].file: beside 'gpio' - keep one of them
            outputs: [{kind: simulated-siren}]  =>  4: outputs[0].id: missing - must be 1 to 64 letters
            outputs: [siren]  =>  4: outputs[0]: must be a mapping: keys with values, the first behind the '-'
            uplink: {kafka: {brokers: centre}}  =>  4: uplink.kafka.brokers: 'centre' - must be host:port
            uplink: {kafka: {brokers: 'centre:99999'}}  =>  each port from 1 to 65535
            uplink: {kafka: {brokers: 'c:1', topic: a b}}  =>  4: uplink.kafka.topic: 'a b' - must be 1 to 249
            uplink: {kafka: {brokers: 'c:1', settings: {acks: 0}}}  =>  4: uplink.kafka.settings.acks: set by the node itself - leave it out
            uplink: {kafka: {brokers: 'c:1', settings: {compression.type: snappy}}}  =>  4: uplink.kafka.settings.compression.type: blocks are compressed with zstd already - leave it out
            uplink: {mqtt: {}}  =>  4: uplink.mqtt.broker: missing - must be mqtt://host:port, or mqtts://
            uplink: {kafka: {brokers: 'c:1', rate: 64k}}  =>  4: uplink.kafka.rate: '64k' - must be a number with its unit: 64kbit/s, 2Mbit/s or 8kB/s
            uplink: {kafka: {brokers: 'c:1', rate: 300bit/s}}  =>  4: uplink.kafka.rate: '300bit/s' - must be at least 1200 bit/s
            uplink: {kafka: {brokers: 'c:1', state: 10}}  =>  4: uplink.kafka.state: '10' - must be a number with its unit
            uplink: {satellite: {}}  =>  4: uplink.satellite: unknown key - known here: kafka, mqtt
            uplink: [{kafka: {brokers: 'c:1'}}, {kafka: {brokers: c}}]  =>  4: uplink[1].kafka.brokers: 'c' - must be host:port
            uplink: {kafka: {brokers: 'c:1'}, mqtt: {broker: 'mqtt://c:1'}}  =>  4: uplink.mqtt: beside 'kafka' - several uplinks are a list
            uplink: {mqtt: {broker: 'mqtt://c:1', ca: ca.pem}}  =>  4: uplink.mqtt.ca: only for TLS: mqtts://host:port
            uplink: {mqtt: {broker: 'mqtts://c:1', key: k.pem}}  =>  4: uplink.mqtt.key: 'certificate' and 'key' belong together
            subscriber: {broker: 'mqtts://c:1', topics: [a], certificate: c.pem}  =>  4: subscriber.certificate: 'certificate' and 'key' belong together
            recordings: {r: {file: none.csv}}  =>  /none.csv' - must be a file the node can read
            ? [a]↵: b  =>  4: a key that is no text - keys are words
            """;

    static Stream<Arguments> rules() {
        return table(RULES);
    }

    /** Sensors that are wrong, and the one mistake each makes. */
    private static final String SENSORS =
            """
            {quantity: co, zone: a, from: {waveform: sine}}  =>  3: sensors[0].id: missing - must be a SenML name
            {id: /t, quantity: co, zone: a, from: {waveform: sine}}  =>  3: sensors[0].id: '/t' - must be a SenML name (RFC 8428, 4.5.1)
            {id: a, quantity: temprature, zone: a}  =>  3: sensors[0].quantity: 'temprature' - must be one of temperature,
            {id: a, quantity: temprature, zone: a}  =>  ; did you mean 'temperature'?
            {id: a, quantity: co, from: {waveform: sine}}  =>  3: sensors[0].zone: missing - the room, pier or gauge it belongs to
            {id: a, quantity: co, zone: a b}  =>  3: sensors[0].zone: 'a b' - must be 1 to 128 letters
            {id: a, quantity: co, zone: a}  =>  3: sensor a: nothing feeds it - give it 'from:', or an entry under 'topics:'
            {id: a, quantity: co, zone: a, from: {chip: bme208}}  =>  3: sensors[0].from.chip: 'bme208' - must be one of ads1115, adxl345, bme280, ds18b20, hwmon, iio, iio-motion, ina219, max31865, modbus, mpu6050, pms5003, scd4x, sht3x; did you mean 'bme280'?
            {id: a, quantity: temperature, zone: a, from: {chip: bme280}}  =>  3: sensors[0].from.i2c: missing - such as /dev/i2c-1
            {id: a, quantity: rate, zone: a, from: {gpio: g}}  =>  3: sensors[0].from.line: missing - the line's number on the chip, or the name the board gives it
            {id: a, quantity: co, zone: a, from: {gpio: g, line: 1}}  =>  3: sensors[0].from.gpio: a line is a contact, or its pulses are counted as rate, occupancy, velocity, flow, level; it measures no co
            {id: a, quantity: velocity, zone: a, from: {gpio: g, line: 1}}  =>  3: sensors[0].from.gpio: velocity is counted in pulses of a known size - 'mm-per-pulse' is missing
            {id: a, quantity: flow, zone: a, from: {gpio: g, line: 1, mm-per-pulse: 1}}  =>  3: sensors[0].from.gpio: flow is counted in pulses of a known size - 'l-per-pulse' is missing
            {id: a, quantity: flow, zone: a, from: {gpio: g, line: 1, l-per-pulse: 0}}  =>  3: sensors[0].from.l-per-pulse: '0' - must be a number from 0.001 to 1000.0
            {id: a, quantity: level, zone: a, from: {gpio: g, line: 1, mm-per-pulse: 0.2, every: 1s, sum: 7d}}  =>  3: sensors[0].from.sum: '7d' - must be from 1s to 144m
            {id: a, quantity: flow, zone: a, from: {gpio: g, line: 1, l-per-pulse: 1, mm-per-pulse: 1}}  =>  3: sensors[0].from.l-per-pulse: a pulse is rain or flow - 'mm-per-pulse' is given too
            {id: a, quantity: rate, zone: a, from: {gpio: g, line: 1}}↵  - {id: b, quantity: rate, zone: a, from: {gpio: g, line: 1}}  =>  4: sensors[1].from.gpio: 'rate' of it is taken by a already
            {id: a, quantity: rate, zone: a, from: {gpio: g, line: 1}}↵  - {id: b, quantity: occupancy, zone: a, from: {gpio: g, line: 1, every: 1m}}  =>  4: sensors[1].from.gpio: gpio g line 1 is described otherwise in line 3: all its sensors must say the same of it
            {id: a, quantity: rate, zone: a, from: {gpio: g, line: 1}}↵  - {id: b, quantity: contact, zone: a, from: {gpio: g, line: 1}}  =>  4: sensors[1].from.gpio: line 1 of 'g' is taken by sensor a
            {id: a, quantity: contact, zone: a, from: {gpio: g, line: 1}}↵  - {id: b, quantity: contact, zone: a, from: {gpio: g, line: 1}}  =>  4: sensors[1].from.gpio: line 1 of 'g' is taken by sensor a
            {id: a, quantity: contact, zone: a, from: {gpio: pinctrl-bcm2711, line: GPIO17}}↵outputs: [{id: s, kind: siren, gpio: pinctrl-bcm2711, line: 17}]  =>  4: outputs[0].gpio: line 17 of 'pinctrl-bcm2711' is taken by sensor a
            {id: a, quantity: level, zone: a, from: {chip: modbus, tcp: 'plc:502', register: 1}}↵  - {id: b, quantity: level, zone: a, from: {chip: modbus, tcp: 'plc:502', register: 2, timeout: 1s}}  =>  4: sensors[1].from.timeout: '1s' - another sensor on plc:502 has 500ms: a bus has one
            {id: a, quantity: level, zone: a, from: {chip: modbus, serial: /dev/ttyS1, register: 1}}↵  - {id: b, quantity: level, zone: a, from: {chip: modbus, serial: /dev/ttyS1, register: 2, parity: none}}  =>  4: sensors[1].from.serial: '/dev/ttyS1' - another sensor has set it to 19200 8E1
            {id: a, quantity: temperature, zone: a, from: {chip: modbus, tcp: 'plc:99999'}}  =>  3: sensors[0].from.tcp: 'plc:99999' - must be host:port, such as 192.168.1.20:502
            {id: a, quantity: temperature, zone: a, from: {chip: bme280, i2c: /dev/i2c-1, address: 0x44}}  =>  3: sensors[0].from.address: '0x44' - must be 0x76 or 0x77
            {id: a, quantity: co, zone: a, from: {chip: bme280, i2c: /dev/i2c-1}}  =>  3: sensors[0].from.measures: 'co' - must be one of temperature, pressure, humidity
            {id: a, quantity: co, zone: a, from: {chip: ads1115, i2c: /dev/i2c-1, gas: {load: 10000, clean-air: 20000}}}  =>  3: sensors[0].from.gas: a gas sensor with 0 points of its curve: 2 are needed, or its value has no unit
            {id: a, quantity: voltage, zone: a, from: {chip: ina219, i2c: /dev/i2c-1, shunt: 0.005}}  =>  3: sensors[0].from.shunt: ina219 with shunt 0.005 ohm for 3.2 A: its calibration register would be 83886, possible are 2 to 65534
            {id: a, quantity: co, zone: a, from: {waveform: sine}, plausible: {min: 5, max: 4}}  =>  3: sensors[0].plausible.max: '4.0' - must be more than min, 5.0
            {id: a, quantity: co, zone: a, from: {waveform: sine}, plausible: {rate: 0}}  =>  3: sensors[0].plausible.rate: '0' - must be a number from 4.9E-324 to 1.7976931348623157E308
            {id: a, quantity: co, zone: a, from: {}}  =>  3: sensor a, from: has none - exactly one of topic, waveform, recording, gpio, chip is needed
            {id: a, quantity: co, zone: a, from: {waveform: sine, topic: x}}  =>  has topic and waveform - exactly one
            {id: a, quantity: co, zone: a, from: {waveform: sinus}}  =>  3: sensors[0].from.waveform: 'sinus' - must be sine, square, ramp or noise
            {id: a, quantity: co, zone: a, from: {waveform: sine, mean: .inf}}  =>  3: sensors[0].from.mean: '.inf' - must be a number
            {id: a, quantity: co, zone: a, from: {waveform: sine, noise: -1}}  =>  3: sensors[0].from.noise: '-1' - must be a number from 0.0 to
            {id: a, quantity: co, zone: a, from: {waveform: sine, period: 0s}}  =>  3: sensors[0].from.period: '0s' - must be from 1ms to 365d
            {id: a, quantity: co, zone: a, from: {waveform: sine, unit: Cel}}  =>  3: sensors[0].from.unit: 'Cel' - co (a) comes in /, ppm
            {id: a, quantity: co, zone: a, from: {recording: fire, column: C}}  =>  3: sensors[0].from.recording: 'fire' - must be one of those under 'recordings:'
            {id: a, quantity: contact, zone: a, from: {gpio: chip}}  =>  3: sensors[0].from.line: missing - the line's number
            {id: a, quantity: contact, zone: a, from: {gpio: chip, line: 1, pull: left}}  =>  3: sensors[0].from.pull: 'left' - must be one of as-is, up, down, none
            {id: a, quantity: contact, zone: a, from: {gpio: chip, line: 1, pull: dawn}}  =>  3: sensors[0].from.pull: 'dawn' - must be one of as-is, up, down, none; did you mean 'down'?
            {id: a, quantity: contact, zone: a, from: {gpio: chip, line: 1, debounce: 1m}}  =>  3: sensors[0].from.debounce: '1m' - must be from 0
            {id: a, quantity: contact, zone: a, means: callpoint, from: {gpio: chip, line: 1}}  =>  3: sensors[0].means: 'callpoint' - must be one of call-point, flood-switch, tamper; did you mean 'call-point'?
            {id: a, quantity: co, zone: a, means: tamper, from: {waveform: sine}}  =>  3: sensors[0].means: 'tamper' - only a contact means something by itself, not co
            {id: a, quantity: co, zone: a, from: {topic: a/+}}  =>  3: sensors[0].from.topic: 'a/+' - must be one topic without + and #
            {id: a, quantity: co, zone: a, from: {topic: x, time: /t}}  =>  3: sensors[0].from.value: missing - 'time' is for JSON, which needs a 'value' pointer
            {id: a, quantity: co, zone: a, colour: red, from: {waveform: sine}}  =>  3: sensors[0].colour: unknown key - known here: from, id, means, plausible, quantity, zone
            {id: a, quantity: co, zone: a, from: {waveform: sine}}↵  - {id: a, quantity: co, zone: a, from: {waveform: sine}}  =>  4: sensors[1].id: 'a' - used by the sensor in line 3 already
            """;

    static Stream<Arguments> sensors() {
        return table(SENSORS);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void namesLinePathValueAndRule(String added, String expected, @TempDir Path directory) {
        List<String> mistakes = mistakes(RIGHT + added + "\n", directory);
        assertEquals(1, mistakes.size(), mistakes::toString);
        assertTrue(mistakes.getFirst().contains(expected), mistakes::toString);
        assertTrue(mistakes.getFirst().startsWith("site.yaml:"), mistakes::toString);
    }

    @ParameterizedTest
    @MethodSource("sensors")
    void namesWhatIsWrongWithASensor(String sensor, String expected, @TempDir Path directory) {
        List<String> mistakes =
                mistakes("node: gw-01\nsensors:\n  - " + sensor + "\nlistener:\n", directory);
        assertEquals(1, mistakes.size(), mistakes::toString);
        assertTrue(mistakes.getFirst().contains(expected), mistakes::toString);
    }

    @Test
    void listsAllMistakesAtOnceInTheOrderOfLines(@TempDir Path directory) {
        List<String> mistakes =
                mistakes(
                        """
                        nod: gw-01
                        page: {port: 0}
                        journal:
                          keep: 1 day
                        sensors:
                          - {id: a, quantity: co, zone: a, from: {waveform: sine, every: 10}}
                        """,
                        directory);
        assertEquals(
                List.of(
                        "site.yaml:1: nod: unknown key; did you mean 'node'? - known here: description, journal, listener, node, organisation, outputs, page, policies, policy-store, recordings, self-test, sensors, subscriber, topics, uplink",
                        "site.yaml:1: node: missing - the node's name; must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit",
                        "site.yaml:2: page.port: '0' - must be a whole number from 1 to 65535",
                        "site.yaml:4: journal.keep: '1 day' - must be a number with its unit: 500ms, 10s, 15m, 24h or 7d",
                        "site.yaml:6: sensors[0].from.every: '10' - must be a number with its unit: 500ms, 10s, 15m, 24h or 7d"),
                mistakes.stream().sorted().toList());
    }

    @Test
    void namesEveryLineWithATab(@TempDir Path directory) {
        assertEquals(
                List.of(
                        "site.yaml:2: a tab in the indentation - YAML is indented with spaces only",
                        "site.yaml:4: a tab in the indentation - YAML is indented with spaces only"),
                mistakes("page:\n\tport: 80\njournal:\n  \tkeep: 1h\n", directory));
    }

    @Test
    void refusesAnAliasBombWithoutExpandingIt(@TempDir Path directory) {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
        }
        List<String> mistakes = mistakes(bomb.toString(), directory);
        assertTrue(
                mistakes.getFirst().startsWith("site.yaml:1: an anchor (&) or alias (*)"),
                mistakes::toString);
        assertEquals(Mistakes.KEPT_MAX + 1, mistakes.size());
        assertTrue(
                mistakes.getLast().matches("site.yaml: and \\d+ more mistakes"), mistakes::getLast);
    }

    @Test
    void refusesWhatIsNoYamlAMappingOrText(@TempDir Path directory) {
        assertEquals(
                List.of(
                        "site.yaml: the file must be a mapping of keys to values, beginning with 'node: name'"),
                mistakes("", directory));
        assertEquals(
                List.of(
                        "site.yaml:1: the file must be a mapping of keys to values, beginning with 'node: name'"),
                mistakes("- a\n", directory));
        assertEquals(
                List.of(
                        "site.yaml:2: not YAML - a second ': ' in one line, or a wrong indentation; put a text with ': ' in quotes"),
                mistakes("node: a\ndescription: b: c\n", directory));
        assertEquals(
                List.of("site.yaml:2: not YAML - a second document ('---'); one file is one site"),
                mistakes("node: a\n---\nnode: b\n", directory));
        assertEquals(
                List.of("site.yaml:2: a control character - the file must be plain text"),
                mistakes("node: a\ndescription: \u0000\n", directory));
        assertEquals(
                List.of("site.yaml:2: not UTF-8 - save the file as UTF-8 text"),
                mistakes(
                        "node: a\ndescription: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1),
                        directory));
        assertEquals(
                List.of("site.yaml: bigger than 1MiB, the most there may be"),
                mistakes(new byte[YamlText.BYTES_MAX + 1], directory));
        assertEquals(
                List.of("site.yaml:1: nested deeper than 20 levels"),
                mistakes("[".repeat(YamlText.BYTES_MAX), directory));
    }

    @Test
    void namesAFileThatIsNotThere(@TempDir Path directory) {
        Path file = directory.resolve("none.yaml");
        assertEquals(
                new SiteConfigReader.Invalid(
                        List.of(new Mistake(file.toString(), 0, "", "no such file"))),
                SiteConfigReader.read(file));
    }

    @Test
    void neverShowsASecret(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("long"), "hunter2".repeat(1_000));
        for (String yaml :
                List.of(
                        "listener: {host: 0.0.0.0, users: {a: {password: hunter2, password-file: long}}}",
                        "listener: {users: {a: {password: [hunter2]}}}",
                        "listener: {users: {a: {password: *hunter2}}}",
                        "listener: {users: {a: {password: !hunter2 x}}}",
                        "listener: {users: {a: {password: !hunter2!x y}}}",
                        "listener: {users: {a: {password: \"hunter2}}}",
                        "listener: {users: {a: {password: \"\\hunter2\"}}}",
                        "listener: {users: {a: {password-file: long}}}",
                        "subscriber: {broker: 'mqtt://a:hunter2@b:1883', topics: [x]}",
                        "subscriber: {broker: 'mqtt://b:1883', topics: [x], password: hunter2}",
                        "uplink: {kafka: {brokers: 'c:1', settings: {sasl.jaas.config: [hunter2]}}}")) {
            List<String> mistakes = mistakes(RIGHT + yaml + "\n", directory);
            assertFalse(mistakes.isEmpty(), yaml);
            assertFalse(mistakes.toString().contains("hunter2"), mistakes::toString);
        }
    }

    private static Stream<Arguments> table(String rows) {
        return rows.lines()
                .map(row -> row.split("  =>  ", 2))
                .map(row -> Arguments.of(row[0].replace('↵', '\n'), row[1]));
    }

    private static List<String> mistakes(String yaml, Path directory) {
        return mistakes(yaml.getBytes(StandardCharsets.UTF_8), directory);
    }

    private static List<String> mistakes(byte[] yaml, Path directory) {
        return switch (SiteConfigReader.read("site.yaml", yaml, directory)) {
            case SiteConfigReader.Valid _ -> List.of();
            case SiteConfigReader.Invalid(var mistakes) ->
                    mistakes.stream().map(Mistake::toString).toList();
        };
    }
}
