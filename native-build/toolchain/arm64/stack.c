/*
 * Only for test-arm64.sh: qemu-user 7.2 with another page size than the machine's (-p) shows a /proc/self/maps in which glibc can't
 * find the stack of the first thread, so pthread_getattr_np fails in every program. Loaded with LD_PRELOAD, this finds it by its own
 * frame: from 4 MiB below, of the 8 MiB that qemu gives it, to 32 KiB above.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes) {
    int (*real)(pthread_t, pthread_attr_t *) = (int (*)(pthread_t, pthread_attr_t *)) dlsym(RTLD_NEXT, "pthread_getattr_np");
    int result = real(thread, attributes);
    if (result == 0) {
        return 0;
    }
    uintptr_t here = (uintptr_t) __builtin_frame_address(0) & ~(uintptr_t) 0xffff;
    pthread_attr_init(attributes);
    return pthread_attr_setstack(attributes, (void *) (here - (4 << 20)), (4 << 20) + (32 << 10));
}
