/*
 * A disk that fails on order. The file that FAULTY_DISK names has a line for each fault: a call (write, sync, open), an
 * error, and a piece of the paths that it is about; without a line everything goes through. Loaded with LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fault_of(const char *call, const char *path) {
  const char *orders = getenv("FAULTY_DISK");
  FILE *file = orders ? fopen(orders, "re") : NULL;
  char at[16], error[16], piece[256];
  int found = 0;
  if (!file) return 0;
  while (!found && fscanf(file, "%15s %15s %255s", at, error, piece) == 3)
    if (strcmp(at, call) == 0 && strstr(path, piece))
      found = strcmp(error, "ENOSPC") == 0 ? ENOSPC : strcmp(error, "EROFS") == 0 ? EROFS : EIO;
  fclose(file);
  return found;
}

static int fails(const char *call, int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  if (!strstr(path, ".sqlite")) return 0;
  int fault = fault_of(call, path);
  if (fault) errno = fault;
  return fault;
}

#define REAL(result, name, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return fails("write", fd) ? -1 : real(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return fails("write", fd) ? -1 : real(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return fails("write", fd) ? -1 : real(fd, bytes, count, at);
}
int fsync(int fd) {
  REAL(int, "fsync", int);
  return fails("sync", fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return fails("sync", fd) ? -1 : real(fd);
}

static int refuses(const char *path, int flags) {
  int fault = (flags & O_ACCMODE) != O_RDONLY && strstr(path, ".sqlite") ? fault_of("open", path) : 0;
  if (fault) errno = fault;
  return fault;
}
int open(const char *path, int flags, ...) {
  REAL(int, "open", const char *, int, ...);
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return refuses(path, flags) ? -1 : real(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  REAL(int, "open64", const char *, int, ...);
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return refuses(path, flags) ? -1 : real(path, flags, mode);
}
