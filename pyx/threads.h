/* Our own thread pool. Included by threads.pyx alone.
 *
 * - Work is claimed in chunks from an atomic counter. The caller always works too, and waits only
 *   for chunks that a helper really took, so a helper that was not scheduled costs nothing.
 * - A child of fork() starts with no helpers and makes its own on first use.
 * - Nested and concurrent callers run their work inline.
 * - Helpers are bound to the CPUs of the allowed set after the first one; the set is read when the
 *   module loads, since an OpenMP runtime may narrow the main thread's mask later.
 * - Such a runtime has bound its workers to the other CPUs and lets them spin there for
 *   milliseconds after each region: helpers beside them would get half a CPU. Its workers are
 *   borrowed instead. */
#ifndef CYTORCH_THREADS_H
#define CYTORCH_THREADS_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "kernels/kernel_call.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CPU_RELAX() _mm_pause()
#else
#define CPU_RELAX() ((void)0)
#endif

#define MAX_THREADS 256
#define SPINS_BEFORE_SLEEP 1500
#define SPINS_BEFORE_YIELD 20000
#define EVEN_CHUNK 64 /* elements; a chunk of a long range starts at a cache line */

/* GOMP_parallel, which every OpenMP runtime for gcc's programs has. */
typedef void (*TeamFunction)(void (*)(void *), void *, unsigned threads, unsigned flags);

static struct {
  _Alignas(64) _Atomic uint64_t claim; /* epoch << 32 | next chunk */
  _Alignas(64) _Atomic uint32_t done;
  _Alignas(64) _Atomic uint32_t wake;
  _Atomic int sleeping;
  _Atomic uint32_t parked;
  RangeFunction function;
  void *context;
  int64_t n, grain;
  uint32_t chunks, epoch;
  int threads, started;
  pthread_mutex_t busy;
  cpu_set_t allowed;
  int allowed_count;
  TeamFunction team;    /* borrowed workers, for the thread `team_owner` alone */
  pthread_t team_owner;
  int team_is_known, is_fork;
} pool = {.busy = PTHREAD_MUTEX_INITIALIZER, .threads = 1};

static void futex_wait(_Atomic uint32_t *address, uint32_t value) {
  syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake_all(_Atomic uint32_t *address) {
  syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1 << 20, NULL, NULL, 0);
}

/* Next chunk of this epoch, or -1 when none is left. */
static int64_t claim_chunk(uint32_t epoch, uint32_t chunks) {
  uint64_t current = atomic_load_explicit(&pool.claim, memory_order_acquire);
  for (;;) {
    if ((uint32_t)(current >> 32) != epoch || (uint32_t)current >= chunks) return -1;
    if (atomic_compare_exchange_weak_explicit(&pool.claim, &current, current + 1,
                                              memory_order_acq_rel, memory_order_acquire))
      return (uint32_t)current;
  }
}

static void work_on(uint32_t epoch) {
  uint32_t chunks = pool.chunks;
  int64_t chunk;
  while ((chunk = claim_chunk(epoch, chunks)) >= 0) {
    int64_t begin = chunk * pool.grain, end = begin + pool.grain;
    pool.function(pool.context, begin, end < pool.n ? end : pool.n);
    atomic_fetch_add_explicit(&pool.done, 1, memory_order_release);
  }
}

static void *helper_main(void *argument) {
  uint32_t seen = (uint32_t)(uintptr_t)argument;
  for (;;) {
    uint32_t now;
    int spins = SPINS_BEFORE_SLEEP;
    while ((now = atomic_load_explicit(&pool.wake, memory_order_acquire)) == seen && --spins)
      CPU_RELAX();
    if (now == seen) {
      atomic_fetch_add(&pool.sleeping, 1);
      futex_wait(&pool.wake, seen);
      atomic_fetch_sub(&pool.sleeping, 1);
      continue;
    }
    seen = now;
    work_on(now);
  }
  return NULL;
}

static void forget_helpers(void) {
  pool.started = 0;
  pool.is_fork = 1;
  pool.team_is_known = 0;
  pthread_mutex_init(&pool.busy, NULL);
  atomic_store(&pool.sleeping, 0);
}

