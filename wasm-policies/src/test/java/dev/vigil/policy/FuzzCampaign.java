package dev.vigil.policy;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The same module on all machines: the register machine as it is, Chicory's interpreter and
 * compiler and V8 metered. Owned by the test's thread.
 */
final class FuzzCampaign implements AutoCloseable {
    private static final long FUEL = 1_000_000;
    private static final int[] HANG_LIMITS = {10, 60, 300, 1000};

    private final Path folder;
    private final @Nullable FuzzV8 v8;
    private final Map<String, Long> seen = new TreeMap<>();

    /**
     * @param folder for its work
     */
    FuzzCampaign(Path folder) throws IOException {
        this.folder = folder;
        this.v8 = FuzzV8.installed() ? new FuzzV8(folder) : null;
    }

    /** The seeds of modules that differ. */
    List<Long> run(long first, long count, Path crashes, PrintStream out)
            throws IOException, InterruptedException {
        FuzzGenerator generator = new FuzzGenerator(folder);
        List<Long> differing = new ArrayList<>();
        for (long seed = first; seed < first + count; seed++) {
            byte[] module = shaped(generator.generate(seed), seed);
            String difference = difference(module, seed);
            if (!difference.isEmpty()) {
                differing.add(seed);
                Path saved = crashes.resolve("found-%d.wasm".formatted(seed));
                Files.write(saved, module);
                out.printf("seed %d differs: %s%n%s%n", seed, saved, difference);
            }
            if ((seed + 1 - first) % 1000 == 0 || seed + 1 == first + count) {
                out.printf(
                        "fuzz: seeds %d to %d: %,d modules, %,d differ%s; seen %s%n",
                        first,
                        seed,
                        seed + 1 - first,
                        differing.size(),
                        v8 == null ? " (without V8: apt-get install nodejs)" : "",
                        seen);
            }
        }
        return differing;
    }

    private static byte[] shaped(byte[] generated, long seed) {
        return FuzzShape.shaped(
                generated, HANG_LIMITS[new Random(~seed).nextInt(HANG_LIMITS.length)]);
    }

    /**
     * @param seed of the arguments and of the fuel
     * @return what differs first, empty when all is the same everywhere
     */
    String difference(byte[] wasm, long seed) {
        Random random = new Random(seed ^ 0x5EED);
        WasmModule module = Parser.parse(wasm);
        byte[] meteredWasm = Metering.meter(wasm, module);
        WasmModule metered = Parser.parse(meteredWasm);
        List<FuzzCall> calls = FuzzCall.of(module, random);

        List<String> register = FuzzTrace.of(TestMachine.REGISTER, module, calls, FUEL);
        count(register);
        String difference =
                first(
                        "compiled",
                        register,
                        FuzzTrace.of(TestMachine.COMPILED, metered, calls, FUEL));
        if (difference.isEmpty() && v8 != null) {
            difference =
                    first(
                            "V8",
                            FuzzTrace.withoutNans(register),
                            v8.trace(forV8(wasm, module), calls, FUEL));
        }
        if (!difference.isEmpty()) {
            return difference;
        }
        TestMachine reference = TestMachine.INTERPRETER;
        WasmModule referenceModule = Parser.parse(FuzzShape.narrowProducts(meteredWasm));
        List<String> interpreted = FuzzTrace.of(reference, referenceModule, calls, FUEL);
        if (wrapsStores(register, interpreted)) {
            seen.merge("Chicory's interpreter wrapped a store's address", 1L, Long::sum);
            reference = TestMachine.COMPILED;
            referenceModule = metered;
        } else {
            difference = first("interpreter", register, interpreted);
        }
        if (difference.isEmpty()) {
            // Enough for some of the calls, and not for others.
            long scarce = 1 + random.nextLong(used(register));
            List<String> stopped = FuzzTrace.of(TestMachine.REGISTER, module, calls, scarce);
            count(stopped);
            difference =
                    first(
                            reference + " with fuel " + scarce,
                            stopped,
                            FuzzTrace.of(reference, referenceModule, calls, scarce));
        }
        return difference;
    }

    /** V8 converts as it does; what Chicory's machines are given instead is compared with that. */
    private static byte[] forV8(byte[] wasm, WasmModule module) {
        Set<Metering.Part> parts = EnumSet.allOf(Metering.Part.class);
        parts.remove(Metering.Part.UNSIGNED_CONVERSION);
        return FuzzShape.transparent(Metering.meter(wasm, module, parts));
    }

    /**
     * Chicory's interpreter adds address and offset of i32.store8, i64.store8 and i64.store32 as 32
     * bits: what is past 4 GiB lands at the start of the memory, where it must trap. So it goes on
     * where the others, who have been found to agree, trap; when it traps later in the same call,
     * it has the memory changed.
     */
    private static boolean wrapsStores(List<String> register, List<String> interpreted) {
        for (int i = 0; i < Math.min(register.size(), interpreted.size()); i++) {
            if (!register.get(i).equals(interpreted.get(i))) {
                return register.get(i).equals("! MEMORY")
                        || (i > 0 && register.get(i - 1).equals("! MEMORY"));
            }
        }
        return false;
    }

    /** What the most expensive call that returned used up, or 100 when there is none. */
    private static long used(List<String> trace) {
        return trace.stream()
                .filter(line -> line.startsWith("fuel "))
                .mapToLong(line -> FUEL - Long.parseLong(line.substring(5)))
                .max()
                .orElse(100);
    }

    private void count(List<String> trace) {
        for (String line : trace) {
            if (line.startsWith("= ") || line.equals("=")) {
                seen.merge("returned", 1L, Long::sum);
            } else if (line.startsWith("log ")) {
                seen.merge("logged", 1L, Long::sum);
            } else if (line.startsWith("! ")) {
                seen.merge(line.replaceAll("^! ([A-Z_0-9]+).*", "$1"), 1L, Long::sum);
            }
        }
    }

    private static String first(String other, List<String> register, List<String> trace) {
        if (register.equals(trace)) {
            return "";
        }
        String call = "";
        for (int i = 0; i < Math.min(register.size(), trace.size()); i++) {
            if (register.get(i).startsWith("call ")) {
                call = register.get(i);
            }
            if (!register.get(i).equals(trace.get(i))) {
                return "%s: register machine '%s', %s '%s'"
                        .formatted(call, register.get(i), other, trace.get(i));
            }
        }
        return "register machine has %d lines, %s %d"
                .formatted(register.size(), other, trace.size());
    }

    @Override
    public void close() {
        if (v8 != null) {
            v8.close();
        }
    }
}
