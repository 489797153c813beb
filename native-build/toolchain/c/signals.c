/*
 * Part of liblibchelper.a: how a POSIX signal reaches Java. The handler may do almost nothing (signal-safety(7)), so it
 * counts the signal and posts a semaphore; Java's dispatcher thread waits there and asks which signal came.
 *
 * Contracts: com.oracle.svm.core.posix.headers.CSunMiscSignal; its caller: com.oracle.svm.core.posix.PosixSignalHandlerSupport.
 */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#define SIGNALS 65 /* Linux: 1 to 64 */

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the signal handler may not take a lock");

static atomic_bool owned;
static atomic_int pending[SIGNALS];
static sem_t arrived;

/* 0: this isolate owns signal handling now; 1: another one does; else: no semaphore to be had, errno says why. */
int cSunMiscSignal_open(void) {
    if (atomic_exchange(&owned, true)) {
        return 1;
    }
    for (int i = 0; i < SIGNALS; i++) {
        atomic_store(&pending[i], 0);
    }
    if (sem_init(&arrived, 0, 0) != 0) {
        atomic_store(&owned, false);
        return 2;
    }
    return 0;
}

/* 0: another isolate may own signal handling now. The caller has put the default handlers back and joined its thread. */
int cSunMiscSignal_close(void) {
    int result = sem_destroy(&arrived);
    atomic_store(&owned, false);
    return result;
}

/* Waits for a post; 0 also when a signal interrupted the wait ("prone to spurious wake-ups"). */
int cSunMiscSignal_awaitSemaphore(void) {
    return sem_wait(&arrived) == 0 || errno == EINTR ? 0 : -1;
}

/* Wakes the dispatcher thread, so that it sees that it is to stop. */
int cSunMiscSignal_signalSemaphore(void) {
    return sem_post(&arrived);
}

bool cSunMiscSignal_signalRangeCheck(int signal) {
    return signal > 0 && signal < SIGNALS;
}

/* Takes one arrival of the lowest pending signal and returns its number; -1: none. Only the dispatcher thread takes. */
int cSunMiscSignal_checkPendingSignal(void) {
    for (int i = 1; i < SIGNALS; i++) {
        if (atomic_load(&pending[i]) > 0) {
            atomic_fetch_sub(&pending[i], 1);
            return i;
        }
    }
    return -1;
}

static void on_signal(int signal) {
    int before = errno;
    if (cSunMiscSignal_signalRangeCheck(signal)) {
        atomic_fetch_add(&pending[signal], 1);
        sem_post(&arrived);
    }
    errno = before;
}

/* What Java passes to sigaction for a signal that it handles. */
void *cSunMiscSignal_signalHandlerFunctionPointer(void) {
    return (void *) on_signal;
}
