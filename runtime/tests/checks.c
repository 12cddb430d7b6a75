// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs with one fault each, which has no effect with this timing; the
// simulator's checks must see it nevertheless. -DKERNEL names the one to run.

#include "check.h"

SE_L1 static volatile uint32_t words[128], others[128];
static uint32_t source[128], target[128];

static void pause(void) {
  for (uint32_t i = 0; i < 500; ++i)
    __asm__ volatile("nop");
}

static uint32_t start_in(void) {
  return se_dma_start(SE_DMA_TO_L1, (void *)words, source, sizeof(words));
}
static uint32_t start_out(void) {
  return se_dma_start(SE_DMA_TO_EXT, (void *)words, target, sizeof(words));
}

void missing_barrier(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  if (self == 1)
    words[16] = 7;
  if (self == 3) {
    pause();
    CHECK(words[16] == 7);
  }
}

void read_before_wait(void *args) {
  (void)args;
  if (se_core_id() != 0)
    return;
  uint32_t id = start_in();
  pause();
  CHECK(words[5] == 5);
  se_dma_wait(id);
}

/* Two transfers are under way, and the wait for the first is missing. */
void wait_for_another(void *args) {
  (void)args;
  if (se_core_id() != 0)
    return;
  start_in();
  se_dma_wait(
      se_dma_start(SE_DMA_TO_L1, (void *)others, source, sizeof(others)));
  CHECK(words[5] == 5);
}

void wait_without_barrier(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  if (self == 0)
    se_dma_wait(start_in());
  if (self == 2) {
    pause();
    CHECK(words[5] == 5);
  }
}

void transfer_into_used_buffer(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  if (self == 2)
    CHECK(words[5] == 0);
  if (self == 0) {
    pause();
    se_dma_wait(start_in());
  }
}

void transfer_out_of_written_buffer(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  if (self == 2)
    words[5] = 9;
  if (self == 0) {
    pause();
    se_dma_wait(start_out());
    CHECK(target[5] == 9);
  }
}

void write_before_wait(void *args) {
  (void)args;
  if (se_core_id() != 0)
    return;
  uint32_t id = start_out();
  pause();
  words[5] = 9;
  se_dma_wait(id);
  CHECK(target[5] == 0);
}

/* Below what the stack has ever held. */
void uninitialised_l1(void *args) {
  (void)args;
  uint32_t sp;
  __asm__ volatile("mv %0, sp" : "=r"(sp));
  if (se_core_id() == 0)
    (void)*(volatile uint32_t *)(sp - 512);
}

/* Between the program and the stack of the fabric controller. */
#define NEVER_WRITTEN 0x1c100000

void uninitialised_l2(void *args) {
  (void)args;
  if (se_core_id() == 1)
    (void)*(volatile uint8_t *)(NEVER_WRITTEN + 3);
}

void uninitialised_copy(void *args) {
  (void)args;
  if (se_core_id() != 0)
    return;
  se_dma_wait(se_dma_start(SE_DMA_TO_L1, (void *)words, (void *)NEVER_WRITTEN,
                           sizeof(words)));
  (void)words[1];
}

int main(void) {
  for (uint32_t i = 0; i < 128; ++i)
    source[i] = i;
  se_cluster_run(KERNEL, 0, 4);
  se_puts("nothing seen\n");
  return 0;
}
