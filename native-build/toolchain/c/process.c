/*
 * Part of liblibchelper.a: small calls on the process, the system and libc. Each function is declared as a @CFunction by
 * the class named above it (svm-25.0.2-sources.jar, package com.oracle.svm.core unless given in full).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* LibCHelper.getEnviron: the environment as an array of "NAME=value" that ends with NULL; owned by libc. */
char **getEnviron(void) {
    return environ;
}

/*
 * LibCHelper.SVM_FindJavaTZmd, called by jdk.TimeZoneSubstitutions: the system's time zone as Java names it, in a string
 * that the caller frees, or NULL when it can't be told (Java then takes GMT). The JDK's own search (libjava,
 * TimeZone_md.c) does it: TZ, then /etc/timezone and /etc/localtime. The mappings are for Windows.
 */
extern char *findJavaTZ_md(const char *java_home);

char *SVM_FindJavaTZmd(const char *mappings, int length) {
    return findJavaTZ_md("");
}

/* CodeSynchronizationOperations.clearCache: instruction fetch sees what was written to [start, start + size). */
void codeSynchronization_clearCache(int64_t start, int64_t size) {
    __builtin___clear_cache((char *) start, (char *) (start + size));
}

/* posix.linux.LinuxLibCHelper.getThreadId: the kernel's id of the calling thread. */
int getThreadId(void) {
    return (int) syscall(SYS_gettid);
}

/*
 * posix.linux.LinuxLibCHelper.getThreadUserTimeSlow, behind ThreadMXBean.getThreadUserTime: nanoseconds that the thread
 * ran in user mode, or -1. Field 14 of /proc/self/task/TID/stat, in clock ticks (proc(5)).
 */
int64_t getThreadUserTimeSlow(int thread) {
    char text[1024];
    snprintf(text, sizeof text, "/proc/self/task/%d/stat", thread);
    int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) {
        return -1;
    }
    text[length] = 0;
    char *after_name = strrchr(text, ')'); /* field 2, the name, may hold blanks and brackets */
    unsigned long long ticks;
    if (after_name == NULL || sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu", &ticks) != 1) {
        return -1;
    }
    return (int64_t) (ticks * (1000000000ULL / (unsigned long long) sysconf(_SC_CLK_TCK)));
}

/*
 * Fronts of functions with a variable number of arguments, which Java's calls can't express: each passes its arguments on
 * and returns the result unchanged.
 */

/* posix.linux.LinuxLibCHelper.NoTransitions.mremapP: moves the image heap to where the isolate wants it. */
void *mremapP(void *from, size_t size, size_t new_size, int flags, void *to) {
    return mremap(from, size, new_size, flags, to);
}

/* posix.headers.Fcntl.NoTransitions.open and openat. */
int openSII(const char *path, int flags, int mode) {
    return open(path, flags, mode);
}

int openatISII(int directory, const char *path, int flags, int mode) {
    return openat(directory, path, flags, mode);
}

/* posix.thread.PosixVMThreads.fprintfSD: the last words of a process that fails; the format takes a string and an int. */
int fprintfSD(FILE *file, const char *format, const char *text, int number) {
    return fprintf(file, format, text, number);
}
