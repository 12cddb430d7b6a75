// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of loads, stores and instruction fetches while the DMA engine copies,
// and of the copies meanwhile. With --l2-port they share the cluster's port.

#include "timing.h"

SE_L1 static uint8_t buffer[16384];
static uint8_t data[16384];
static volatile uint32_t words[2048];

SE_L1 static volatile uint32_t copied;

/* Core 0 copies 16 KB while all, or those after core 0, do something. */
#define WHILE_COPYING(name, text)                                              \
  static void name(void *args) {                                               \
    uint32_t core = se_core_id(), id = 0, count = (uint32_t)args;              \
    volatile uint32_t *own = words + 128 * core;                               \
    (void)own;                                                                 \
    TWICE {                                                                    \
      se_barrier();                                                            \
      uint32_t start = se_cycles();                                            \
      if (core == 0)                                                           \
        id = se_dma_start(SE_DMA_TO_L1, buffer, data, sizeof data);            \
      else                                                                     \
        for (uint32_t i = 0; i < count; ++i) {                                 \
          text;                                                                \
        }                                                                      \
      cycles_of[core] = se_cycles() - start;                                   \
      if (core == 0) {                                                         \
        se_dma_wait(id);                                                       \
        copied = se_cycles() - start;                                          \
      }                                                                        \
    }                                                                          \
  }

WHILE_COPYING(load, (void)own[i])
WHILE_COPYING(load_often, (void)own[i]; (void)own[i + 1]; (void)own[i + 2])
WHILE_COPYING(store, own[i] = i)

/* The second is more than the caches hold. */
CODE(code_1k, 255);
CODE(code_8k, 2047);

static void call(void (*code)(void)) {
  __asm__ volatile("jalr %0" : : "r"(code) : "ra", "t0", "memory");
}

WHILE_COPYING(fetch_1k, FLUSH_CLUSTER(); call(code_1k))
WHILE_COPYING(fetch_8k, call(code_8k))

static void rows(const char *name, void (*kernel)(void *), uint32_t count) {
  static const uint32_t numbers[] = {2, 8};
  for (int i = 0; i < 2; ++i) {
    uint32_t cores = numbers[i];
    uint32_t cycles = measure(kernel, (void *)count, cores);
    se_puts(name);
    row(cores == 2 ? ", 1 core" : ", 7 cores", cycles);
    se_puts(name);
    row(cores == 2 ? ", 1 core, copy" : ", 7 cores, copy", copied);
  }
}

int main(void) {
  rows("nothing", load, 0);
  rows("1 load", load, 1);
  rows("16 loads", load, 16);
  rows("48 loads, 3 a turn", load_often, 16);
  rows("16 stores", store, 16);
  rows("1 KB of code, cold", fetch_1k, 1);
  rows("8 KB of code, the second time", fetch_8k, 1);
  return 0;
}
