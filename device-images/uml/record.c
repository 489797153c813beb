// Preloaded into the guest's kernel (run.sh --record): writes down, in the order in which they happen, each write to the disk,
// each flush of it, and what the guest prints; from that, every disk that a power cut could have left can be made.
//
// An entry: kind (1 octet), offset and length (8 octets each, this machine's order), then the octets.
//   W  a write to the disk at offset: until the next flush a disk may or may not have kept it, or a part of it
//   Z  length zeros at offset; no octets follow
//   F  a flush that has succeeded: all writes before it are kept
//   P  octets that the guest printed

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONSOLE = 4 };

static int record = -1;
static struct stat disk;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("VIGIL_RECORD"), *disk_path = getenv("VIGIL_RECORD_DISK");
  if (!path || !disk_path || stat(disk_path, &disk)) return;
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  record = fcntl(fd, F_DUPFD_CLOEXEC, 900);  // out of the way of the kernel's own
  close(fd);
}

static int is_disk(int fd) {
  struct stat found;
  return record >= 0 && !fstat(fd, &found) && found.st_ino == disk.st_ino && found.st_dev == disk.st_dev;
}

static void whole(ssize_t (*to)(int, const void *, size_t), const void *octets, size_t count) {
  for (const char *at = octets; count > 0;) {
    ssize_t done = to(record, at, count);
    if (done < 0) abort();  // a record with a hole would prove nothing
    at += done;
    count -= done;
  }
}

static void note(char kind, uint64_t offset, uint64_t length, const void *octets) {
  static ssize_t (*to)(int, const void *, size_t);
  if (!to) to = dlsym(RTLD_NEXT, "write");
  char head[17] = {kind};
  memcpy(head + 1, &offset, 8);
  memcpy(head + 9, &length, 8);
  whole(to, head, sizeof head);
  if (octets) whole(to, octets, length);
}

// The entry comes first: a write that was begun may have reached the disk.
ssize_t pwrite64(int fd, const void *octets, size_t count, off64_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  if (!is_disk(fd)) return real(fd, octets, count, offset);
  pthread_mutex_lock(&mutex);
  note('W', offset, count, octets);
  pthread_mutex_unlock(&mutex);
  return real(fd, octets, count, offset);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  static int (*real)(int, int, off64_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "fallocate64");
  if (is_disk(fd)) {
    pthread_mutex_lock(&mutex);
    note('Z', offset, length, NULL);
    pthread_mutex_unlock(&mutex);
  }
  return real(fd, mode, offset, length);
}

// The entry comes last: only a flush that has ended promises anything. The kernel's disk thread writes and flushes one after the
// other, so no write comes in between.
static int flush(int fd, int (*real)(int)) {
  int result = real(fd);
  if (!result && is_disk(fd)) {
    pthread_mutex_lock(&mutex);
    note('F', 0, 0, NULL);
    pthread_mutex_unlock(&mutex);
  }
  return result;
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  return flush(fd, real);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  return flush(fd, real);
}

ssize_t write(int fd, const void *octets, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "write");
  if (record >= 0 && fd == CONSOLE) {
    pthread_mutex_lock(&mutex);
    note('P', 0, count, octets);
    pthread_mutex_unlock(&mutex);
  }
  return real(fd, octets, count);
}
