// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycle counters go on in sleep; RI5CY counters count a known loop.

#include "check.h"

static volatile uint32_t awake, slept, instructions, loads;
SE_L1 static volatile uint32_t word;

static void kernel(void *args) {
  (void)args;
  if (se_core_id() == 1) {
    for (volatile uint32_t i = 0; i < 500; ++i)
      ;
    se_barrier();
    return;
  }
  uint32_t start = se_cycles();
  se_counters_start(~0u);
  se_barrier();
  se_counters_stop();
  slept = se_cycles() - start;
  awake = SE_COUNTER(SE_COUNT_CYCLES);
  se_counters_start(~0u);
  __asm__ volatile("li t0, 100\n1:\n\tlw t1, 0(%0)\n\taddi t0, t0, -1\n\t"
                   "bnez t0, 1b"
                   :
                   : "r"(&word)
                   : "t0", "t1", "memory");
  se_counters_stop();
  instructions = SE_COUNTER(SE_COUNT_INSTRUCTIONS);
  loads = SE_COUNTER(SE_COUNT_LOADS);
}

int main(void) {
  uint32_t start = se_cycles();
  se_cluster_run(kernel, 0, 2);
  uint32_t total = se_cycles() - start;
  print("slept ", slept);
  print("awake ", awake);
  print("instructions ", instructions);
  print("loads ", loads);
  CHECK(slept > 1000 && slept < total);
  CHECK(awake < slept / 2);
  CHECK(instructions >= 301 && instructions < 310);
  CHECK(loads == 100);
  return 0;
}
