package dev.vigil.node.watch;

import dev.vigil.sensor.plausibility.Doubt;
import dev.vigil.sensor.plausibility.Finding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Faults of sensors among the others: how they are named. Stateless. */
final class SensorFaults {
    private static final String PREFIX = "sensor/";

    private SensorFaults() {}

    /** {@code sensor/kitchen/temperature:range}. */
    static String subject(Finding finding) {
        return PREFIX + finding.channel().id() + ":" + finding.doubt().word();
    }

    /** Each sensor's name with what is wrong with it; that it is silent is shown by itself. */
    static Map<String, String> bySensor(List<Faults.Fault> faults) {
        Map<String, String> bySensor = new TreeMap<>();
        for (Faults.Fault fault : faults) {
            if (fault.subject().startsWith(PREFIX)) {
                add(fault.subject().substring(PREFIX.length()), fault.detail(), bySensor);
            }
        }
        return bySensor;
    }

    private static void add(String rest, String detail, Map<String, String> bySensor) {
        String sensor = rest;
        String text = detail;
        for (Doubt doubt : Doubt.values()) {
            String suffix = ":" + doubt.word();
            if (rest.endsWith(suffix)) {
                if (doubt == Doubt.STALE) {
                    return;
                }
                sensor = rest.substring(0, rest.length() - suffix.length());
                text = doubt.word() + ": " + detail;
            }
        }
        bySensor.merge(sensor, text, (one, other) -> one + "; " + other);
    }
}
