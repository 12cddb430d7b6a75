// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bare-metal runtime: start-up, cluster offload, DMA, counters, files and
// text output. A program has `int main(void)`, which runs on the fabric
// controller (FC); its return value is the program's exit status.
//
// Costs were measured on GVSoC (runtime/tests/costs.c prints them).

#ifndef SE_RUNTIME_H
#define SE_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "se/event_load.h"
#include "se/platform.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Places a variable in L1 (zero at start) or in L1 with an initial value. */
#define SE_L1 __attribute__((section(".l1")))
#define SE_L1_DATA __attribute__((section(".l1.data")))
/* Code of cluster cores: kept together, for the shared instruction cache. */
#define SE_CLUSTER_CODE __attribute__((section(".text.cluster")))

/*===-- Cores --===*/

static inline uint32_t se_hart_id(void) {
  uint32_t hart;
  __asm__("csrr %0, mhartid" : "=r"(hart));
  return hart;
}

/* The number of the core within its cluster; 0 on the FC. */
static inline uint32_t se_core_id(void) { return se_hart_id() & 0x1f; }

/* Runs kernel(args) on cluster cores 0 .. cores-1 (1..8) at once and returns
   when all have finished. Called on the FC. The first call starts the cluster;
   between calls its cores sleep. The FC polls a flag in L2 meanwhile.
   Cost of an empty kernel: 63 cycles with any number of cores, 14 more for
   each of kernel, args and cores that is not as in the call before; 490 for
   the first call. */
void se_cluster_run(void (*kernel)(void *), void *args, uint32_t cores);
/* The same with the cores of a bit mask, core 0 among them. The controller core
   of a cluster that has one is number 8. */
void se_cluster_run_team(void (*kernel)(void *), void *args, uint32_t mask);

/* All cores of the running kernel meet here; those that come early sleep. A
   full fence: what any of them wrote before is seen by all after.
   Cost: 6 cycles after the last core arrives. */
static inline void se_barrier(void) {
  SE_EVENT_LOAD(SE_EU, SE_EU_BARRIER_WAIT_CLEAR);
}

/*===-- Events (cluster cores) --===*/

/* Raises software event 1..7 (0 is the runtime's) on the cores of the mask. */
static inline void se_event_raise(uint32_t event, uint32_t cores) {
  *(volatile uint32_t *)(SE_EU + SE_EU_SW_EVENT + 4 * event) = cores;
}

/* Sleeps until one of the events in the bit mask is pending, clears it. Other
   events stay pending. */
static inline void se_event_wait(uint32_t events) {
  *(volatile uint32_t *)(SE_EU + SE_EU_MASK) = events;
  SE_EVENT_LOAD(SE_EU, SE_EU_WAIT_CLEAR);
  *(volatile uint32_t *)(SE_EU + SE_EU_MASK) = SE_EVENTS_WORKER;
}

/*===-- DMA (cluster cores) --===*/

typedef enum { SE_DMA_TO_EXT = 0, SE_DMA_TO_L1 = 1 } se_dma_dir;

/* Starts a copy between L1 and L2 or a plain external memory; returns the id
   to wait for, on the same core. At most 16 ids are in use at a time; one more
   start sleeps until one is waited for. The 2D form gathers or scatters lines
   of `line` bytes that lie `stride` bytes apart in the external memory; in L1
   they are contiguous. `bytes` is the total, a multiple of `line`.
   Cost: start 29 cycles, wait 14 if the copy has ended; start and wait of 512
   bytes 102, 4 KB 550, 32 KB 4134. A core's third start stalls until its first
   copy is under way. */
uint32_t se_dma_start(se_dma_dir dir, void *l1, void *ext, uint32_t bytes);
uint32_t se_dma_start_2d(se_dma_dir dir, void *l1, void *ext, uint32_t bytes,
                         uint32_t line, uint32_t stride);
void se_dma_wait(uint32_t id);

/*===-- External memories (FC or one cluster core) --===*/

