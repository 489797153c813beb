package dev.vigil.policy.tool;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import dev.vigil.policy.Batch;
import dev.vigil.policy.Manifest;
import dev.vigil.policy.machine.FlatMemory;
import dev.vigil.sensor.Quantity;
import dev.vigil.sensor.Reading;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A policy on one machine with no node around it: its rows are written and it is called, nothing of
 * its answer is checked or kept, and only the machine's own limits hold. For measuring, beside V8,
 * which is driven in the same way. Owned by one thread.
 */
final class BareModule {
    private static final int HEADER_BYTES = 32;

    /** Columns: times, values and slots in any case, and perhaps this one. */
    private static final int QUALITIES = 1 << 3;

    private final Instance instance;
    private final Memory memory;
    private final ExportFunction process;
    private final int in;
    private final int capacity;
    private final int columns;

    /**
     * @throws IllegalArgumentException when the policy answers an error
     */
    BareModule(WasmModule module, Manifest manifest, Function<Instance, Machine> machines) {
        instance =
                Instance.builder(module)
                        .withImportValues(imports(module))
                        .withMemoryFactory(FlatMemory::new)
                        .withMachineFactory(machines)
                        .withStart(false)
                        .build();
        memory = instance.memory();
        process = instance.export("vigil_process");
        int layout = (int) instance.export("vigil_layout").apply()[0];
        in = memory.readInt(layout + 8);
        capacity = memory.readInt(layout + 12);
        columns = memory.readInt(layout + 44);
        int argument = memory.readInt(layout + 24);
        int length = 0;
        for (Map.Entry<Integer, Double> setting : manifest.configuration(Map.of()).entrySet()) {
            memory.writeI32(argument + length, 1 << 16 | setting.getKey());
            memory.writeI32(argument + length + 4, Double.BYTES);
            memory.writeF64(argument + length + 8, setting.getValue());
            length += 16;
        }
        must("vigil_init", instance.export("vigil_init").apply(length));
        if (exports(module, "vigil_slot")) {
            bind(instance.export("vigil_slot"), argument, manifest);
        }
    }

    private static boolean exports(WasmModule module, String name) {
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            if (module.exportSection().getExport(i).name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("EnumOrdinal") // Quantity says that its ordinal is part of the ABI
    private void bind(ExportFunction bind, int argument, Manifest manifest) {
        List<Quantity> quantities = manifest.quantities().stream().sorted().toList();
        for (int slot = 0; slot < BenchReadings.CHANNELS; slot++) {
            memory.writeI32(argument, slot);
            memory.writeI32(argument + 4, quantities.get(slot % quantities.size()).ordinal());
            memory.writeI32(argument + 8, slot / 4);
            memory.writeI32(argument + 12, 0);
            must("vigil_slot", bind.apply(slot, 1));
        }
    }

    Machine machine() {
        return instance.getMachine();
    }

    /** Those that are imported answer 0. */
    private static ImportValues imports(WasmModule module) {
        ImportValues.Builder imports = ImportValues.builder();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            if (module.importSection().getImport(i) instanceof FunctionImport function) {
                var type = module.typeSection().getType(function.typeIndex());
                long[] answer = new long[type.returns().size()];
                imports.addFunction(
                        new HostFunction(
                                function.module(),
                                function.name(),
                                type,
                                (caller, arguments) -> answer));
            }
        }
        return imports.build();
    }

    private static int must(String export, long... answer) {
        if ((int) answer[0] < 0) {
            throw new IllegalArgumentException("%s answered %d".formatted(export, (int) answer[0]));
        }
        return (int) answer[0];
    }

    /**
     * Judges a batch of {@link BenchReadings}, a reading of each channel; the number of hazards.
     */
    int judge(Batch batch) {
        List<Reading> readings = batch.readings();
        long now = batch.now().toEpochMilli();
        memory.writeI32(in, readings.size());
        memory.writeI32(in + 4, 0);
        memory.writeLong(in + 8, now);
        memory.writeLong(in + 16, batch.firstSequence());
        memory.writeI32(in + 24, columns);
        memory.writeI32(in + 28, capacity);
        int ts = in + HEADER_BYTES;
        int values = ts + capacity * Long.BYTES;
        int slots = values + capacity * Double.BYTES;
        int qualities = slots + (capacity * Integer.BYTES + 7 & ~7);
        for (int row = 0; row < readings.size(); row++) {
            memory.writeLong(ts + row * Long.BYTES, now);
            memory.writeF64(values + row * Double.BYTES, readings.get(row).value());
            memory.writeI32(slots + row * Integer.BYTES, row);
            if ((columns & QUALITIES) != 0) {
                memory.writeI32(qualities + row * Integer.BYTES, 0);
            }
        }
        return must("vigil_process", process.apply(readings.size()));
    }
}
