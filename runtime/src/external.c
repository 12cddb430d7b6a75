// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Driver of the engine between external memories and L2. Ids go round, so the
// one that is next is the oldest. Registers are slow, from a cluster core above
// all, so what seldom changes is written only when it does.

#include "se/runtime.h"

/* Absolute symbols of the linker script. */
extern const uint8_t __se_ext_ram[], __se_ext_ram_size[], __se_ext_nvm[];

#define CONTROL_START 0x14u /* enabled, 32 bits wide */
#define COMMAND_READ 5u     /* linear burst, read */
#define PAGE_BOUND_NONE 4u

/* Not a memory: the registers are not set up yet. */
#define SELECT_UNKNOWN 2u

/* One word, which is one access to L2: the next id, and the memory selected
   above it. */
static uint32_t state = SELECT_UNKNOWN << 8;

static inline volatile uint32_t *reg(uint32_t id, uint32_t offset) {
  return (volatile uint32_t *)(SE_EXT + id * SE_EXT_BLOCK + offset);
}

__attribute__((noinline)) SE_CLUSTER_CODE static void set_up(void) {
  *(volatile uint32_t *)SE_UDMA_CLOCKS |= SE_UDMA_EXT_CLOCKS;
  *reg(0, SE_EXT_PAGE_BOUND) = PAGE_BOUND_NONE;
  for (uint32_t id = 0; id < SE_EXT_IDS; ++id)
    *reg(id, SE_EXT_COMMAND) = COMMAND_READ;
}

SE_CLUSTER_CODE uint32_t se_ext_start(void *l2, const void *ext,
                                      uint32_t bytes) {
  uint32_t id = state & 0xff, selected = state >> 8;
  uint32_t offset = (uint32_t)ext - (uint32_t)__se_ext_ram, memory = 0;
  if (offset >= (uint32_t)__se_ext_ram_size) {
    offset = (uint32_t)ext - (uint32_t)__se_ext_nvm;
    memory = 1;
  }
  if (__builtin_expect(memory != selected, 0)) {
    if (selected == SELECT_UNKNOWN)
      set_up();
    /* Transfers that were started keep their memory. */
    *reg(0, SE_EXT_SELECT) = memory;
  }
  state = (id + 1) % SE_EXT_IDS | memory << 8;
  se_ext_wait(id);
  if (bytes == 0)
    return id;
  *reg(id, SE_EXT_ADDRESS) = offset;
  *reg(id, SE_EXT_READ_ADDRESS) = (uint32_t)l2;
  *reg(id, SE_EXT_READ_SIZE) = bytes;
  *reg(id, SE_EXT_READ_CONTROL) = CONTROL_START;
  return id;
}

SE_CLUSTER_CODE void se_ext_wait(uint32_t id) {
  while (*reg(id, SE_EXT_STATUS) & 1)
    ;
  __asm__ volatile("" ::: "memory");
}
