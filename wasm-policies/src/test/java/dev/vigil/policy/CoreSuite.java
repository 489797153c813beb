package dev.vigil.policy;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportGlobal;
import com.dylibso.chicory.runtime.ImportMemory;
import com.dylibso.chicory.runtime.ImportTable;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.GlobalImport;
import com.dylibso.chicory.wasm.types.Import;
import com.dylibso.chicory.wasm.types.MemoryImport;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableImport;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import com.dylibso.chicory.wasm.types.Value;
import dev.vigil.policy.machine.FlatMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts of the WebAssembly core test suite (src/test/core-suite/convert.js says what their
 * lines mean) on one machine. Owned by the test's thread.
 *
 * <p>Excluded are modules that use what ABI v1 does not have, and with them all that is said about
 * them; why, and how many assertions that costs, is counted.
 */
final class CoreSuite {
    private static final Pattern WORDS = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\S+");
    private static final String MULTIPLE_MEMORIES = "valid since there may be several memories";

    /** The names min, max, floor, ceil, trunc, as a wrapped call imports them. */
    private static final Pattern ROUNDED =
            Pattern.compile(".*(036d696e|036d6178|05666c6f6f72|046365696c|057472756e63)00.*");

    private static final Pattern ABSENT =
            Pattern.compile("MEMORY_INIT|DATA_DROP|TABLE_.*|ELEM_DROP|REF_.*");

    /** Lines that this version of the suite and today's Chicory see differently. */
    private static final Map<String, String> OUTDATED =
            Map.ofEntries(
                    Map.entry("binary:39", MULTIPLE_MEMORIES),
                    Map.entry("binary:40", MULTIPLE_MEMORIES),
                    Map.entry("binary:41", MULTIPLE_MEMORIES),
                    Map.entry("binary:42", MULTIPLE_MEMORIES),
                    Map.entry("binary:44", MULTIPLE_MEMORIES),
                    Map.entry("binary:45", MULTIPLE_MEMORIES),
                    Map.entry("binary:46", MULTIPLE_MEMORIES),
                    Map.entry("binary:47", MULTIPLE_MEMORIES),
                    Map.entry("memory:7", MULTIPLE_MEMORIES),
                    Map.entry("memory:8", MULTIPLE_MEMORIES),
                    Map.entry(
                            "unreached-invalid:88",
                            "br_table in dead code may name labels of several types since 2.0"),
                    Map.entry(
                            "func_ptrs:12",
                            "Chicory's parser accepts an import of a type that is not there"));

    private final TestMachine machine;
    final Map<String, Integer> excluded = new TreeMap<>();
    final List<String> failures = new ArrayList<>();
    int passed;

    private final Map<String, Instance> instances = new HashMap<>();
    private final Map<String, String> absent = new HashMap<>();
    private final Map<String, Instance> registered = new HashMap<>();

    CoreSuite(TestMachine machine) {
        this.machine = machine;
    }

    /** What ABI v1 does not have and the module uses; empty when there is none. */
    private static String absent(WasmModule module) {
        return Arrays.stream(module.codeSection().functionBodies())
                .flatMap(body -> body.instructions().stream())
                .map(instruction -> instruction.opcode().name())
                .filter(name -> ABSENT.matcher(name).matches())
                .findFirst()
                .orElse("");
    }

    void run(String file, String script) {
        instances.clear();
        absent.clear();
        registered.clear();
        int number = 0;
        for (String line : script.lines().toList()) {
            number++;
            List<String> words = new ArrayList<>();
            Matcher matcher = WORDS.matcher(line);
            while (matcher.find()) {
                words.add(matcher.group());
            }
            if (words.isEmpty()) {
                continue;
            }
            String why = words.size() > 1 ? absent.get(words.get(1)) : null;
            String wrong = why == null ? wrong(words) : "";
            if (!wrong.isEmpty()) {
                why = known(file, number, words);
            }
            if (why != null) {
                excluded.merge(why, 1, Integer::sum);
            } else if (wrong.isEmpty()) {
                passed++;
            } else {
                failures.add("%s:%d: %s: %.200s".formatted(file, number, wrong, line));
            }
        }
    }

    /** Why the line may be wrong here; null when nothing excuses it. */
    private @Nullable String known(String file, int number, List<String> words) {
        if (machine != TestMachine.REGISTER
                && (file.equals("f32") || file.equals("f64"))
                && words.getFirst().equals("run-in")
                && ROUNDED.matcher(words.get(3)).matches()) {
            return "Chicory's min, max, floor, ceil and trunc pass a signalling NaN on as it is";
        }
        return OUTDATED.get(file + ":" + number);
    }

    /** Empty when all is as the line says. */
    private String wrong(List<String> words) {
        String verb = words.getFirst();
        try {
            return switch (verb) {
                case "module" -> module(words.get(1), HexFormat.of().parseHex(words.get(2)));
                case "register" -> {
                    registered.put(words.get(1), made(words.get(2)));
                    yield "";
                }
                case "refuse" ->
                        refused(
                                HexFormat.of()
                                        .parseHex(String.join("", words.subList(1, words.size()))));
                case "uninstantiable" -> {
                    instantiate(Parser.parse(HexFormat.of().parseHex(words.get(1))));
                    yield "it was instantiated";
                }
                case "get" -> {
                    Instance of = made(words.get(1));
                    GlobalInstance global = of.exports().global(name(words.get(2)));
                    yield compare(
                            List.of(global.getType()),
                            new long[] {global.getValue()},
                            words.subList(4, words.size()));
                }
                default -> action(verb, words);
            };
        } catch (ChicoryException e) {
            return switch (verb) {
                case "trap", "trap-in", "exhaustion", "exhaustion-in", "uninstantiable" -> "";
                default -> "it failed: " + e.getMessage();
            };
        }
    }

