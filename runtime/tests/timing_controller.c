// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ninth core of the cluster, its controller: barriers of nine, its own DMA
// port and event unit, its share of an FPU.

#include "check.h"
#include "timing.h"

#define CORES 9
#define CONTROLLER 8
#define ROUNDS 10
#define BYTES 4096

SE_L1 static volatile uint32_t counts[CORES];
SE_L1 static uint8_t buffer[BYTES];
static uint8_t source[BYTES];
static volatile uint32_t wrong;

static void nothing(void *args) { (void)args; }

static void meet(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  uint32_t start = se_cycles();
  for (uint32_t round = 1; round <= ROUNDS; ++round) {
    counts[self] = round;
    for (volatile uint32_t i = 0; i < (self * 5 + round) % CORES; ++i)
      ;
    se_barrier();
    for (uint32_t core = 0; core < CORES; ++core)
      if (counts[core] != round)
        wrong = 1;
    se_barrier();
  }
  cycles_of[self] = se_cycles() - start;
}

/* The controller fetches, the others wait at the barrier. */
static void fetch(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  TWICE {
    se_barrier();
    uint32_t start = se_cycles();
    if (self == CONTROLLER)
      se_dma_wait(se_dma_start(SE_DMA_TO_L1, buffer, source, BYTES));
    se_barrier();
    cycles_of[self] = se_cycles() - start;
  }
  for (uint32_t i = self; i < BYTES; i += CORES)
    if (buffer[i] != (uint8_t)(i * 7))
      wrong = 2;
}

/* The controller wakes each core by an event, and each answers. */
static void signals(void *args) {
  (void)args;
  uint32_t self = se_core_id();
  uint32_t start = se_cycles();
  if (self != CONTROLLER) {
    se_event_wait(1u << 2);
    se_event_raise(3, 1u << CONTROLLER);
  } else {
    for (uint32_t core = 0; core < CONTROLLER; ++core) {
      se_event_raise(2, 1u << core);
      se_event_wait(1u << 3);
    }
  }
  cycles_of[self] = se_cycles() - start;
}

MEASURED(products, "li a7, 0x3c003c00\n",
         ".rept 32\n.insn r 0x33, 2, 0x48, t0, a7, a7\n.endr\n")

int main(void) {
  for (uint32_t i = 0; i < BYTES; ++i)
    source[i] = (uint8_t)(i * 7);
  se_cluster_run(nothing, 0, 8);
  /* The runtime started eight. */
  extern char se_cluster_entry[];
  *(volatile uint32_t *)(SE_CLUSTER_CTRL + SE_CLUSTER_BOOT_ADDR +
                         4 * CONTROLLER) = (uint32_t)se_cluster_entry;
  *(volatile uint32_t *)(SE_CLUSTER_CTRL + SE_CLUSTER_FETCH_ENABLE) =
      (1u << CORES) - 1;

  uint32_t cycles = measure(meet, 0, CORES);
  CHECK(wrong == 0);
  for (uint32_t core = 0; core < CORES; ++core)
    CHECK(counts[core] == ROUNDS);
  row("20 barriers of 9 cores", cycles);
  cycles = measure(fetch, 0, CORES);
  CHECK(wrong == 0);
  row("4 KB by the controller, to the end of the barrier", cycles);
  row("signals to 8 cores and back", measure(signals, 0, CORES));
  measure(products, 0, CORES);
  for (uint32_t core = 0; core < CORES; core += 4) {
    se_puts("vfmac.h x 32 on all, core ");
    se_putdec((int32_t)core);
    row("", cycles_of[core]);
  }
  return 0;
}