static void bind_helper(pthread_attr_t *attributes, int helper) {
  if (pool.allowed_count <= 1) return;
  int wanted = helper % pool.allowed_count, seen = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &pool.allowed)) continue;
    if (seen++ == wanted) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      pthread_attr_setaffinity_np(attributes, sizeof one, &one);
      return;
    }
  }
}

static void start_helpers(void) {
  int running = 0;
  for (int helper = 1; helper < pool.threads; helper++) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bind_helper(&attributes, helper);
    uintptr_t seen = atomic_load(&pool.wake);
    if (pthread_create(&thread, &attributes, helper_main, (void *)seen) == 0) running++;
    pthread_attr_destroy(&attributes);
  }
  pool.started = running + 1;
}

/* A child of fork() never borrows: the runtime does not know that its workers are gone. */
static TeamFunction find_team(void) {
  cpu_set_t mine;
  if (pool.is_fork || sched_getaffinity(0, sizeof mine, &mine) != 0) return NULL;
  if (CPU_COUNT(&mine) >= pool.allowed_count) return NULL;
  return (TeamFunction)dlsym(RTLD_DEFAULT, "GOMP_parallel");
}

static int borrows_team(void) {
  if (!pool.team_is_known) {
    pool.team = find_team();
    pool.team_owner = pthread_self();
    pool.team_is_known = 1;
  }
  return pool.team != NULL && pthread_equal(pool.team_owner, pthread_self());
}

static void work_in_team(void *epoch) { work_on(*(uint32_t *)epoch); }

static void work_with_helpers(uint32_t epoch) {
  if (pool.started < pool.threads) start_helpers();
  atomic_store_explicit(&pool.wake, epoch, memory_order_seq_cst);
  if (atomic_load(&pool.sleeping)) futex_wake_all(&pool.wake);
  work_on(epoch);
  int spins = 0;
  while (atomic_load_explicit(&pool.done, memory_order_acquire) < pool.chunks) {
    CPU_RELAX();
    if (++spins > SPINS_BEFORE_YIELD) {
      sched_yield();
      spins = 0;
    }
  }
}

/* About `grain`; long ranges are cut into as many even chunks for every thread. */
static int64_t chunk_size(int64_t n, int64_t grain) {
  int64_t chunks = (n - 1) / grain + 1, most = (int64_t)pool.threads * 8;
  if (chunks > most) chunks = most;
  if (n / chunks < EVEN_CHUNK) return chunks < most ? grain : (n + chunks - 1) / chunks;
  if (chunks > pool.threads) chunks -= chunks % pool.threads;
  int64_t size = (n + chunks - 1) / chunks;
  return (size + EVEN_CHUNK - 1) / EVEN_CHUNK * EVEN_CHUNK;
}

static void pool_parallel_for(int64_t n, int64_t grain, RangeFunction function, void *context) {
  if (n <= 0) return;
  if (grain < 1) grain = 1;
  if (n <= grain || pool.threads < 2 || pthread_mutex_trylock(&pool.busy) != 0) {
    function(context, 0, n);
    return;
  }
  grain = chunk_size(n, grain);
  uint32_t epoch = ++pool.epoch;
  pool.function = function;
  pool.context = context;
  pool.n = n;
  pool.grain = grain;
  pool.chunks = (uint32_t)((n + grain - 1) / grain);
  atomic_store(&pool.done, 0);
  atomic_store_explicit(&pool.claim, (uint64_t)epoch << 32, memory_order_release);
  if (borrows_team()) pool.team(work_in_team, &epoch, (unsigned)pool.threads, 0);
  else work_with_helpers(epoch);
  pthread_mutex_unlock(&pool.busy);
}

static int pool_init(void) {
  CPU_ZERO(&pool.allowed);
  if (sched_getaffinity(0, sizeof pool.allowed, &pool.allowed) != 0) pool.allowed_count = 1;
  else pool.allowed_count = CPU_COUNT(&pool.allowed);
  pool.threads = pool.allowed_count < MAX_THREADS ? pool.allowed_count : MAX_THREADS;
  return pthread_atfork(NULL, NULL, forget_helpers);
}

static int pool_threads(void) { return pool.threads; }

static void pool_set_threads(int count) {
  pool.threads = count < MAX_THREADS ? count : MAX_THREADS;
  pool.team_is_known = 0; /* a runtime may have been loaded since */
}
#endif
