// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the timing programs share. Each prints lines "row: cycles", which
// compare-timing.py compares between the simulator and GVSoC.

#ifndef TIMING_H
#define TIMING_H

#include "se/runtime.h"

/* Where each core leaves its measured cycles. */
SE_L1 static volatile uint32_t cycles_of[9];

static inline void row(const char *name, uint32_t cycles) {
  se_puts(name);
  se_puts(": ");
  se_putdec((int32_t)cycles);
  se_putc('\n');
}

/* The slowest of the cores that took part. */
static inline uint32_t slowest(uint32_t cores) {
  uint32_t result = 0;
  for (uint32_t i = 0; i < cores; ++i)
    if (cycles_of[i] > result)
      result = cycles_of[i];
  return result;
}

/* Not unrolled, so that the second time finds the code in the caches. */
#define TWICE                                                                  \
  _Pragma("clang loop unroll(disable)") for (int warm = 0; warm < 2; ++warm)

/* A kernel that runs `setup` and measures the asm text: first once to fill the
   caches, then after a barrier. The text may use all t registers; a2 to a7
   hold what `setup` puts there. */
#define MEASURED(name, setup, text)                                            \
  static void name(void *args) {                                               \
    register uint32_t arg __asm__("a0") = (uint32_t)args;                      \
    register uint32_t start __asm__("s2") = 0;                                 \
    register uint32_t end __asm__("s3") = 0;                                   \
    TWICE {                                                                    \
      se_barrier();                                                            \
      __asm__ volatile(".option push\n.option norvc\n" setup                   \
                       "\n.p2align 4\ncsrr %1, 0xB00\n" text                   \
                       "\ncsrr %2, 0xB00\n.option pop"                         \
                       : "+r"(arg), "=r"(start), "=r"(end)                     \
                       :                                                       \
                       : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", \
                         "a3", "a4", "a5", "a6", "a7", "memory");              \
    }                                                                          \
    cycles_of[se_core_id()] = end - start - 1;                                 \
  }

/* A function of so many long instructions, in lines of its own. */
#define CODE(name, instructions)                                               \
  void name(void);                                                             \
  __asm__(".section .text.cluster." #name ",\"ax\",@progbits\n"                \
          ".p2align 6\n.option push\n.option norvc\n" #name ":\n"              \
          ".rept " #instructions "\naddi t0, t0, 1\n.endr\nret\n"              \
          ".option pop\n.text\n")

#define FLUSH_CLUSTER() (*(volatile uint32_t *)(SE_CLUSTER_ICACHE + 4) = 1)

static inline uint32_t measure(void (*kernel)(void *), void *args,
                               uint32_t cores) {
  se_cluster_run(kernel, args, cores);
  return slowest(cores);
}

#endif