/* Starts a copy to L2 from a memory that only the transfer engine reaches, the
   sections .weights.l3 and .weights.nvm; returns the id to wait for. `ext` is
   an address in the target's map. All three are multiples of 4. Transfers run
   one after the other, in the order of their starts; 8 at most are under way,
   and one more start waits for the oldest. One core drives the engine: another
   may take over after a meeting of both (barrier, se_cluster_run).
   Time of a transfer: 10 cycles and `bytes` / bytes_per_cycle of the memory.
   Cost on the FC: start 99 cycles, wait 21 if the copy has ended; start and
   wait of 64 bytes 175, 1 KB 1127, 16 KB 16499. On a cluster core, whose way to
   the registers is longer: 197, 37; 287, 1239, 16611. While it waits, a core
   polls. */
uint32_t se_ext_start(void *l2, const void *ext, uint32_t bytes);
/* Returns when the transfer has ended. An id may be waited for again; once
   eight more starts have used it anew, that waits for the later transfer. */
void se_ext_wait(uint32_t id);

/*===-- Counters --===*/

/* Clock cycles of this core's domain; counts while the core sleeps, too. */
static inline uint32_t se_cycles(void) {
  uint32_t cycles;
  __asm__ volatile("csrr %0, 0xB00" : "=r"(cycles));
  return cycles;
}

/* RI5CY event counters. */
enum {
  SE_COUNT_CYCLES = 0, /* awake */
  SE_COUNT_INSTRUCTIONS = 1,
  SE_COUNT_LOAD_STALLS = 2,
  SE_COUNT_ICACHE_MISS_CYCLES = 4,
  SE_COUNT_LOADS = 5,
  SE_COUNT_STORES = 6,
  SE_COUNT_JUMPS = 7,
  SE_COUNT_BRANCHES = 8,
  SE_COUNT_TAKEN = 9,
  SE_COUNT_COMPRESSED = 10
};

/* Zeroes the counters and counts the events of the bit mask from now on. */
static inline void se_counters_start(uint32_t events) {
  __asm__ volatile("csrw 0xCC1, zero\n\t"
                   "csrw 0x79F, zero\n\t"
                   "csrw 0xCC0, %0\n\t"
                   "csrw 0xCC1, %1"
                   :
                   : "r"(events), "r"(1));
}
static inline void se_counters_stop(void) {
  __asm__ volatile("csrw 0xCC1, zero");
}
/* `n` must be a constant. */
#define SE_COUNTER(n)                                                          \
  __extension__({                                                              \
    uint32_t se_count;                                                         \
    __asm__ volatile("csrr %0, 0x780 + %1" : "=r"(se_count) : "i"(n));         \
    se_count;                                                                  \
  })

/*===-- Text, on the console; any core --===*/

/* A core's text appears when its line is complete. */
void se_putc(char c);
void se_puts(const char *text); /* without a newline of its own */
void se_puthex(uint32_t value); /* 8 digits, no prefix */
void se_putdec(int32_t value);

/* Ends the program (the simulation) with a status. */
_Noreturn void se_exit(int status);

/*===-- Files of the host, by RISC-V semihosting; FC only --===*/

enum { SE_OPEN_READ = 1, SE_OPEN_WRITE = 5 };

/* A handle, or -1. On GVSoC a file that cannot be opened ends the program with
   a message. */
int32_t se_open(const char *name, int32_t mode);
/* Bytes read or written: fewer than asked at the end of the file or on an
   error. */
uint32_t se_read(int32_t file, void *data, uint32_t bytes);
uint32_t se_write(int32_t file, const void *data, uint32_t bytes);
/* Without a result: GVSoC reads the argument in its own way and fails. */
void se_close(int32_t file);
/* Text by semihosting instead of the console device. */
void se_host_puts(const char *text);

/*===-- What compilers call --===*/

void *memcpy(void *restrict dst, const void *restrict src, size_t bytes);
void *memmove(void *dst, const void *src, size_t bytes);
void *memset(void *dst, int value, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* SE_RUNTIME_H */
