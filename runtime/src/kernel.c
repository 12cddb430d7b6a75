// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What generated kernels call, as functions with a symbol.

#include "se/runtime.h"

uint32_t se_kernel_core_id(void) { return se_core_id(); }

void se_kernel_barrier(void) { se_barrier(); }

/* control[0]: whether the first tiles were started; control[1 + slot]: the DMA
   id under way for the slot, plus one. Only core 0 touches it. */
static void start_tile(uint8_t *ring, uint32_t *control, const uint8_t *data,
                       const uint32_t *table, uint32_t tile, uint32_t slots,
                       uint32_t slot_bytes) {
  uint32_t slot = tile % slots, begin = table[tile];
  uint32_t bytes = table[tile + 1] - begin;
  if (bytes)
    control[1 + slot] = 1 + se_dma_start(SE_DMA_TO_L1, ring + slot * slot_bytes,
                                         (void *)(data + begin), bytes);
}

void se_kernel_next_tile(uint32_t tile, const uint8_t *data,
                         const uint32_t *table, uint8_t *ring,
                         uint32_t *control, uint32_t tiles, uint32_t slots,
                         uint32_t slot_bytes) {
  uint32_t core = se_core_id();
  if (core == 0) {
    uint32_t *pending = &control[1 + tile % slots];
    if (!control[0]) {
      control[0] = 1;
      for (uint32_t t = 0; t == 0 || t + 1 < slots; ++t)
        start_tile(ring, control, data, table, t, slots, slot_bytes);
    }
    if (*pending) {
      se_dma_wait(*pending - 1);
      *pending = 0;
    }
  }
  se_barrier();
  if (core == 0 && slots > 1) {
    uint32_t ahead = tile + slots - 1;
    if (ahead >= tiles)
      ahead -= tiles;
    start_tile(ring, control, data, table, ahead, slots, slot_bytes);
  }
}