    private String module(String name, byte[] wasm) {
        WasmModule module = Parser.parse(wasm);
        String why = absent(module);
        if (!why.isEmpty()) {
            absent.put(name, "ABI v1 has no " + why);
            return "";
        }
        instances.put(name, instantiate(module));
        return "";
    }

    private Instance made(String name) {
        return Objects.requireNonNull(instances.get(name), "no module " + name);
    }

    private static String refused(byte[] wasm) {
        try {
            Parser.parse(wasm);
        } catch (ChicoryException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return "";
        }
        return "it was parsed";
    }

    private String action(String verb, List<String> words) {
        Instance of = made(words.get(1));
        if (verb.endsWith("-in")) {
            WasmModule wrapper = Parser.parse(HexFormat.of().parseHex(words.get(3)));
            registered.put(words.get(2), of);
            instantiate(wrapper).export(name(words.get(4))).apply();
            return verb.equals("run-in") ? "" : "it returned";
        }
        String field = name(words.get(2));
        int equals = words.indexOf("=");
        FunctionType type = of.exportType(field);
        long[] arguments = new long[equals - 3];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = bits(type.params().get(i), words.get(3 + i));
        }
        long[] results = of.export(field).apply(arguments);
        return switch (verb) {
            case "run" -> "";
            case "return" ->
                    compare(type.returns(), results, words.subList(equals + 1, words.size()));
            default -> "it returned";
        };
    }

    private static String compare(List<ValType> types, long[] actual, List<String> expected) {
        for (int i = 0; i < expected.size(); i++) {
            long bits = bits(types.get(i), expected.get(i));
            boolean narrow = types.get(i).equals(ValType.I32) || types.get(i).equals(ValType.F32);
            if (narrow ? (int) bits != (int) actual[i] : bits != actual[i]) {
                return "it returned %x, expected is %x".formatted(actual[i], bits);
            }
        }
        return "";
    }

    /** A number as JavaScript writes it. */
    private static long bits(ValType type, String number) {
        if (type.equals(ValType.F32)) {
            return Float.floatToRawIntBits((float) Double.parseDouble(number)) & 0xFFFF_FFFFL;
        }
        if (type.equals(ValType.F64)) {
            return Double.doubleToRawLongBits(Double.parseDouble(number));
        }
        return type.equals(ValType.I32) ? (int) Long.parseLong(number) : Long.parseLong(number);
    }

    /** Out of a JSON string. */
    private static String name(String json) {
        if (json.contains("\\")) {
            throw new IllegalArgumentException("an escape in the name " + json);
        }
        return json.substring(1, json.length() - 1);
    }

    private Instance instantiate(WasmModule module) {
        ImportValues.Builder imports = ImportValues.builder();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            Import wanted = module.importSection().getImport(i);
            Instance from = registered.get(wanted.module());
            if (from == null) {
                specTest(imports, module, wanted);
            } else if (wanted.importType() == ExternalType.FUNCTION) {
                imports.addFunction(
                        ImportFunction.exportAsImport(
                                wanted.module(), wanted.name(), from, wanted.name()));
            } else {
                Export export = export(from, wanted.name());
                imports.addGlobal(
                        new ImportGlobal(
                                wanted.module(), wanted.name(), from.global(export.index())));
            }
        }
        return machine.instantiate(module, imports.build());
    }

    private static Export export(Instance from, String name) {
        var exports = from.module().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            if (exports.getExport(i).name().equals(name)) {
                return exports.getExport(i);
            }
        }
        throw new ChicoryException("no export " + name);
    }

    /** The module that the suite expects every host to have. */
    private static void specTest(ImportValues.Builder imports, WasmModule module, Import wanted) {
        String from = wanted.module();
        String name = wanted.name();
        switch (wanted) {
            case FunctionImport function ->
                    imports.addFunction(
                            new HostFunction(
                                    from,
                                    name,
                                    module.typeSection().getType(function.typeIndex()),
                                    (instance, arguments) -> new long[0]));
            case GlobalImport global -> {
                Value value =
                        switch (name) {
                            case "global_f32" -> Value.fromFloat(666);
                            case "global_f64" -> Value.fromDouble(666);
                            default -> Value.i32(666);
                        };
                imports.addGlobal(
                        new ImportGlobal(
                                from, name, new GlobalInstance(value, MutabilityType.Const)));
            }
            case MemoryImport memory ->
                    imports.addMemory(
                            new ImportMemory(from, name, new FlatMemory(new MemoryLimits(1, 2))));
            case TableImport table ->
                    imports.addTable(
                            new ImportTable(
                                    from,
                                    name,
                                    new TableInstance(
                                            new Table(ValType.FuncRef, new TableLimits(10, 20)),
                                            -1)));
            default -> throw new ChicoryException("no import " + name);
        }
    }
}
