/* Storage: a reference-counted block of memory, its header one cache line in front of the data.
 *
 * Counts are guarded by the GIL. `deleter` is NULL for blocks of the caching allocator. */
#ifndef CYTORCH_STORAGE_H
#define CYTORCH_STORAGE_H
#include <stddef.h>
#include <stdint.h>

typedef struct Storage {
  intptr_t references;
  char *data;
  size_t nbytes;
  uint32_t bin;       /* size class, see allocator.h */
  uint32_t version;   /* counts in-place changes */
  uint8_t device;
  uint8_t flags;
  uint16_t last_op;   /* id of the op that changed the data last; 0: none */
  uint32_t reserved;
  struct Storage *next;
  void (*deleter)(struct Storage *);
  void *context;      /* what the deleter needs: the owner of external memory */
} Storage;

enum { STORAGE_READONLY = 1, STORAGE_SHARED = 2, STORAGE_EXPORTED = 4 };
#endif
