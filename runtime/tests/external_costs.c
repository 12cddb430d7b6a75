// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver of the transfer engine on HyperRAM, which pulp-open has on GVSoC,
// and what its calls cost; the figures in se/runtime.h are the output on GVSoC.
// HyperRAM cannot be loaded from outside, so the program writes it first.

#include "check.h"

#define BYTES 16384

/* Of runtime/tests/pulp-open-hyper.json. */
#define RAM ((const uint8_t *)0x80000000)
#define FLASH ((const uint8_t *)0x90000000)

static uint8_t source[BYTES] __attribute__((aligned(4)));
static uint8_t result[BYTES] __attribute__((aligned(4)));
static volatile uint32_t starting, waiting, total, wrong;

/* Registers of a write, which the driver has no use for. */
static void write_ram(uint32_t offset, const void *data, uint32_t bytes) {
  volatile uint32_t *reg = (volatile uint32_t *)SE_EXT;
  *(volatile uint32_t *)SE_UDMA_CLOCKS = SE_UDMA_EXT_CLOCKS;
  *(volatile uint32_t *)(SE_EXT + SE_EXT_PAGE_BOUND) = 4;
  *(volatile uint32_t *)(SE_EXT + SE_EXT_SELECT) = 0;
  reg[SE_EXT_ADDRESS / 4] = offset;
  reg[SE_EXT_COMMAND / 4] = 1;
  reg[0x0C / 4] = (uint32_t)data;
  reg[0x10 / 4] = bytes;
  reg[0x14 / 4] = 0x14;
  se_ext_wait(0);
}

static void measure(void *args) {
  uint32_t bytes = (uint32_t)args;
  for (int warm = 0; warm < 3; ++warm) {
    uint32_t start = se_cycles();
    uint32_t id = se_ext_start(result, RAM + 4096, bytes);
    uint32_t started = se_cycles();
    se_ext_wait(id);
    total = se_cycles() - start;
    starting = started - start;
    start = se_cycles();
    se_ext_wait(id);
    waiting = se_cycles() - start;
  }
  for (uint32_t i = 0; i < bytes; ++i)
    wrong += result[i] != source[i];
}

static void show(const char *where, uint32_t bytes) {
  se_puts(where);
  se_putdec((int32_t)bytes);
  print(" bytes: start and wait ", total);
  print("  of which start: ", starting);
  print("  wait for one that has ended: ", waiting);
  CHECK(wrong == 0);
  CHECK(total >= bytes && total < bytes + 300);
}

/* Ten transfers, of which the ninth start has to wait; every fourth from the
   other memory, whose content is not known. */
static void queue(void *args) {
  (void)args;
  memset(result, 0, BYTES);
  uint32_t ids[10], start = se_cycles();
  for (uint32_t i = 0; i < 10; ++i)
    ids[i] = se_ext_start(result + 1024 * i,
                          (i % 4 == 3 ? FLASH : RAM + 4096) + 1024 * i, 1024);
  uint32_t started = se_cycles() - start;
  for (uint32_t i = 0; i < 10; ++i) {
    se_ext_wait(ids[i]);
    for (uint32_t j = 1024 * i; i % 4 != 3 && j < 1024 * (i + 1); ++j)
      wrong += result[j] != source[j];
  }
  for (uint32_t i = 0; i < 10; ++i)
    wrong += ids[i] != (ids[0] + i) % 8;
  wrong += started < 2 * 1024 || started > 4 * 1024;
}

int main(void) {
  uint32_t state = 1;
  for (uint32_t i = 0; i < BYTES; ++i) {
    state = state * 1664525 + 1013904223;
    source[i] = (uint8_t)(state >> 24);
  }
  write_ram(4096, source, BYTES);
  for (uint32_t bytes = 64; bytes <= BYTES; bytes *= 16) {
    measure((void *)bytes);
    show("fc, ", bytes);
    se_cluster_run(measure, (void *)bytes, 1);
    show("core, ", bytes);
  }
  queue(0);
  CHECK(wrong == 0);
  se_cluster_run(queue, 0, 1);
  CHECK(wrong == 0);
  /* Nothing to copy. */
  se_ext_wait(se_ext_start(result, RAM, 0));
  se_puts("external costs: ok\n");
  return 0;
}
