// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the programs share. Each prints lines that run.py reads:
//   cycles CORES N       of one step, from a barrier to a barrier
//   output V0 V1 ...     results of the last step, as numbers or bits

#ifndef BENCH_H
#define BENCH_H

#include "se/runtime.h"

/* The numbers of all inputs; run.py makes the same. */
static uint32_t random_state = 1;
static inline int8_t next_number(void) {
  random_state = random_state * 1664525 + 1013904223;
  return (int8_t)(random_state >> 24);
}

static inline void print_cycles(uint32_t cores, uint32_t cycles) {
  se_puts("cycles ");
  se_putdec((int32_t)cores);
  se_putc(' ');
  se_putdec((int32_t)cycles);
  se_putc('\n');
}

static inline void print_output(const int32_t *values, uint32_t count) {
  /* The console takes lines of 1023 characters. */
  for (uint32_t i = 0; i < count; ++i) {
    if (i % 32 == 0)
      se_puts(i ? "\noutput" : "output");
    se_putc(' ');
    se_putdec(values[i]);
  }
  se_putc('\n');
}

#endif
