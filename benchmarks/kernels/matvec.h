// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of a matrix and a vector in L1 as one writes them by hand: some rows
// at a time in a hardware loop, one word (4 int8 or 2 FP16) of each per turn.
// The weights of such a group of rows are interleaved by words.

#ifndef MATVEC_H
#define MATVEC_H

#include "se/runtime.h"
#include "se/xpulp.h"

#define LOAD(value, pointer)                                                   \
  SE_ASM_P_LW_POST("%[" value "]", "%[" pointer "]", "4")
#define DOT_INT8(sum, w) SE_ASM_PV_SDOTSP_B("%[" sum "]", "%[" w "]", "%[a]")
#define DOT_FP16(sum, w) SE_ASM_VFDOTPEX_S_H("%[" sum "]", "%[" w "]", "%[a]")

#define LOAD4 LOAD("w0", "w") LOAD("w1", "w") LOAD("w2", "w") LOAD("w3", "w")
#define DOT4(DOT, s0, s1, s2, s3)                                              \
  DOT(s0, "w0") DOT(s1, "w1") DOT(s2, "w2") DOT(s3, "w3")

/* out[0..3] = four rows of `words` words at `w`, times `x`. 9 instructions
   per turn. */
#define DEFINE_ROWS4(name, sum_t, DOT)                                         \
  static inline void name(const void *w, const void *x, uint32_t words,        \
                          sum_t *out) {                                        \
    sum_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;                                      \
    uint32_t a, w0, w1, w2, w3;                                                \
    __asm__ volatile(                                                          \
        SE_ASM_LOOP("0", "%[n]", 9,                                            \
                    LOAD("a", "x") LOAD4 DOT4(DOT, "s0", "s1", "s2", "s3"))    \
        : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1),              \
          [s2] "+r"(s2), [s3] "+r"(s3), [a] "=&r"(a), [w0] "=&r"(w0),          \
          [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3)                       \
        : [n] "r"(words)                                                       \
        : "memory");                                                           \
    out[0] = s0;                                                               \
    out[1] = s1;                                                               \
    out[2] = s2;                                                               \
    out[3] = s3;                                                               \
  }

/* Eight rows: 17 instructions. */
#define DEFINE_ROWS8(name, sum_t, DOT)                                         \
  static inline void name(const void *w, const void *x, uint32_t words,        \
                          sum_t *out) {                                        \
    sum_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;      \
    uint32_t a, w0, w1, w2, w3;                                                \
    __asm__ volatile(                                                          \
        SE_ASM_LOOP("0", "%[n]", 17,                                           \
                    LOAD("a", "x") LOAD4 DOT4(DOT, "s0", "s1", "s2", "s3")     \
                        LOAD4 DOT4(DOT, "s4", "s5", "s6", "s7"))               \
        : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1),              \
          [s2] "+r"(s2), [s3] "+r"(s3), [s4] "+r"(s4), [s5] "+r"(s5),          \
          [s6] "+r"(s6), [s7] "+r"(s7), [a] "=&r"(a), [w0] "=&r"(w0),          \
          [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3)                       \
        : [n] "r"(words)                                                       \
        : "memory");                                                           \
    out[0] = s0;                                                               \
    out[1] = s1;                                                               \
    out[2] = s2;                                                               \
    out[3] = s3;                                                               \
    out[4] = s4;                                                               \
    out[5] = s5;                                                               \
    out[6] = s6;                                                               \
    out[7] = s7;                                                               \
  }

DEFINE_ROWS4(rows4_int8, int32_t, DOT_INT8)
DEFINE_ROWS8(rows8_int8, int32_t, DOT_INT8)
DEFINE_ROWS4(rows4_fp16, float, DOT_FP16)
DEFINE_ROWS8(rows8_fp16, float, DOT_FP16)

/* Where element (row, column) of a matrix lies if groups of `group` rows are
   interleaved by words of `lanes` elements. */
static inline uint32_t interleaved(uint32_t row, uint32_t column,
                                   uint32_t columns, uint32_t group,
                                   uint32_t lanes) {
  return row / group * group * columns +
         (column / lanes * group + row % group) * lanes + column % lanes;
}

#endif
