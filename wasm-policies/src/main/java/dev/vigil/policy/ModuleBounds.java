package dev.vigil.policy;

import java.util.HashSet;
import java.util.Set;

/**
 * Bounds of what a module's sections state, checked in its bytes: the engine's parser allocates by
 * the numbers it reads. Stateless.
 */
final class ModuleBounds {
    static final int FUNCTIONS_MAX = 2000;
    static final int LOCALS_MAX = 1000;
    private static final int BODY_BYTES_MAX = 32 * 1024;
    private static final int TYPES_MAX = 1000;
    private static final int PARAMETERS_MAX = 32;
    private static final int IMPORTS_MAX = 64;
    private static final int EXPORTS_MAX = 256;
    private static final int GLOBALS_MAX = 1000;
    private static final int TABLE_MAX = 1024;
    private static final int SEGMENTS_MAX = 1000;
    private static final int FUNCREF = 0x70;

    private final ModuleSections in;

    private ModuleBounds(ModuleSections in) {
        this.in = in;
    }

    /**
     * @throws IllegalArgumentException for the first bound that is broken: the byte, what was found
     *     and the rule
     */
    static void check(byte[] wasm) {
        ModuleSections sections = new ModuleSections(wasm);
        ModuleBounds bounds = new ModuleBounds(sections);
        while (sections.next()) {
            if (bounds.section() && sections.position() != sections.end()) {
                throw new IllegalArgumentException(
                        "at byte %d: section %d goes on to byte %d after its content"
                                .formatted(sections.position(), sections.id(), sections.end()));
            }
        }
    }

    /** Whether the whole section was read. */
    private boolean section() {
        switch (in.id()) {
            case 1 -> each("types", TYPES_MAX, this::type);
            case 2 -> each("imports", IMPORTS_MAX, this::imported);
            case 3 -> each("functions", FUNCTIONS_MAX, in::u32);
            case 4 -> each("tables", 1, this::table);
            case 6 -> each("globals", GLOBALS_MAX, this::global);
            case 7 -> exports();
            case 9 -> each("element segments", SEGMENTS_MAX, this::elements);
            case 10 -> each("functions", FUNCTIONS_MAX, this::body);
            case 11 -> each("data segments", SEGMENTS_MAX, this::data);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void each(String what, int max, Runnable read) {
        int count = in.count(what, max);
        for (int i = 0; i < count; i++) {
            read.run();
        }
    }

    private IllegalArgumentException not(String what, int found, String rule) {
        return new IllegalArgumentException(
                "at byte %d: %s is 0x%02x, %s".formatted(in.position() - 1, what, found, rule));
    }

    private void type() {
        int form = in.u8();
        if (form != 0x60) {
            throw not("a type's form", form, "allowed are functions, 0x60");
        }
        each("parameters", PARAMETERS_MAX, in::u8);
        each("results", 1, in::u8);
    }

    private void name() {
        in.skipTo(in.sized("name"));
    }

    private void imported() {
        name();
        name();
        int kind = in.u8();
        if (kind != 0) {
            throw not("the kind of an import", kind, "only functions (0) can be imported");
        }
        in.u32();
    }

    private void table() {
        int type = in.u8();
        if (type != FUNCREF) {
            throw not("the type of a table", type, "allowed are functions, 0x70");
        }
        int flags = in.u8();
        if (flags > 1) {
            throw not("the flags of a table", flags, "allowed are 0 and 1");
        }
        in.count("table entries", TABLE_MAX);
        if (flags == 1) {
            in.u32();
        }
    }

    private void global() {
        in.u8();
        in.u8();
        constant();
    }

    private void exports() {
        Set<String> names = new HashSet<>();
        each(
                "exports",
                EXPORTS_MAX,
                () -> {
                    String name = in.name();
                    if (!names.add(name)) {
                        throw new IllegalArgumentException("it exports '%s' twice".formatted(name));
                    }
                    in.u8();
                    in.u32();
                });
    }

    private void elements() {
        active("an element segment");
        each("table entries", TABLE_MAX, in::u32);
    }

    private void data() {
        active("a data segment");
        in.skipTo(in.sized("data segment"));
    }

    private void active(String what) {
        int mode = in.u8();
        if (mode != 0) {
            throw not("the mode of " + what, mode, "allowed is 0, active in memory or table 0");
        }
        constant();
    }

    /** One constant instruction and {@code end}. */
    private void constant() {
        int opcode = in.u8();
        switch (opcode) {
            case 0x23 -> in.u32();
            case 0x41 -> in.skipSigned(5);
            case 0x42 -> in.skipSigned(10);
            case 0x43 -> in.skip(4);
            case 0x44 -> in.skip(8);
            default ->
                    throw not(
                            "a constant expression's instruction",
                            opcode,
                            "allowed are constants and global.get");
        }
        int end = in.u8();
        if (end != 0x0B) {
            throw not("what follows a constant", end, "it is end, 0x0b");
        }
    }

    private void body() {
        int place = in.position();
        int end = in.sized("function");
        if (end - in.position() > BODY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "at byte %d: a function has %d bytes, allowed are %d"
                            .formatted(place, end - in.position(), BODY_BYTES_MAX));
        }
        long locals = 0;
        int groups = in.count("groups of locals", LOCALS_MAX);
        for (int i = 0; i < groups; i++) {
            locals += in.u32();
            in.u8();
        }
        if (locals > LOCALS_MAX) {
            throw new IllegalArgumentException(
                    "at byte %d: a function has %d locals, allowed are %d"
                            .formatted(place, locals, LOCALS_MAX));
        }
        in.skipTo(end);
    }
}
