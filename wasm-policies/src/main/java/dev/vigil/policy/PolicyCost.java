package dev.vigil.policy;

import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What a policy costs, found by running it in an instance that is thrown away: instructions a
 * reading (the same everywhere), and nanoseconds an instruction (this node's). Called by one
 * platform thread, not one that watches: it takes its time.
 */
public final class PolicyCost {
    /** Small, as a node's batches are when little is going on: what a call costs itself counts. */
    private static final int BATCH = 16;

    private static final int CALIBRATION_READINGS = 256;
    private static final int WARM_UP_ROUNDS = 40;
    private static final int ROUNDS = 50;

    private final WasmPolicy instance;
    private final Map<SensorChannel, Integer> slots;

    /**
     * @param measured false: it has no golden readings, and is taken to need all it may use
     */
    public record Fuel(double perReading, boolean measured) {}

    private PolicyCost(WasmPolicy instance, Map<SensorChannel, Integer> slots) {
        this.instance = instance;
        this.slots = slots;
    }

    /**
     * Instructions a reading, with the readings in its section {@code vigil.golden}.
     *
     * @param policy what it is called in messages
     * @param site what the site gives it
     * @throws PolicyUnloadable when it breaks a rule, or breaks on its own golden readings
     */
    public static Fuel fuel(
            String policy, byte[] wasm, Map<String, Double> settings, Grant site, Engine engine) {
        try {
            PolicyModule module = PolicyModule.load(policy, wasm, engine, site);
            Optional<List<Reading>> golden = GoldenReadings.of(wasm);
            if (golden.isEmpty()) {
                return new Fuel(module.grant().fuelPerReading(), false);
            }
            try (Watchdog watchdog = PolicySet.watchdog()) {
                PolicyCost cost = of(module, settings, golden.get(), watchdog);
                List<Reading> readings = cost.subscribed(golden.get());
                if (readings.isEmpty()) {
                    throw new IllegalArgumentException(
                            "none of its golden readings is of a quantity it judges");
                }
                return new Fuel((double) cost.run(readings) / readings.size(), true);
            }
        } catch (PolicyModule.Refused e) {
            throw new PolicyUnloadable(policy, e.text());
        } catch (IllegalArgumentException e) {
            throw new PolicyUnloadable(policy, "%s: %s".formatted(policy, e.getMessage()));
        } catch (GuestFault e) {
            throw new PolicyUnloadable(
                    policy, "%s: on its golden readings: %s".formatted(policy, e.text()));
        }
    }

    /**
     * Nanoseconds an instruction takes on an engine of this machine, by the bundled heat policy:
     * the least of many rounds, each shorter than a thread's turn on a processor, because what else
     * the machine does meanwhile is no cost of a policy.
     *
     * @param nanoTime a clock that only goes forward
     */
    public static double nanosPerFuel(Engine engine, LongSupplier nanoTime) {
        PolicyModule heat = PolicyModule.load("heat", engine);
        List<Reading> readings = calibration();
        try (Watchdog watchdog = PolicySet.watchdog()) {
            PolicyCost cost = of(heat, Map.of(), readings, watchdog);
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                cost.run(readings);
            }
            double least = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                long start = nanoTime.getAsLong();
                long fuel = cost.run(readings);
                least = Math.min(least, (double) (nanoTime.getAsLong() - start) / fuel);
            }
            return least;
        }
    }

    private static List<Reading> calibration() {
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < CALIBRATION_READINGS; i++) {
            String zone = "calibration-" + i % 8;
            readings.add(
                    new Reading(
                            new SensorChannel(new SensorId(zone), Quantity.TEMPERATURE, zone),
                            20 + i % 5 * 0.1,
                            Quality.GOOD,
                            Instant.ofEpochSecond(i / 8)));
        }
        return readings;
    }

    private static PolicyCost of(
            PolicyModule module,
            Map<String, Double> settings,
            List<Reading> readings,
            Watchdog watchdog) {
        var slots = new HashMap<SensorChannel, Integer>();
        var zones = new HashMap<String, Integer>();
        var described = new TreeMap<Integer, GuestAbi.Slot>();
        for (Reading reading : readings) {
            SensorChannel channel = reading.channel();
            if (module.manifest().quantities().contains(channel.quantity())
                    && !slots.containsKey(channel)) {
                zones.putIfAbsent(channel.zone(), zones.size());
                described.put(
                        slots.size(),
                        new GuestAbi.Slot(
                                channel.quantity(), zones.getOrDefault(channel.zone(), 0)));
                slots.put(channel, slots.size());
            }
        }
        if (slots.size() > module.grant().slots()) {
            throw new IllegalArgumentException(
                    "its golden readings are of %d channels, it may have %d"
                            .formatted(slots.size(), module.grant().slots()));
        }
        WasmPolicy instance =
                new WasmPolicy(
                        module,
                        module.manifest().configuration(settings),
                        described,
                        watchdog,
                        new GuestLog(module.manifest().id()));
        return new PolicyCost(instance, slots);
    }

    private List<Reading> subscribed(List<Reading> readings) {
        return readings.stream().filter(r -> slots.containsKey(r.channel())).toList();
    }

    /** Instructions that judging them takes. */
    private long run(List<Reading> readings) {
        int capacity = Math.min(BATCH, instance.abi().capacity());
        long fuel = 0;
        int filled = 0;
        long now = Long.MIN_VALUE;
        for (int i = 0; i < readings.size(); i++) {
            Reading reading = readings.get(i);
            now = Math.max(now, reading.at().toEpochMilli());
            instance.abi()
                    .reading(filled++, now, reading, slots.getOrDefault(reading.channel(), 0), i);
            if (filled == capacity || i == readings.size() - 1) {
                instance.process(filled, 0, now, 0);
                fuel += instance.fuelUsed();
                filled = 0;
            }
        }
        return fuel;
    }
}
