/* The `mirror` device of the tests: its memory is inaccessible except inside kernels, so that any
 * code which reads device memory from the host is caught by the memory protection unit. */
#ifndef CYTORCH_MIRROR_H
#define CYTORCH_MIRROR_H
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "storage.h"

static size_t mirror_length(size_t nbytes) {
  return (nbytes + 4095) / 4096 * 4096 + (nbytes == 0 ? 4096 : 0);
}

static void mirror_free(Storage *storage) {
  munmap(storage->data, mirror_length(storage->nbytes));
  free(storage);
}

static Storage *mirror_allocate(size_t nbytes) {
  Storage *storage = calloc(1, sizeof *storage);
  if (storage == NULL) return NULL;
  if (nbytes < (size_t)1 << 47)
    storage->data = mmap(NULL, mirror_length(nbytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                         -1, 0);
  if (nbytes >= (size_t)1 << 47 || storage->data == MAP_FAILED) {
    free(storage);
    return NULL;
  }
  storage->references = 1;
  storage->nbytes = nbytes;
  storage->deleter = mirror_free;
  return storage;
}

static void mirror_open(Storage *storage) {
  mprotect(storage->data, mirror_length(storage->nbytes), PROT_READ | PROT_WRITE);
}

static void mirror_close(Storage *storage) {
  mprotect(storage->data, mirror_length(storage->nbytes), PROT_NONE);
}
#endif
