// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A product of a matrix and a vector, both in L1. -DFP16 or not; -DGROUP=4 or 8
// rows at a time.

#include "matvec.h"
#include "bench.h"

#define ROWS 64
#ifdef FP16
#define COLUMNS 256
#define LANES 2
typedef _Float16 number;
typedef float sum;
#define GROUP_OF(n) rows##n##_fp16
#else
#define COLUMNS 512
#define LANES 4
typedef int8_t number;
typedef int32_t sum;
#define GROUP_OF(n) rows##n##_int8
#endif
#define EXPANDED(n) GROUP_OF(n)
#define RUN_GROUP EXPANDED(GROUP)

SE_L1 static number weights[ROWS * COLUMNS], vector[COLUMNS];
SE_L1 static union {
  sum value;
  int32_t bits;
} sums[ROWS];
SE_L1 static volatile uint32_t cycles;

static void kernel(void *args) {
  uint32_t cores = (uint32_t)args, core = se_core_id();
  /* The second time with the code in the caches. */
#pragma clang loop unroll(disable)
  for (uint32_t i = 0; i < 2; ++i) {
    se_barrier();
    uint32_t start = se_cycles();
    for (uint32_t group = core; group < ROWS / GROUP; group += cores)
      RUN_GROUP(weights + group * GROUP * COLUMNS, vector, COLUMNS / LANES,
                &sums[group * GROUP].value);
    se_barrier();
    if (core == 0)
      cycles = se_cycles() - start;
  }
}

int main(void) {
  for (uint32_t row = 0; row < ROWS; ++row)
    for (uint32_t column = 0; column < COLUMNS; ++column)
      weights[interleaved(row, column, COLUMNS, GROUP, LANES)] =
          (number)next_number();
  for (uint32_t column = 0; column < COLUMNS; ++column)
    vector[column] = (number)next_number();
  for (uint32_t cores = 1; cores <= 8; cores *= 8) {
    for (uint32_t row = 0; row < ROWS; ++row)
      sums[row].bits = -1;
    se_cluster_run(kernel, (void *)cores, cores);
    print_cycles(cores, cycles);
    print_output(&sums[0].bits, ROWS);
  }
  return 0;
}
