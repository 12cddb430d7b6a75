// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of a matrix and a vector as compiled networks have them: weights
// interleaved by groups of rows, the inner loop in a hardware loop.

#include "timing.h"

#define ROWS 64
#define TILE_BYTES 16384
#define STREAM_BYTES (8 * TILE_BYTES)

/* Weights: of one matrix, or two tiles. */
SE_L1 static uint32_t weights[2 * TILE_BYTES / 4];
SE_L1 static uint32_t vector[512 / 4];
SE_L1 static volatile uint32_t sums[8];
static uint32_t far_weights[STREAM_BYTES / 4];

/* Four accumulators; the loop has 9 instructions: a load of x, four of
   weights, four products. */
#define LOOP4(name, load_x, product)                                           \
  static inline uint32_t name(const uint32_t *w, uint32_t steps) {             \
    const uint32_t *x = vector;                                                \
    uint32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, a, w0, w1, w2, w3;                \
    __asm__ volatile(                                                          \
        ".option push\n.option norvc\n.option norelax\n"                       \
        ".insn i 0x7B, 4, x0, %[steps], 18\n" load_x                           \
        ".insn i 0x0B, 2, %[w0], 4(%[w])\n.insn i 0x0B, 2, %[w1], 4(%[w])\n"   \
        ".insn i 0x0B, 2, %[w2], 4(%[w])\n.insn i 0x0B, 2, %[w3], 4(%[w])\n"   \
        ".insn r " product ", %[s0], %[w0], %[a]\n"                            \
        ".insn r " product ", %[s1], %[w1], %[a]\n"                            \
        ".insn r " product ", %[s2], %[w2], %[a]\n"                            \
        ".insn r " product ", %[s3], %[w3], %[a]\n"                            \
        ".option pop"                                                          \
        : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1),              \
          [s2] "+r"(s2), [s3] "+r"(s3), [a] "=&r"(a), [w0] "=&r"(w0),          \
          [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3)                       \
        : [steps] "r"(steps)                                                   \
        : "memory");                                                           \
    return s0 + s1 + s2 + s3;                                                  \
  }

#define LOAD_WORD ".insn i 0x0B, 2, %[a], 4(%[x])\n"
#define LOAD_HALF ".insn i 0x0B, 5, %[a], 2(%[x])\n"

LOOP4(dot4_int8, LOAD_WORD, "0x57, 1, 0x5C")
LOOP4(dot4_int16, LOAD_WORD, "0x57, 0, 0x5C")
LOOP4(dot4_half, LOAD_WORD, "0x33, 0, 0x4B")
/* Two rows in a word, one x for both. */
LOOP4(axpy8_half, LOAD_HALF, "0x33, 6, 0x48")

/* Eight rows: 17 instructions. */
static inline uint32_t dot8_int8(const uint32_t *w, uint32_t steps) {
  const uint32_t *x = vector;
  uint32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, a,
           w0, w1, w2, w3;
#define LOAD4                                                                  \
  ".insn i 0x0B, 2, %[w0], 4(%[w])\n.insn i 0x0B, 2, %[w1], 4(%[w])\n"         \
  ".insn i 0x0B, 2, %[w2], 4(%[w])\n.insn i 0x0B, 2, %[w3], 4(%[w])\n"
#define DOT(s, w) ".insn r 0x57, 1, 0x5C, %[" s "], %[" w "], %[a]\n"
  __asm__ volatile(
      ".option push\n.option norvc\n.option norelax\n"
      ".insn i 0x7B, 4, x0, %[steps], 34\n" LOAD_WORD LOAD4 DOT("s0", "w0")
          DOT("s1", "w1") DOT("s2", "w2") DOT("s3", "w3") LOAD4 DOT("s4", "w0")
              DOT("s5", "w1") DOT("s6", "w2") DOT("s7", "w3") ".option pop"
      : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1), [s2] "+r"(s2),
        [s3] "+r"(s3), [s4] "+r"(s4), [s5] "+r"(s5), [s6] "+r"(s6),
        [s7] "+r"(s7), [a] "=&r"(a), [w0] "=&r"(w0), [w1] "=&r"(w1),
        [w2] "=&r"(w2), [w3] "=&r"(w3)
      : [steps] "r"(steps)
      : "memory");
  return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
}

/* Groups of rows in turn to the cores; `words`: of weights of a row. */
#define KERNEL(name, dot, group_rows, words)                                   \
  static void name(void *args) {                                               \
    uint32_t cores = (uint32_t)args, core = se_core_id();                      \
    TWICE {                                                                    \
      se_barrier();                                                            \
      uint32_t start = se_cycles(), sum = 0;                                   \
      for (uint32_t group = core; group < ROWS / group_rows; group += cores)   \
        sum += dot(weights + group * group_rows * (words),                     \
                   (words) * 4 / STEP_BYTES_##dot);                            \
      sums[core] = sum;                                                        \
      cycles_of[core] = se_cycles() - start;                                   \
    }                                                                          \
  }
/* Bytes of a row's weights that a step of the loop takes. */
#define STEP_BYTES_dot4_int8 4
#define STEP_BYTES_dot8_int8 4
#define STEP_BYTES_dot4_int16 4
#define STEP_BYTES_dot4_half 4
#define STEP_BYTES_axpy8_half 2

KERNEL(int8_4, dot4_int8, 4, 128)
KERNEL(int8_8, dot8_int8, 8, 128)
KERNEL(int16_4, dot4_int16, 4, 128)
KERNEL(half_4, dot4_half, 4, 128)
KERNEL(half_axpy, axpy8_half, 8, 128)

/* int8, 256 x 512, two tiles of 32 rows in turn. */
static void stream(void *args) {
  (void)args;
  uint32_t core = se_core_id(), id = 0;
  TWICE {
    se_barrier();
    uint32_t start = se_cycles(), sum = 0;
    if (core == 0)
      id = se_dma_start(SE_DMA_TO_L1, weights, far_weights, TILE_BYTES);
    for (uint32_t tile = 0; tile < STREAM_BYTES / TILE_BYTES; ++tile) {
      if (core == 0) {
        se_dma_wait(id);
        if (tile + 1 < STREAM_BYTES / TILE_BYTES)
          id = se_dma_start(
              SE_DMA_TO_L1, weights + (tile + 1) % 2 * (TILE_BYTES / 4),
              far_weights + (tile + 1) * (TILE_BYTES / 4), TILE_BYTES);
      }
      se_barrier();
      sum += dot4_int8(weights + tile % 2 * (TILE_BYTES / 4) + core * 512, 128);
      se_barrier();
    }
    sums[core] = sum;
    cycles_of[core] = se_cycles() - start;
  }
}

int main(void) {
  static const struct {
    const char *name;
    void (*kernel)(void *);
  } kernels[] = {{"int8 64 x 512, 4 rows", int8_4},
                 {"int8 64 x 512, 8 rows", int8_8},
                 {"int16 64 x 256, 4 rows", int16_4},
                 {"fp16 64 x 256, vfdotpex.s.h, 4 rows", half_4},
                 {"fp16 64 x 256, vfmac.r.h, 8 rows", half_axpy}};
  for (uint32_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); ++i)
    for (uint32_t cores = 1; cores <= 8; cores *= 2) {
      se_puts(kernels[i].name);
      se_puts(", cores ");
      se_putdec((int32_t)cores);
      row("", measure(kernels[i].kernel, (void *)cores, cores));
    }
  row("int8 256 x 512 from L2, 8 cores", measure(stream, 0, 8));
  return 0;
}
