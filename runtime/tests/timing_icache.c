// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of code of several sizes: from cold caches, again, and by many cores.

#include "timing.h"

CODE(code_256, 63);
CODE(code_512, 127);
CODE(code_1k, 255);
CODE(code_2k, 511);
CODE(code_4k, 1023);
CODE(code_8k, 2047);

/* Short instructions, so the last of a line reaches into the next. */
void code_short(void);
__asm__(".section .text.cluster.code_short,\"ax\",@progbits\n"
        ".p2align 6\ncode_short:\n"
        ".rept 255\nc.addi t0, 1\n.endr\nret\n.text\n");

/* Two lines, far apart, visited in turn. */
void code_far(void);
__asm__(".section .text.cluster.code_far,\"ax\",@progbits\n"
        ".p2align 10\n.option push\n.option norvc\n"
        "code_far:\nli t1, 100\n1: addi t0, t0, 1\nj 2f\n"
        ".skip 2032\n2: addi t1, t1, -1\nbnez t1, 1b\nret\n"
        ".option pop\n.text\n");

static uint32_t call(void (*code)(void)) {
  uint32_t start, end;
  __asm__ volatile(".p2align 4\n\tcsrr %0, 0xB00\n\tjalr %2\n\tcsrr %1, 0xB00"
                   : "=&r"(start), "=r"(end)
                   : "r"(code)
                   : "ra", "t0", "t1", "memory");
  return end - start;
}

#define FLUSH_FC() (*(volatile uint32_t *)(SE_FC_ICACHE + 4) = 1)
#define ENABLE_CLUSTER(on) (*(volatile uint32_t *)SE_CLUSTER_ICACHE = (on))

SE_L1 static volatile uint32_t runs[9][3];
SE_L1 static volatile uint32_t misses;

static void repeat(void *args) {
  uint32_t core = se_core_id();
  for (int i = 0; i < 3; ++i) {
    se_barrier();
    runs[core][i] = call((void (*)(void))args);
  }
}

static void count(void *args) {
  call((void (*)(void))args);
  se_counters_start(1u << SE_COUNT_ICACHE_MISS_CYCLES);
  call((void (*)(void))args);
  se_counters_stop();
  misses = SE_COUNTER(SE_COUNT_ICACHE_MISS_CYCLES);
}

static void report(const char *who, const char *name, uint32_t core,
                   uint32_t run) {
  se_puts(who);
  se_puts(name);
  row(run == 0   ? ", cold"
      : run == 1 ? ", second time"
                 : ", third time",
      runs[core][run]);
}

static uint32_t fc_runs[3];

static void on_fc(const char *who, const char *name, void (*code)(void)) {
  FLUSH_FC();
  for (int i = 0; i < 3; ++i)
    fc_runs[i] = call(code);
  for (int i = 0; i < 3; ++i)
    runs[8][i] = fc_runs[i];
  for (uint32_t i = 0; i < 3; ++i)
    report(who, name, 8, i);
}

static void on_cluster(const char *who, const char *name, void (*code)(void),
                       uint32_t cores) {
  FLUSH_CLUSTER();
  se_cluster_run(repeat, (void *)code, cores);
  for (uint32_t i = 0; i < 3; ++i) {
    uint32_t worst = 0;
    for (uint32_t core = 1; core < cores; ++core)
      if (runs[core][i] > runs[worst][i])
        worst = core;
    report(who, name, worst, i);
  }
}

int main(void) {
  static const struct {
    const char *name;
    void (*code)(void);
  } codes[] = {{"256 B", code_256},
               {"512 B", code_512},
               {"1 KB", code_1k},
               {"2 KB", code_2k},
               {"4 KB", code_4k},
               {"8 KB", code_8k},
               {"512 B, short", code_short},
               {"two lines", code_far}};
  for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); ++i) {
    on_cluster("1 core, ", codes[i].name, codes[i].code, 1);
    on_cluster("8 cores, ", codes[i].name, codes[i].code, 8);
    on_fc("FC, ", codes[i].name, codes[i].code);
  }
  se_cluster_run(count, (void *)code_1k, 1);
  row("miss cycles counted, 1 KB", misses);
  ENABLE_CLUSTER(0);
  on_cluster("caches off, ", codes[0].name, codes[0].code, 1);
  return 0;
}
