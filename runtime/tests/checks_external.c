// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Faults between transfers of the external engine and of the cluster's DMA,
// which have no effect with this timing; the simulator's checks must see them
// nevertheless. -DKERNEL names the one to run.

#include "check.h"

static const uint32_t outside[128]
    __attribute__((section(".weights.l3"))) = {1, 2, 3};
SE_L1 static volatile uint32_t words[128];
static uint32_t slot[128];

static void pause(void) {
  for (uint32_t i = 0; i < 5000; ++i)
    __asm__ volatile("nop");
}

static uint32_t bring(void) {
  return se_ext_start(slot, outside, sizeof(slot));
}
static uint32_t copy(void) {
  return se_dma_start(SE_DMA_TO_L1, (void *)words, slot, sizeof(words));
}

void slot_read_before_wait(void) {
  uint32_t id = bring();
  pause();
  se_dma_wait(copy());
  se_ext_wait(id);
}

void slot_reused_before_wait(void) {
  se_ext_wait(bring());
  uint32_t id = copy();
  pause();
  se_ext_wait(bring());
  se_dma_wait(id);
}

static void run(void *args) {
  (void)args;
  if (se_core_id() == 0)
    KERNEL();
}

int main(void) {
  se_cluster_run(run, 0, 4);
  CHECK(words[1] == 2);
  return 0;
}
