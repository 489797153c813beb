/*
 * Part of liblibchelper.a for x86-64: does this processor have what the executable was compiled for (-march)?
 *
 * Contract: com.oracle.svm.core.amd64.AMD64LibCHelper and com.oracle.svm.core.CPUFeatureAccessImpl. A CPUFeatures struct has one byte for
 * each feature, not 0 when the processor has it; assemble.sh writes amd64cpufeatures.h from that class's own accessors.
 *
 * Where a feature's bit is: Intel SDM volume 2A, table 3-8 (CPUID) and AMD APM volume 3, appendix E. When the wide registers may be used:
 * Intel SDM volume 1, 14.3 and 15.2 (XGETBV). A feature that isn't in the table below (AVX10, APX) counts as missing: an
 * executable compiled for it says so and stops.
 */
#include <cpuid.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amd64cpufeatures.h"

/* The registers that hold feature bits: CPUID leaf (and subleaf), register. */
enum word { L1_ECX, L1_EDX, L7_EBX, L7_ECX, L7_EDX, L7_1_EAX, X1_ECX, X1_EDX, X7_EDX, WORDS };

/* What the operating system must have switched on besides: nothing, YMM registers, ZMM registers. */
enum state { ANY, YMM, ZMM };

static const struct {
    size_t field;
    enum word word;
    int bit;
    enum state state;
} features[] = {
#define FEATURE(name, word, bit, state) {offsetof(CPUFeatures, f##name), word, bit, state}
    FEATURE(TSC, L1_EDX, 4, ANY),
    FEATURE(CX8, L1_EDX, 8, ANY),
    FEATURE(CMOV, L1_EDX, 15, ANY),
    FEATURE(FLUSH, L1_EDX, 19, ANY),
    FEATURE(MMX, L1_EDX, 23, ANY),
    FEATURE(FXSR, L1_EDX, 24, ANY),
    FEATURE(SSE, L1_EDX, 25, ANY),
    FEATURE(SSE2, L1_EDX, 26, ANY),
    FEATURE(HT, L1_EDX, 28, ANY),
    FEATURE(SSE3, L1_ECX, 0, ANY),
    FEATURE(CLMUL, L1_ECX, 1, ANY),
    FEATURE(SSSE3, L1_ECX, 9, ANY),
    FEATURE(FMA, L1_ECX, 12, YMM),
    FEATURE(SSE4_1, L1_ECX, 19, ANY),
    FEATURE(SSE4_2, L1_ECX, 20, ANY),
    FEATURE(POPCNT, L1_ECX, 23, ANY),
    FEATURE(AES, L1_ECX, 25, ANY),
    FEATURE(AVX, L1_ECX, 28, YMM),
    FEATURE(VZEROUPPER, L1_ECX, 28, YMM), /* an instruction of AVX */
    FEATURE(F16C, L1_ECX, 29, YMM),
    FEATURE(HV, L1_ECX, 31, ANY),
    FEATURE(BMI1, L7_EBX, 3, ANY),
    FEATURE(AVX2, L7_EBX, 5, YMM),
    FEATURE(BMI2, L7_EBX, 8, ANY),
    FEATURE(ERMS, L7_EBX, 9, ANY),
    FEATURE(RTM, L7_EBX, 11, ANY),
    FEATURE(AVX512F, L7_EBX, 16, ZMM),
    FEATURE(AVX512DQ, L7_EBX, 17, ZMM),
    FEATURE(ADX, L7_EBX, 19, ANY),
    FEATURE(AVX512_IFMA, L7_EBX, 21, ZMM),
    FEATURE(FLUSHOPT, L7_EBX, 23, ANY),
    FEATURE(CLWB, L7_EBX, 24, ANY),
    FEATURE(AVX512PF, L7_EBX, 26, ZMM),
    FEATURE(AVX512ER, L7_EBX, 27, ZMM),
    FEATURE(AVX512CD, L7_EBX, 28, ZMM),
    FEATURE(SHA, L7_EBX, 29, ANY),
    FEATURE(AVX512BW, L7_EBX, 30, ZMM),
    FEATURE(AVX512VL, L7_EBX, 31, ZMM),
    FEATURE(AVX512_VBMI, L7_ECX, 1, ZMM),
    FEATURE(PKU, L7_ECX, 3, ANY),
    FEATURE(OSPKE, L7_ECX, 4, ANY),
    FEATURE(AVX512_VBMI2, L7_ECX, 6, ZMM),
    FEATURE(CET_SS, L7_ECX, 7, ANY),
    FEATURE(GFNI, L7_ECX, 8, ANY),
    FEATURE(AVX512_VAES, L7_ECX, 9, ZMM),
    FEATURE(AVX512_VPCLMULQDQ, L7_ECX, 10, ZMM),
    FEATURE(AVX512_VNNI, L7_ECX, 11, ZMM),
    FEATURE(AVX512_BITALG, L7_ECX, 12, ZMM),
    FEATURE(AVX512_VPOPCNTDQ, L7_ECX, 14, ZMM),
    FEATURE(RDPID, L7_ECX, 22, ANY),
    FEATURE(FSRM, L7_EDX, 4, ANY),
    FEATURE(SERIALIZE, L7_EDX, 14, ANY),
    FEATURE(CET_IBT, L7_EDX, 20, ANY),
    FEATURE(AVX512_FP16, L7_EDX, 23, ZMM),
    FEATURE(SHA512, L7_1_EAX, 0, YMM),
    FEATURE(AVX_IFMA, L7_1_EAX, 23, YMM),
    FEATURE(LZCNT, X1_ECX, 5, ANY),
    FEATURE(SSE4A, X1_ECX, 6, ANY),
    FEATURE(AMD_3DNOW_PREFETCH, X1_ECX, 8, ANY),
    FEATURE(RDTSCP, X1_EDX, 27, ANY),
    FEATURE(TSCINV, X7_EDX, 8, ANY),
    FEATURE(TSCINV_BIT, X7_EDX, 8, ANY),
#undef FEATURE
};

/* A leaf that the processor doesn't know reads as zeros. */
static void read_words(uint32_t words[WORDS]) {
    uint32_t unused;
    memset(words, 0, WORDS * sizeof words[0]);
    __get_cpuid(1, &unused, &unused, &words[L1_ECX], &words[L1_EDX]);
    uint32_t last_subleaf;
    if (__get_cpuid_count(7, 0, &last_subleaf, &words[L7_EBX], &words[L7_ECX], &words[L7_EDX]) && last_subleaf >= 1) {
        __get_cpuid_count(7, 1, &words[L7_1_EAX], &unused, &unused, &unused);
    }
    __get_cpuid(0x80000001, &unused, &unused, &words[X1_ECX], &words[X1_EDX]);
    __get_cpuid(0x80000007, &unused, &unused, &unused, &words[X7_EDX]);
}

/* Which wide registers the operating system saves at a task switch. */
static enum state wide_registers(uint32_t leaf1_ecx) {
    const uint32_t osxsave = UINT32_C(1) << 27, ymm = 0x06, zmm = 0xe6;
    if (!(leaf1_ecx & osxsave)) {
        return ANY;
    }
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & zmm) == zmm ? ZMM : (low & ymm) == ymm ? YMM : ANY;
}

void determineCPUFeatures(CPUFeatures *found) {
    uint32_t words[WORDS];
    read_words(words);
    enum state wide = wide_registers(words[L1_ECX]);
    memset(found, 0, sizeof *found);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        int present = words[features[i].word] >> features[i].bit & 1;
        ((char *) found)[features[i].field] = present && features[i].state <= wide;
    }
}

#include "cpu_check.h"
