// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ways in which cores may share L1, all of them right: the simulator's
// checks must keep silent.

#include "check.h"

#define TILE 64
#define TILES 12
#define CORES 4

SE_L1 static volatile uint8_t bytes[CORES * 3];
SE_L1 static volatile uint32_t buffers[2][TILE];
SE_L1 static volatile uint32_t sums[CORES];
SE_L1 static volatile uint32_t counter, lock;
static uint32_t source[TILE * TILES], target[CORES];

/* Each core writes three bytes, so most words have two owners. */
static void neighbours(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  for (uint32_t lap = 0; lap < 10; ++lap)
    for (uint32_t i = 0; i < 3; ++i)
      bytes[3 * self + i] = bytes[3 * self + i] + 1;
  se_barrier();
  for (uint32_t i = 0; i < 3 * CORES; ++i)
    CHECK(bytes[i] == 10);
}

/* Core 0 fetches a tile while all add up the one before. */
static void double_buffering(void *args) {
  (void)args;
  uint32_t self = se_core_id(), id = 0, sum = 0;
  if (self == 0)
    id = se_dma_start(SE_DMA_TO_L1, (void *)buffers[0], source, 4 * TILE);
  for (uint32_t tile = 0; tile < TILES; ++tile) {
    if (self == 0)
      se_dma_wait(id);
    se_barrier();
    if (self == 0 && tile + 1 < TILES)
      id = se_dma_start(SE_DMA_TO_L1, (void *)buffers[(tile + 1) % 2],
                        source + TILE * (tile + 1), 4 * TILE);
    for (uint32_t i = self; i < TILE; i += CORES)
      sum += buffers[tile % 2][i];
  }
  sums[self] = sum;
  se_barrier();
  if (self == 1)
    se_dma_wait(
        se_dma_start(SE_DMA_TO_EXT, (void *)sums, target, sizeof(sums)));
}

/* Core 1 writes when core 2 says so, and core 2 reads when core 1 says so. */
static void events(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  for (uint32_t i = 0; i < 10; ++i) {
    if (self == 1) {
      counter = i;
      se_event_raise(4, 1 << 2);
      se_event_wait(1 << 5);
    } else if (self == 2) {
      se_event_wait(1 << 4);
      CHECK(counter == i);
      se_event_raise(5, 1 << 1);
    }
  }
}

/* The event unit's mutex 0, which wakes with event 17. */
static void mutex(void *args) {
  (void)args;
  volatile uint32_t *mask = (volatile uint32_t *)(SE_EU + SE_EU_MASK);
  volatile uint32_t *unlock = (volatile uint32_t *)(SE_EU + 0xC0);
  if (se_core_id() == 0)
    counter = 0;
  se_barrier();
  *mask = 1 << 17;
  for (uint32_t i = 0; i < 20; ++i) {
    SE_EVENT_LOAD(SE_EU, 0xC0);
    counter = counter + 1;
    *unlock = 0;
  }
  *mask = SE_EVENTS_WORKER;
  se_barrier();
  CHECK(counter == 20 * CORES);
}

/* A spin lock: reading it in the alias of L1 at +1 MB also sets it. */
static void test_and_set(void *args) {
  (void)args;
  volatile uint32_t *alias = (volatile uint32_t *)((uint32_t)&lock + 0x100000);
  for (uint32_t i = 0; i < 20; ++i) {
    while (*alias)
      ;
    counter = counter + 1;
    lock = 0;
  }
  se_barrier();
  CHECK(counter == 40 * CORES);
}

int main(void) {
  uint32_t sum = 0, expected = 0;
  for (uint32_t i = 0; i < TILE * TILES; ++i)
    expected += source[i] = i * i;
  se_cluster_run(neighbours, 0, CORES);
  se_cluster_run(double_buffering, 0, CORES);
  for (uint32_t i = 0; i < CORES; ++i)
    sum += target[i];
  CHECK(sum == expected);
  /* The fabric controller looks into L1 as well. */
  CHECK(sums[0] == target[0]);
  sums[0] = 0;
  se_cluster_run(events, 0, CORES);
  se_cluster_run(mutex, 0, CORES);
  se_cluster_run(test_and_set, 0, CORES);
  CHECK(counter == 40 * CORES);
  se_puts("handover: ok\n");
  return 0;
}
