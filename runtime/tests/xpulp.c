// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every function and macro of se/xpulp.h on many operands: the results are
// those of the table's semantics on the host (se-xpulp-expected).

#include "se/xpulp.h"
#include "check.h"
#include "xpulp_memory.h"

#include "xpulp_expected.h"

static inline float to_float(uint32_t bits) {
  union {
    uint32_t bits;
    float value;
  } u = {bits};
  return u.value;
}

static inline uint32_t to_bits(float value) {
  union {
    float value;
    uint32_t bits;
  } u = {value};
  return u.bits;
}

#define GET_DEVICE_CASES
#include "xpulp_cases.inc"

/* Two loops, one within the other, by each way to set one up. */
static void check_loops(void) {
  uint32_t n = 0, inner = 5, outer = 3;
  __asm__ volatile(SE_ASM_LOOP("1", "%[outer]", 3,
                               SE_ASM_LP_SETUP("0", "%[inner]",
                                               "2") "addi %[n], %[n], 1\n"
                                                    "addi %[n], %[n], 100\n")
                   : [n] "+r"(n)
                   : [inner] "r"(inner), [outer] "r"(outer));
  CHECK(n == 3 * (5 + 100));
  n = 0;
  __asm__ volatile(
      ".option push\n.option norvc\n" SE_ASM_LP_SETUPI(
          "0", "1500",
          "4") "addi %[n], %[n], 1\naddi %[n], %[n], 2\n.option pop\n"
      : [n] "+r"(n));
  CHECK(n == 1500 * 3);
  n = 0;
  __asm__ volatile(".option push\n.option norvc\n" SE_ASM_LP_STARTI("1", "6")
                       SE_ASM_LP_ENDI("1", "6") SE_ASM_LP_COUNT(
                           "1", "%[outer]") "addi %[n], %[n], 1\naddi %[n], "
                                            "%[n], 2\n.option pop\n"
                   : [n] "+r"(n)
                   : [outer] "r"(outer));
  CHECK(n == 3 * 3);
  n = 0;
  __asm__ volatile(
      ".option push\n.option norvc\n" SE_ASM_LP_STARTI("0", "6")
          SE_ASM_LP_ENDI("0", "6") SE_ASM_LP_COUNTI(
              "0",
              "3000") "addi %[n], %[n], 1\naddi %[n], %[n], 2\n.option pop\n"
      : [n] "+r"(n));
  CHECK(n == 3000 * 3);
}

static uint32_t failures;

static void run_cases(void *args) {
  (void)args;
  for (uint32_t i = 0; i < NUM_CASES; ++i)
    for (uint32_t j = 0; j < NUM_SETS; ++j) {
      fill_memory();
      uint32_t result =
          cases[i](sets[j][0], sets[j][1], sets[j][2], sets[j][3]);
      if (result == expected[i].results[j])
        continue;
      ++failures;
      se_puts(expected[i].name);
      for (uint32_t k = 0; k < 4; ++k) {
        se_puts(" 0x");
        se_puthex(sets[j][k]);
      }
      se_puts(": 0x");
      se_puthex(result);
      se_puts(", expected 0x");
      se_puthex(expected[i].results[j]);
      se_putc('\n');
    }
}

static void run_loops(void *args) {
  (void)args;
  check_loops();
}

int main(void) {
  check_loops();
  se_cluster_run(run_loops, 0, 1);
  run_cases(0);
  se_cluster_run(run_cases, 0, 1);
  print("cases: ", NUM_CASES);
  return failures != 0;
}
