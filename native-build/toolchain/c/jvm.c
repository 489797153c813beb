/*
 * libjvm.a: what the JDK's own C libraries expect of the virtual machine, for executables that have no HotSpot in them.
 *
 * Names, signatures and contracts: OpenJDK's jvm.h, jvm_io.h and jmm.h (included, so that the compiler compares them).
 * That the library must exist and hold `initialize`: com.oracle.svm.core.jdk.Jvm (@CLibrary("jvm")).
 *
 * Only what native code of the JDK really calls in an executable is here. The other JVM_* functions that libjava mentions
 * (class loading, reflection, threads ...) are native methods that SubstrateVM replaces with Java code; assemble.sh
 * generates a stub for each that prints its name and aborts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "jmm.h"
#include "jvm.h"

/* Jvm.initialize(): called for nothing but to put this library on the linker's command line. */
void initialize(void) {}

/* Processors that this process may run on, at least 1 (Runtime.availableProcessors). */
JNIEXPORT jint JNICALL JVM_ActiveProcessorCount(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0) {
        return CPU_COUNT(&allowed);
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more than 1024 processors: the set above is too small */
    return online > 0 ? (jint) online : 1;
}

/* System.nanoTime: nanoseconds since some fixed point, never backwards. libnet's timeouts call it. */
JNIEXPORT jlong JNICALL JVM_NanoTime(JNIEnv *env, jclass ignored) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (jlong) t.tv_sec * 1000000000 + t.tv_nsec;
}

/* System.currentTimeMillis: milliseconds since 1970-01-01T00:00Z. */
JNIEXPORT jlong JNICALL JVM_CurrentTimeMillis(JNIEnv *env, jclass ignored) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (jlong) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * jdk.internal.misc.VM.getNanoTimeAdjustment: nanoseconds from offset_secs (seconds since 1970) to now, or -1 when they
 * are further apart than 2^32 seconds (Clock.currentInstant then asks again with a fresh offset).
 */
JNIEXPORT jlong JNICALL JVM_GetNanoTimeAdjustment(JNIEnv *env, jclass ignored, jlong offset_secs) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    jlong seconds;
    const jlong furthest = (jlong) 1 << 32;
    if (__builtin_sub_overflow((jlong) t.tv_sec, offset_secs, &seconds) || seconds > furthest || seconds < -furthest) {
        return -1;
    }
    return seconds * 1000000000 + t.tv_nsec;
}

/* Shutdown.halt0, the last step of System.exit and of Runtime.halt: hooks have run, the process ends with this code. */
JNIEXPORT void JNICALL JVM_Halt(jint code) {
    exit(code);
}

/* dlsym; libnet's JNI_OnLoad asks whether this system has inet_pton before it uses IPv6. */
JNIEXPORT void *JNICALL JVM_FindLibraryEntry(void *handle, const char *name) {
    return dlsym(handle, name);
}

/* snprintf, but -1 where the text didn't fit; it always ends with a zero (jvm_io.h). */
JNIEXPORT int jio_vsnprintf(char *text, size_t size, const char *format, va_list arguments) {
    if ((intptr_t) size <= 0) { /* a negative length that became unsigned, as HotSpot has it */
        return -1;
    }
    int length = vsnprintf(text, size, format, arguments);
    return length >= 0 && (size_t) length < size ? length : -1;
}

JNIEXPORT int jio_snprintf(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = jio_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

JNIEXPORT int jio_fprintf(FILE *file, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(file, format, arguments);
    va_end(arguments);
    return length;
}

static void unexpected_management_call(void) {
    fputs("libjvm: a function of HotSpot's management interface (jmm.h) was called; an executable has none\n", stderr);
    abort();
}

/*
 * The table of HotSpot's management functions. libmanagement and libmanagement_ext fetch it in JNI_OnLoad and fail when
 * it is NULL; SubstrateVM's management beans are Java code and never call through it.
 */
JNIEXPORT void *JNICALL JVM_GetManagement(jint version) {
    static void (*table[sizeof(JmmInterface) / sizeof(void (*)(void))])(void);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        table[i] = unexpected_management_call;
    }
    return table;
}
