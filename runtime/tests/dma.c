// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DMA copies in both directions, 1D and 2D, by several cores at once and of
// odd sizes.

#include "check.h"

#define SIZE 16384
#define LARGE (160 * 1024)

static uint8_t source[LARGE];
static uint8_t result[LARGE];
SE_L1 static uint8_t buffer[SIZE + 64];
static volatile uint32_t wrong;

#define EXPECT(condition, code)                                                \
  if (!(condition))                                                            \
  wrong = code

static void one_core(void *args) {
  (void)args;
  static const uint16_t sizes[] = {1, 4, 7, 64, 100, 1023, 4096, 16384};
  for (uint32_t s = 0; s < sizeof(sizes) / 2; ++s) {
    uint32_t bytes = sizes[s];
    memset(buffer, 0xee, bytes + 8);
    se_dma_wait(se_dma_start(SE_DMA_TO_L1, buffer, source + 64, bytes));
    for (uint32_t i = 0; i < bytes; ++i)
      EXPECT(buffer[i] == source[64 + i], 1);
    EXPECT(buffer[bytes] == 0xee, 2);
    result[bytes] = 0xdd;
    se_dma_wait(se_dma_start(SE_DMA_TO_EXT, buffer, result, bytes));
    for (uint32_t i = 0; i < bytes; ++i)
      EXPECT(result[i] == source[64 + i], 3);
    EXPECT(result[bytes] == 0xdd, 4);
  }
  /* 16 lines of 48 bytes, 200 bytes apart. */
  se_dma_wait(se_dma_start_2d(SE_DMA_TO_L1, buffer, source, 16 * 48, 48, 200));
  for (uint32_t i = 0; i < 16 * 48; ++i)
    EXPECT(buffer[i] == source[i / 48 * 200 + i % 48], 5);
  memset(result, 0, 4096);
  se_dma_wait(se_dma_start_2d(SE_DMA_TO_EXT, buffer, result, 16 * 48, 48, 200));
  for (uint32_t i = 0; i < 16 * 200; ++i)
    EXPECT(result[i] == (i % 200 < 48 ? source[i] : 0), 6);
  /* Nothing to copy. */
  se_dma_wait(se_dma_start(SE_DMA_TO_L1, buffer, source, 0));
  /* All ids at once, waited for in another order. */
  uint32_t ids[16];
  for (uint32_t i = 0; i < 16; ++i)
    ids[i] =
        se_dma_start(SE_DMA_TO_L1, buffer + 256 * i, source + 512 * i, 256);
  for (uint32_t i = 0; i < 16; ++i)
    se_dma_wait(ids[i * 7 % 16]);
  for (uint32_t i = 0; i < 16 * 256; ++i)
    EXPECT(buffer[i] == source[i / 256 * 512 + i % 256], 7);
}

/* Each core streams its own part through two buffers; barriers between. */
static void all_cores(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  uint8_t *own = buffer + 2048 * self;
  uint32_t id = se_dma_start(SE_DMA_TO_L1, own, source + 8192 * self, 1024);
  for (uint32_t tile = 0; tile < 8; ++tile) {
    uint8_t *now = own + tile % 2 * 1024;
    se_dma_wait(id);
    if (tile < 7)
      id = se_dma_start(SE_DMA_TO_L1, own + (tile + 1) % 2 * 1024,
                        source + 8192 * self + 1024 * (tile + 1), 1024);
    if (tile % 2)
      se_barrier();
    for (uint32_t i = 0; i < 1024; i += 4)
      EXPECT(*(uint32_t *)(now + i) ==
                 *(uint32_t *)(source + 8192 * self + 1024 * tile + i),
             8);
  }
}

/* Lines that lie far apart. */
static void far_lines(void *args) {
  (void)args;
  se_dma_wait(se_dma_start_2d(SE_DMA_TO_L1, buffer, source, SIZE, 4096, 32768));
  for (uint32_t i = 0; i < SIZE; ++i)
    EXPECT(buffer[i] == source[i / 4096 * 32768 + i % 4096], 9);
}

int main(void) {
  uint32_t state = 1;
  for (uint32_t i = 0; i < LARGE; ++i) {
    state = state * 1664525 + 1013904223;
    source[i] = (uint8_t)(state >> 24);
  }
  se_cluster_run(one_core, 0, 1);
  CHECK(wrong == 0);
  se_cluster_run(all_cores, 0, 8);
  CHECK(wrong == 0);
  se_cluster_run(far_lines, 0, 1);
  CHECK(wrong == 0);
  se_puts("dma: ok\n");
  return 0;
}
