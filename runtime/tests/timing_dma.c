// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of transfers, from the issue to the end of the wait.

#include "timing.h"

SE_L1 static uint8_t buffer[32768];
static uint8_t data[65536];

static uint32_t start_cycles, issue_cycles;

#define BEGIN()                                                                \
  TWICE {                                                                      \
    se_barrier();                                                              \
    start_cycles = se_cycles();
#define ISSUED() issue_cycles = se_cycles() - start_cycles;
#define END()                                                                  \
  cycles_of[se_core_id()] = se_cycles() - start_cycles;                        \
  }

static void to_l1(void *bytes) {
  BEGIN()
  se_dma_wait(se_dma_start(SE_DMA_TO_L1, buffer, data, (uint32_t)bytes));
  END()
}

static void to_l2(void *bytes) {
  BEGIN()
  se_dma_wait(se_dma_start(SE_DMA_TO_EXT, buffer, data, (uint32_t)bytes));
  END()
}

static void both_ways(void *bytes) {
  BEGIN()
  uint32_t in = se_dma_start(SE_DMA_TO_L1, buffer, data, (uint32_t)bytes);
  uint32_t out = se_dma_start(SE_DMA_TO_EXT, buffer + 16384, data + 32768,
                              (uint32_t)bytes);
  se_dma_wait(in);
  se_dma_wait(out);
  END()
}

static void queued(void *count) {
  uint32_t ids[8];
  BEGIN()
  for (uint32_t i = 0; i < (uint32_t)count; ++i)
    ids[i] =
        se_dma_start(SE_DMA_TO_L1, buffer + 1024 * i, data + 1024 * i, 1024);
  ISSUED()
  for (uint32_t i = 0; i < (uint32_t)count; ++i)
    se_dma_wait(ids[i]);
  END()
}

static void lines(void *line) {
  BEGIN()
  se_dma_wait(se_dma_start_2d(SE_DMA_TO_L1, buffer, data, 8192, (uint32_t)line,
                              2 * (uint32_t)line));
  END()
}

static void lines_out(void *line) {
  BEGIN()
  se_dma_wait(se_dma_start_2d(SE_DMA_TO_EXT, buffer, data, 8192, (uint32_t)line,
                              2 * (uint32_t)line));
  END()
}

static void each_core(void *bytes) {
  uint32_t core = se_core_id();
  TWICE {
    se_barrier();
    uint32_t start = se_cycles();
    se_dma_wait(se_dma_start(SE_DMA_TO_L1, buffer + 2048 * core,
                             data + 2048 * core, (uint32_t)bytes));
    cycles_of[core] = se_cycles() - start;
  }
}

static void sizes(const char *name, void (*kernel)(void *), uint32_t cores,
                  uint32_t first, uint32_t last) {
  for (uint32_t bytes = first; bytes <= last; bytes *= 4) {
    se_puts(name);
    se_putdec((int32_t)bytes);
    row(" B", measure(kernel, (void *)bytes, cores));
  }
}

int main(void) {
  sizes("DMA to L1, ", to_l1, 1, 64, 16384);
  sizes("DMA to L1, ", to_l1, 1, 8192, 32768);
  sizes("DMA to L2, ", to_l2, 1, 64, 16384);
  sizes("DMA to L2, ", to_l2, 1, 8192, 32768);
  sizes("DMA both ways, ", both_ways, 1, 512, 8192);
  row("8 x 1 KB queued", measure(queued, (void *)8, 1));
  row("8 x 1 KB queued, issue", issue_cycles);
  sizes("DMA 2D to L1, 8 KB in lines of ", lines, 1, 16, 1024);
  sizes("DMA 2D to L2, 8 KB in lines of ", lines_out, 1, 16, 1024);
  sizes("8 cores to L1, each ", each_core, 8, 64, 1024);
  return 0;
}
