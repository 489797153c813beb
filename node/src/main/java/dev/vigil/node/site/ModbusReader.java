package dev.vigil.node.site;

import dev.vigil.sensor.bus.linux.LinuxSerialPort;
import dev.vigil.sensor.modbus.ModbusRegister;
import dev.vigil.sensor.modbus.RegisterFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code from: {chip: modbus}} of a site.yaml. Used once, by the thread that reads the file: a
 * serial line has one setting for all that is on it, and each bus one timeout.
 */
final class ModbusReader {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int BAUD = 19_200; // Modbus over serial line V1.02, 3.2: with even parity

    private final Map<String, LinuxSerialPort.Frame> lines = new HashMap<>();
    private final Map<String, Duration> timeouts = new HashMap<>();

    Optional<Chip> read(YamlMap from) {
        if (from.has("tcp") == from.has("serial")) {
            from.mistake("chip", "a modbus device needs exactly one of tcp, serial");
            from.keys();
            return Optional.empty();
        }
        Optional<LinuxSerialPort.Frame> line =
                from.has("serial") ? Optional.of(line(from)) : Optional.empty();
        String bus = line.isPresent() ? from.text("serial", "") : address(from);
        ModbusRegister.Place where =
                new ModbusRegister.Place(
                        from.integer("unit", 1, 0, 255),
                        from.word("table", List.of("holding", "input")).equals("input"),
                        from.integer("register", 0, 0, 0xFFFF));
        RegisterFormat.Type type = type(from);
        boolean lowFirst =
                from.word("word-order", List.of("high-first", "low-first")).equals("low-first");
        double factor = from.number("factor", 1);
        double offset = from.number("offset", 0);
        Duration timeout =
                from.duration(
                        "timeout",
                        Duration.ofMillis(500),
                        Duration.ofMillis(10),
                        Duration.ofSeconds(30));
        Duration first = timeouts.putIfAbsent(bus, timeout);
        if (first != null && !first.equals(timeout)) {
            from.wrong(
                    "timeout",
                    DurationText.of(timeout),
                    "another sensor on %s has %s: a bus has one"
                            .formatted(bus, DurationText.of(first)));
        }
        Duration every = from.duration("every", Duration.ofSeconds(1), Duration.ofMillis(100), DAY);
        return TransducerReader.checked(
                        from, "factor", () -> new RegisterFormat(type, lowFirst, factor, offset))
                .map(format -> new Chip.Modbus(bus, line, timeout, where, format, every));
    }

    private LinuxSerialPort.Frame line(YamlMap from) {
        String path = from.text("serial", "");
        LinuxSerialPort.Parity parity =
                LinuxSerialPort.Parity.valueOf(
                        from.word("parity", List.of("even", "odd", "none"))
                                .toUpperCase(Locale.ROOT));
        LinuxSerialPort.Frame frame =
                new LinuxSerialPort.Frame(
                        from.integer("baud", BAUD, 300, 1_000_000),
                        parity,
                        from.integer("stop-bits", 1, 1, 2));
        LinuxSerialPort.Frame first = lines.putIfAbsent(path, frame);
        if (first != null && !first.equals(frame)) {
            from.wrong("serial", path, "another sensor has set it to " + first);
        }
        return frame;
    }

    private static String address(YamlMap from) {
        String text = from.text("tcp", "");
        if (!Hosts.isHostAndPort(text)) {
            from.wrong("tcp", text, "must be host:port, such as 192.168.1.20:502");
        }
        return text;
    }

    private static RegisterFormat.Type type(YamlMap from) {
        List<String> words =
                Arrays.stream(RegisterFormat.Type.values())
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .toList();
        return RegisterFormat.Type.valueOf(from.word("type", words).toUpperCase(Locale.ROOT));
    }
}
