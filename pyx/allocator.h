/* The caching allocator of host memory. Included by state.pyx alone, so that its bins exist once.
 *
 * Freed blocks wait in bins of four sizes per octave (64-byte steps up to 256 bytes): most of the
 * cost of a large temporary is its page faults, and a block that is used again has none left.
 * The cache is bounded by a number of blocks per bin and by a total of bytes. */
#ifndef CYTORCH_ALLOCATOR_H
#define CYTORCH_ALLOCATOR_H
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "storage.h"

#define HEADER_BYTES 64
#define BIN_COUNT 152
#define SMALL_BINS 40
#define SMALL_BIN_BLOCKS 256
#define LARGE_BIN_BLOCKS 8
#define HUGE_PAGE_BLOCK ((size_t)4 << 20)

static Storage *bins[BIN_COUNT];
static uint16_t bin_blocks[BIN_COUNT];
static size_t cached_bytes, cache_limit = (size_t)4 << 30;
static size_t live_bytes, live_blocks;
static int64_t fail_countdown = -1; /* tests: the allocation that reaches 0 fails */

/* Size class and capacity of a request; class BIN_COUNT and above are never cached. */
static inline uint32_t bin_of(size_t bytes, size_t *capacity) {
  if (bytes <= 256) {
    uint32_t bin = bytes ? (uint32_t)((bytes - 1) >> 6) : 0;
    *capacity = (size_t)(bin + 1) << 6;
    return bin;
  }
  unsigned octave = 63 - __builtin_clzll(bytes - 1);
  size_t step = (size_t)1 << (octave - 2);
  size_t quarter = (bytes - ((size_t)1 << octave) + step - 1) >> (octave - 2);
  *capacity = ((size_t)1 << octave) + quarter * step;
  return 4 + (octave - 8) * 4 + (uint32_t)(quarter - 1);
}

static size_t capacity_of(uint32_t bin) {
  if (bin < 4) return (size_t)(bin + 1) << 6;
  unsigned octave = 8 + (bin - 4) / 4;
  return ((size_t)1 << octave) + ((bin - 4) % 4 + 1) * ((size_t)1 << (octave - 2));
}

static void empty_bins(void) {
  for (int bin = 0; bin < BIN_COUNT; bin++) {
    while (bins[bin] != NULL) {
      Storage *storage = bins[bin];
      bins[bin] = storage->next;
      free(storage);
    }
    bin_blocks[bin] = 0;
  }
  cached_bytes = 0;
}

static int allocation_must_fail(void) {
  return fail_countdown >= 0 && fail_countdown-- == 0;
}

/* Huge pages for large blocks: fewer faults, and streams that cross no 4 KiB border. */
static void ask_for_huge_pages(char *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  char *page = (char *)(((uintptr_t)memory + 4095) & ~(uintptr_t)4095);
  if (bytes >= HUGE_PAGE_BLOCK) madvise(page, (size_t)(memory + bytes - page), MADV_HUGEPAGE);
#endif
}

static Storage *fresh_block(size_t bytes, uint32_t bin, size_t capacity) {
  void *memory = NULL;
  if (bytes > (size_t)1 << 47) return NULL;
  if (posix_memalign(&memory, 64, capacity + HEADER_BYTES) != 0) {
    empty_bins(); /* what the cache holds may be what is missing */
    if (posix_memalign(&memory, 64, capacity + HEADER_BYTES) != 0) return NULL;
  }
  ask_for_huge_pages((char *)memory, capacity + HEADER_BYTES);
  Storage *storage = (Storage *)memory;
  memset(storage, 0, sizeof *storage);
  storage->data = (char *)memory + HEADER_BYTES;
  storage->bin = bin;
  return storage;
}

static inline Storage *allocate_block(size_t bytes) {
  size_t capacity;
  uint32_t bin = bin_of(bytes, &capacity);
  Storage *storage = NULL;
  if (__builtin_expect(fail_countdown >= 0, 0) && allocation_must_fail()) return NULL;
  if (__builtin_expect(bin < BIN_COUNT, 1)) {
    storage = bins[bin];
    if (__builtin_expect(storage != NULL, 1)) {
      bins[bin] = storage->next;
      bin_blocks[bin]--;
      cached_bytes -= capacity;
    }
  }
  if (storage == NULL) {
    storage = fresh_block(bytes, bin, capacity);
    if (storage == NULL) return NULL;
  }
  storage->references = 1;
  storage->nbytes = bytes;
  storage->version = 0;
  storage->last_op = 0;
  storage->flags = 0;
  live_bytes += capacity;
  live_blocks++;
  return storage;
}

static inline void free_block(Storage *storage) {
  uint32_t bin = storage->bin;
  size_t capacity = capacity_of(bin);
  live_bytes -= capacity;
  live_blocks--;
  uint16_t limit = bin < SMALL_BINS ? SMALL_BIN_BLOCKS : LARGE_BIN_BLOCKS;
  if (__builtin_expect(bin < BIN_COUNT && bin_blocks[bin] < limit &&
                       cached_bytes + capacity <= cache_limit, 1)) {
    storage->next = bins[bin];
    bins[bin] = storage;
    bin_blocks[bin]++;
    cached_bytes += capacity;
    return;
  }
  free(storage);
}
#endif
