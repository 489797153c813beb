package dev.vigil.policy;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Import;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a module may contain (POLICY-ABI, 5.1 and 6), checked before anything of it runs. Stateless.
 * Bounds keep parsing, compiling and instantiating short: no deadline covers those.
 */
final class ModuleRules {
    static final int MODULE_BYTES_MAX = 256 * 1024;
    static final int PAGES_MAX = 64;
    static final int SLOTS_MAX = 4096;
    private static final int INSTRUCTIONS_MAX = 16 * 1024;

    private static final FunctionType NOTHING_TO_I32 =
            FunctionType.of(List.of(), List.of(ValType.I32));
    private static final FunctionType I32_TO_I32 =
            FunctionType.of(List.of(ValType.I32), List.of(ValType.I32));
    private static final FunctionType TWO_I32_TO_I32 =
            FunctionType.of(List.of(ValType.I32, ValType.I32), List.of(ValType.I32));

    private static final Map<String, FunctionType> REQUIRED =
            Map.of(
                    "vigil_abi_v1", NOTHING_TO_I32,
                    "vigil_layout", NOTHING_TO_I32,
                    "vigil_init", I32_TO_I32,
                    "vigil_process", I32_TO_I32);
    private static final Map<String, FunctionType> OPTIONAL =
            Map.of(
                    "vigil_tick", NOTHING_TO_I32,
                    "vigil_slot", TWO_I32_TO_I32,
                    "vigil_reconfigure", I32_TO_I32,
                    "vigil_migrate", TWO_I32_TO_I32);

    /** Core MVP, sign extension, saturating conversion, memory.copy and memory.fill. */
    private static final Pattern ALLOWED =
            Pattern.compile(
                    "UNREACHABLE|NOP|BLOCK|LOOP|IF|ELSE|END|BR|BR_IF|BR_TABLE|RETURN|CALL|CALL_INDIRECT"
                            + "|DROP|SELECT|SELECT_T|(LOCAL|GLOBAL)_[A-Z]+|MEMORY_(SIZE|COPY|FILL)"
                            + "|[IF](32|64)_(?!ATOMIC).*");

    private ModuleRules() {}

    /** Every rule the module breaks; empty when it may run. */
    static List<String> broken(WasmModule module, Grant grant) {
        List<String> broken = new ArrayList<>();
        if (module.startSection().isPresent()) {
            broken.add("it has a start section: nothing runs before vigil_init");
        }
        imports(module, grant, broken);
        exports(module, broken);
        memory(module, grant, broken);
        code(module, broken);
        return broken;
    }

    private static void imports(WasmModule module, Grant grant, List<String> broken) {
        for (int i = 0; i < module.importSection().importCount(); i++) {
            Import wanted = module.importSection().getImport(i);
            FunctionType type =
                    wanted.module().equals(HostFunctions.MODULE)
                            ? HostFunctions.TYPES.get(wanted.name())
                            : null;
            if (type == null) {
                broken.add(
                        "it imports %s %s.%s: offered are %s of %s"
                                .formatted(
                                        wanted.importType(),
                                        wanted.module(),
                                        wanted.name(),
                                        new TreeMap<>(HostFunctions.TYPES).keySet(),
                                        HostFunctions.MODULE));
            } else if (!(wanted instanceof FunctionImport function
                    && module.typeSection().getType(function.typeIndex()).equals(type))) {
                broken.add(
                        "import vigil1.%s is not a function of type %s"
                                .formatted(wanted.name(), type));
            } else if (!HostFunctions.granted(wanted.name(), grant)) {
                broken.add(
                        "it imports vigil1.%s, granted are %s"
                                .formatted(wanted.name(), new TreeSet<>(grant.capabilities())));
            }
        }
    }

    private static void exports(WasmModule module, List<String> broken) {
        Map<String, Export> exports = new HashMap<>();
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export export = module.exportSection().getExport(i);
            exports.put(export.name(), export);
        }
        REQUIRED.forEach(
                (name, type) -> {
                    if (!exports.containsKey(name)) {
                        broken.add("export %s %s is missing".formatted(name, type));
                    }
                });
        Map<String, FunctionType> known = new HashMap<>(REQUIRED);
        known.putAll(OPTIONAL);
        known.forEach(
                (name, type) -> {
                    Export export = exports.get(name);
                    if (export != null && !functionOf(module, export, type)) {
                        broken.add("export %s is not a function of type %s".formatted(name, type));
                    }
                });
        Export memory = exports.get("memory");
        if (memory == null || memory.exportType() != ExternalType.MEMORY) {
            broken.add("export memory is missing or not a memory");
        }
    }

    private static boolean functionOf(WasmModule module, Export export, FunctionType type) {
        if (export.exportType() != ExternalType.FUNCTION) {
            return false;
        }
        int own = export.index() - module.importSection().count(ExternalType.FUNCTION);
        return own >= 0
                && module.functionSection().getFunctionType(own, module.typeSection()).equals(type);
    }

    private static void memory(WasmModule module, Grant grant, List<String> broken) {
        int memories = module.memorySection().map(section -> section.memoryCount()).orElse(0);
        if (memories != 1) {
            broken.add("it has %d memories, needed is 1".formatted(memories));
            return;
        }
        MemoryLimits limits = module.memorySection().orElseThrow().getMemory(0).limits();
        if (limits.initialPages() != limits.maximumPages()
                || limits.initialPages() > grant.pages()
                || limits.shared()) {
            broken.add(
                    "its memory has %d to %d pages: minimum and maximum are the same and at most the %d granted, not shared"
                            .formatted(
                                    limits.initialPages(), limits.maximumPages(), grant.pages()));
        }
    }

    private static void code(WasmModule module, List<String> broken) {
        FunctionBody[] bodies = module.codeSection().functionBodies();
        for (int i = 0; i < bodies.length; i++) {
            FunctionBody body = bodies[i];
            if (body.instructions().size() > INSTRUCTIONS_MAX) {
                broken.add(
                        "function %d has %d instructions, allowed are %d"
                                .formatted(i, body.instructions().size(), INSTRUCTIONS_MAX));
            }
            final int function = i;
            body.instructions().stream()
                    .map(instruction -> instruction.opcode().name())
                    .filter(name -> !ALLOWED.matcher(name).matches())
                    .findFirst()
                    .ifPresent(
                            name ->
                                    broken.add(
                                            "function %d uses %s: allowed are core MVP, sign extension, saturating conversion, memory.copy and memory.fill"
                                                    .formatted(function, name)));
        }
    }
}
