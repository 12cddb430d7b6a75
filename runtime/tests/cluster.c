// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fork and join with 1 to 8 cores in changing order, barriers within.

#include "check.h"

#define ROUNDS 20

struct args {
  uint32_t cores;
  uint32_t runs;
};

/* One word per core, so that no two cores write the same. */
SE_L1 static volatile uint32_t counts[8];
SE_L1 static volatile uint32_t stacks[8];
static volatile uint32_t wrong;

static void count(void *data) {
  struct args *args = data;
  uint32_t self = se_core_id();
  volatile uint32_t local = 0;
  stacks[self] = (uint32_t)&local;
  if (self >= args->cores)
    wrong = 1;
  for (uint32_t round = 0; round < ROUNDS; ++round) {
    counts[self]++;
    /* Cores arrive in another order each time. */
    for (uint32_t i = 0; i < ((self + round) & 7) * 5; ++i)
      ++local;
    se_barrier();
    for (uint32_t core = 0; core < args->cores; ++core)
      if (counts[core] != counts[self])
        wrong = 2;
    se_barrier();
  }
}

static void tag(void *data) { counts[se_core_id()] = (uint32_t)data; }

int main(void) {
  static const uint8_t order[] = {8, 1, 2, 8, 3, 3, 4, 1, 1, 5,
                                  6, 7, 8, 2, 7, 1, 8, 8, 4, 1};
  static struct args args;
  for (uint32_t i = 0; i < sizeof(order); ++i) {
    args.cores = order[i];
    for (uint32_t core = 0; core < 8; ++core)
      counts[core] = 0;
    se_cluster_run(count, &args, args.cores);
    CHECK(wrong == 0);
    for (uint32_t core = 0; core < 8; ++core)
      CHECK(counts[core] == (core < args.cores ? ROUNDS : 0));
  }
  for (uint32_t core = 0; core < 8; ++core) {
    CHECK(stacks[core] >> 16 == 0x1000);
    CHECK(!core || stacks[core] - stacks[core - 1] == 1024);
  }
  /* Many short runs: no start is lost, none happens twice. */
  for (uint32_t i = 1; i < 200; ++i) {
    se_cluster_run(tag, (void *)i, 1 + i % 8);
    for (uint32_t core = 0; core < 1 + i % 8; ++core)
      CHECK(counts[core] == i);
  }
  print("cluster: ok ", sizeof(order));
  return 0;
}
