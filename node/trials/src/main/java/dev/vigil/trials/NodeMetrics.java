package dev.vigil.trials;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node says of itself on /q/metrics (Prometheus text format), as sums over label sets.
 * Immutable: one moment's picture.
 */
public final class NodeMetrics {
    private final Map<String, Double> samples;

    private NodeMetrics(Map<String, Double> samples) {
        this.samples = Map.copyOf(samples);
    }

    public static NodeMetrics of(NodeProcess node) throws IOException {
        return parse(node.page("/q/metrics"));
    }

    static NodeMetrics parse(String text) {
        Map<String, Double> samples = new HashMap<>();
        for (String line : text.lines().toList()) {
            int end = line.lastIndexOf(' ');
            if (end > 0 && line.charAt(0) != '#') {
                samples.put(line.substring(0, end), number(line.substring(end + 1)));
            }
        }
        return new NodeMetrics(samples);
    }

    private static double number(String word) {
        return switch (word) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(word);
        };
    }

    /** The sum of all samples of {@code name} whose labels contain {@code label}; 0 without any. */
    public double sum(String name, String label) {
        double sum = 0;
        for (Map.Entry<String, Double> sample : samples.entrySet()) {
            String key = sample.getKey();
            boolean named =
                    key.startsWith(name)
                            && (key.length() == name.length() || key.charAt(name.length()) == '{');
            if (named && key.contains(label)) {
                sum += sample.getValue();
            }
        }
        return sum;
    }

    /**
     * The cumulated counts of a histogram's buckets by their bound in seconds, the last one
     * infinite; a new map, empty without such a histogram.
     */
    NavigableMap<Double, Double> buckets(String name) {
        NavigableMap<Double, Double> buckets = new TreeMap<>();
        Pattern bucket = Pattern.compile(Pattern.quote(name) + "_bucket\\{.*le=\"([^\"]+)\".*");
        samples.forEach(
                (key, count) -> {
                    Matcher matcher = bucket.matcher(key);
                    if (matcher.matches()) {
                        buckets.merge(number(matcher.group(1)), count, Double::sum);
                    }
                });
        return buckets;
    }

    /** The greatest of all samples of {@code name}; 0 without any. */
    double most(String name) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(name))
                .mapToDouble(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    public boolean has(String name) {
        return samples.keySet().stream().anyMatch(key -> key.startsWith(name));
    }

    /** Records that wait to be delivered, in all lanes. */
    public long waitingRecords() {
        return (long) sum("vigil_buffer_records", "");
    }

    /** Their bytes on disk, in all lanes. */
    public long waitingBytes() {
        return (long) sum("vigil_buffer_bytes", "");
    }
}
