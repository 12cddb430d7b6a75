// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures what the runtime's calls cost; the figures in se/runtime.h are the
// output of this program on GVSoC.

#include "check.h"

static volatile uint32_t result[4];
SE_L1 static uint8_t buffer[32768];
static uint8_t data[32768];

static void nothing(void *args) { (void)args; }

static void barriers(void *args) {
  (void)args;
  uint32_t start = 0;
  for (int warm = 0; warm < 2; ++warm) {
    start = se_cycles();
    for (int i = 0; i < 10; ++i) {
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
      se_barrier();
    }
  }
  if (se_core_id() == 0)
    result[0] = se_cycles() - start;
}

static void copy(void *args) {
  uint32_t bytes = (uint32_t)args;
  uint32_t start = 0, issued = 0;
  for (int warm = 0; warm < 2; ++warm) {
    start = se_cycles();
    uint32_t id = se_dma_start(SE_DMA_TO_L1, buffer, data, bytes);
    issued = se_cycles();
    se_dma_wait(id);
  }
  result[0] = se_cycles() - start;
  result[1] = issued - start;
  start = se_cycles();
  uint32_t id = se_dma_start(SE_DMA_TO_L1, buffer, data, 64);
  for (volatile int i = 0; i < 50; ++i)
    ;
  start = se_cycles();
  se_dma_wait(id);
  result[2] = se_cycles() - start;
}

int main(void) {
  uint32_t start = se_cycles();
  se_cluster_run(nothing, 0, 8);
  print("first run, 8 cores: ", se_cycles() - start);
  for (uint32_t cores = 1; cores <= 8; ++cores) {
    uint32_t cycles = 0;
    for (int warm = 0; warm < 4; ++warm) {
      start = se_cycles();
      se_cluster_run(nothing, 0, cores);
      cycles = se_cycles() - start;
    }
    se_puts("empty run, cores ");
    se_putdec((int32_t)cores);
    print(": ", cycles);
  }
  se_cluster_run(nothing, 0, 8);
  start = se_cycles();
  se_cluster_run(nothing, (void *)1, 8);
  print("empty run, other arguments: ", se_cycles() - start);
  start = se_cycles();
  se_cluster_run(barriers, 0, 8);
  print("100 barriers, 8 cores: ", result[0]);
  for (uint32_t bytes = 64; bytes <= sizeof(buffer); bytes *= 8) {
    se_cluster_run(copy, (void *)bytes, 1);
    se_puts("dma start and wait, ");
    se_putdec((int32_t)bytes);
    print(" bytes: ", result[0]);
    print("  of which start: ", result[1]);
    print("  wait for one that has ended: ", result[2]);
  }
  return 0;
}
