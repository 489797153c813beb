import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through the machine code of an arm64 ELF file for the two sequences of instructions that
 * the Cortex-A53 of a Raspberry Pi 3 and Zero 2 W (revision r0p4) may compute wrongly; a program
 * that ends, with 1 when it found one.
 *
 * <p>835769: a multiplication that adds, of 64 bits, right after a load or store. 843419: an ADRP in
 * one of the last two words of a 4 KiB page, then a load or store, then (or one later) a load or
 * store that takes its address from the ADRP's register. The patterns are those that binutils mends
 * (bfd/elfnn-aarch64.c, aarch64_erratum_sequence and _bfd_aarch64_erratum_843419_p), so that zero
 * here says that the linker saw all code. Data inside code is taken for code by both.
 */
public final class CortexA53 {
    private static final int SHF_EXECINSTR = 4;
    private static final int SHT_PROGBITS = 1;
    private static final int ZERO_REGISTER = 31;

    private CortexA53() {}

    /** Machine code and where it is loaded: the address decides what the end of a page is. */
    private record Code(long address, ByteBuffer words) {
        int count() {
            return words.limit() / 4;
        }

        /** The instruction at {@code index}; behind the end there is none, which 0 stands for. */
        int word(int index) {
            return index < count() ? words.getInt(index * 4) : 0;
        }

        long addressOf(int index) {
            return address + 4L * index;
        }
    }

    /** What a load or store does, as far as it matters here. */
    private record Memory(boolean load, boolean pair, boolean vector, int first, int second) {}

    public static void main(String[] arguments) throws IOException {
        long words = 0;
        List<String> found = new ArrayList<>();
        for (Code code : executableSections(Path.of(arguments[0]))) {
            words += code.count();
            for (int i = 0; i < code.count(); i++) {
                if (multipliesAfterMemory(code.word(i), code.word(i + 1))) {
                    found.add("835769 at 0x%x".formatted(code.addressOf(i)));
                }
                if (usesPageAddress(code, i)) {
                    found.add("843419 at 0x%x".formatted(code.addressOf(i)));
                }
            }
        }
        System.out.printf(
                "%s: %d instructions, %d sequences that a Cortex-A53 r0p4 may compute wrongly%n",
                found.isEmpty() ? "ok" : "WRONG", words, found.size());
        found.stream().limit(10).forEach(System.out::println);
        System.exit(found.isEmpty() ? 0 : 1);
    }

    private static List<Code> executableSections(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long sections = elf.getLong(0x28);
        int size = elf.getShort(0x3a);
        int count = elf.getShort(0x3c);
        List<Code> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int header = Math.toIntExact(sections + (long) i * size);
            if (elf.getInt(header + 4) == SHT_PROGBITS
                    && (elf.getLong(header + 8) & SHF_EXECINSTR) != 0) {
                int offset = Math.toIntExact(elf.getLong(header + 0x18));
                int length = Math.toIntExact(elf.getLong(header + 0x20));
                all.add(
                        new Code(
                                elf.getLong(header + 0x10),
                                elf.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN)));
            }
        }
        return all;
    }

    private static boolean multipliesAfterMemory(int first, int second) {
        int kind = second >>> 21 & 7; // MADD/MSUB, SMADDL/SMSUBL, UMADDL/UMSUBL
        int addend = second >>> 10 & 31;
        boolean multiplies =
                (second & 0xff000000) == 0x9b000000
                        && (kind == 0 || kind == 1 || kind == 5)
                        && addend != ZERO_REGISTER;
        if (!multiplies || !isMemory(first)) {
            return false;
        }
        Memory memory = memory(first);
        return memory.vector()
                || !memory.load()
                || !(uses(second, memory.first())
                        || (memory.pair() && uses(second, memory.second())));
    }

    private static boolean uses(int multiplication, int register) {
        return register == (multiplication >>> 5 & 31)
                || register == (multiplication >>> 16 & 31)
                || register == (multiplication >>> 10 & 31);
    }

    private static boolean usesPageAddress(Code code, int index) {
        int adrp = code.word(index);
        long inPage = code.addressOf(index) & 0xfff;
        if ((adrp & 0x9f000000) != 0x90000000 || (inPage != 0xff8 && inPage != 0xffc)) {
            return false;
        }
        int between = code.word(index + 1);
        if (!isMemory(between)) {
            return false;
        }
        Memory memory = memory(between);
        boolean starts = !memory.pair() || !memory.load();
        return starts
                && (takesAddress(code.word(index + 2), adrp & 31)
                        || takesAddress(code.word(index + 3), adrp & 31));
    }

    /** A load or store with an unsigned offset from this register. */
    private static boolean takesAddress(int word, int register) {
        return (word & 0x3b000000) == 0x39000000 && (word >>> 5 & 31) == register;
    }

    private static boolean isMemory(int word) {
        return (word & 0x0a000000) == 0x08000000;
    }

    private static Memory memory(int word) {
        boolean vector = (word & 1 << 26) != 0;
        boolean exclusive = (word & 0x3f000000) == 0x08000000;
        boolean pair =
                (word & 0x3a000000) == 0x28000000 || (exclusive && (word & 1 << 21) != 0);
        boolean literal = (word & 0x3b000000) == 0x18000000;
        boolean load =
                literal
                        || (exclusive || pair ? (word & 1 << 22) != 0 : (word >>> 22 & 3) != 0);
        return new Memory(load, pair, vector, word & 31, word >>> 10 & 31);
    }
}
