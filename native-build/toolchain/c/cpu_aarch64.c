/*
 * Part of liblibchelper.a for arm64: does this processor have what the executable was compiled for (-march)?
 *
 * Contract: com.oracle.svm.core.aarch64.AArch64LibCHelper and com.oracle.svm.core.CPUFeatureAccessImpl. A CPUFeatures struct has one byte
 * for each feature, not 0 when the processor has it; helper-libraries.sh writes aarch64cpufeatures.h from that class's own accessors.
 *
 * A program may not read the ID registers of an arm64 processor; the kernel tells in the auxiliary vector what they say and
 * what it lets programs use (getauxval(3); bits: the kernel's Documentation/arch/arm64/elf_hwcaps.rst).
 *
 * A53MAC, STXR_PREFETCH and DMB_ATOMICS are no abilities: HotSpot sets them for processors that it treats differently
 * (vm_version_linux_aarch64.cpp). No -march asks for them; they stay 0.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "aarch64cpufeatures.h"

static const struct {
    size_t field;
    unsigned long vector; /* AT_HWCAP or AT_HWCAP2 */
    unsigned long bit;
} features[] = {
#define FEATURE(name, vector, bit) {offsetof(CPUFeatures, f##name), vector, bit}
    FEATURE(FP, AT_HWCAP, HWCAP_FP),
    FEATURE(ASIMD, AT_HWCAP, HWCAP_ASIMD),
    FEATURE(EVTSTRM, AT_HWCAP, HWCAP_EVTSTRM),
    FEATURE(AES, AT_HWCAP, HWCAP_AES),
    FEATURE(PMULL, AT_HWCAP, HWCAP_PMULL),
    FEATURE(SHA1, AT_HWCAP, HWCAP_SHA1),
    FEATURE(SHA2, AT_HWCAP, HWCAP_SHA2),
    FEATURE(CRC32, AT_HWCAP, HWCAP_CRC32),
    FEATURE(LSE, AT_HWCAP, HWCAP_ATOMICS),
    FEATURE(FPHP, AT_HWCAP, HWCAP_FPHP),
    FEATURE(ASIMDHP, AT_HWCAP, HWCAP_ASIMDHP),
    FEATURE(DCPOP, AT_HWCAP, HWCAP_DCPOP),
    FEATURE(SHA3, AT_HWCAP, HWCAP_SHA3),
    FEATURE(SHA512, AT_HWCAP, HWCAP_SHA512),
    FEATURE(SVE, AT_HWCAP, HWCAP_SVE),
    FEATURE(PACA, AT_HWCAP, HWCAP_PACA),
    FEATURE(SVE2, AT_HWCAP2, HWCAP2_SVE2),
    FEATURE(SVEBITPERM, AT_HWCAP2, HWCAP2_SVEBITPERM),
#undef FEATURE
};

void determineCPUFeatures(CPUFeatures *found) {
    memset(found, 0, sizeof *found);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        ((char *) found)[features[i].field] = (getauxval(features[i].vector) & features[i].bit) != 0;
    }
}

#include "cpu_check.h"
