// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Steps of an LSTM or (-DGRU) GRU cell with as many inputs as hidden units
// (-DHIDDEN=n), weights and vectors in int8 or (-DFP16) FP16, sums in int32 or
// binary32, states and activations in binary32.
//
// Plain C reads the weights where they are: in L1 if they take at most 32 KB,
// else in L2. With -DINTRINSICS the sums come from groups of rows by matvec.h,
// weights from L2 through two buffers in L1 that one core fills in turn.

#include "bench.h"
#include "matvec.h"

#ifdef GRU
#define GATES 3
#else
#define GATES 4
#endif
#ifdef FP16
typedef _Float16 number;
typedef float sum;
#define LANES 2
#define GROUP 4
#define RUN_GROUP rows4_fp16
#define WEIGHT_SCALE (1.0f / 512)
#define VECTOR_SCALE (1.0f / 128)
#define SUM_SCALE 1.0f
#else
typedef int8_t number;
typedef int32_t sum;
#define LANES 4
#define GROUP 8
#define RUN_GROUP rows8_int8
#define WEIGHT_SCALE 1.0f
#define VECTOR_SCALE 1.0f
#define SUM_SCALE (1.0f / 32768)
#endif

#define ROWS (GATES * HIDDEN)
/* Two matrices below each other: for the input and for the hidden state. */
#define WEIGHTS (2 * ROWS * HIDDEN)
#define IN_L1 (WEIGHTS * sizeof(number) <= 32768)
/* Rows of a buffer: a group for each of 8 cores. */
#define TILE_ROWS (8 * GROUP)
#define TILE (TILE_ROWS * HIDDEN)
#define TILES (2 * ROWS / TILE_ROWS)
#define STEPS 2

static number far_weights[WEIGHTS] __attribute__((aligned(4)));
/* All weights, or two tiles. */
SE_L1 static number near_weights[IN_L1 ? WEIGHTS : 2 * TILE]
    __attribute__((aligned(4)));
SE_L1 static number input[HIDDEN] __attribute__((aligned(4)));
SE_L1 static number hidden[2][HIDDEN] __attribute__((aligned(4)));
SE_L1 static float state[HIDDEN], bias[2][ROWS];
SE_L1 static volatile uint32_t cycles;

/* e^x = 2^(x log2 e): the integer part goes to the exponent, a polynomial of
   degree 5 gives the rest. For |x| < 80. */
static inline float exponential(float x) {
  float y = x * 1.44269504f;
  int32_t n = (int32_t)(y + (y < 0 ? -0.5f : 0.5f));
  float f = (y - (float)n) * 0.69314718f;
  float p = 1 + f * (1 + f * (0.5f + f * (0.16666667f +
                                          f * (0.04166667f + f * 0.0083333f))));
  union {
    int32_t bits;
    float value;
  } power = {(n + 127) << 23};
  return p * power.value;
}
static inline float sigmoid(float x) { return 1 / (1 + exponential(-x)); }
static inline float hyperbolic_tangent(float x) {
  return 1 - 2 / (1 + exponential(2 * x));
}

static inline number round_hidden(float h) {
#ifdef FP16
  return (number)h;
#else
  return (number)(h * 127 + (h < 0 ? -0.5f : 0.5f));
#endif
}

/* What follows the sums of a unit: those of the input and of the hidden state
   for each gate. */
static inline void finish_unit(uint32_t unit, const sum of_input[GATES],
                               const sum of_hidden[GATES], number *next) {
  float a[GATES], b[GATES];
  for (uint32_t gate = 0; gate < GATES; ++gate) {
    a[gate] = (float)of_input[gate] * SUM_SCALE + bias[0][gate * HIDDEN + unit];
    b[gate] =
        (float)of_hidden[gate] * SUM_SCALE + bias[1][gate * HIDDEN + unit];
  }
#ifdef GRU
  /* Gates r, z, n. The state is the hidden state without rounding. */
  float r = sigmoid(a[0] + b[0]), z = sigmoid(a[1] + b[1]);
  float n = hyperbolic_tangent(a[2] + r * b[2]);
  state[unit] = n + z * (state[unit] - n);
  next[unit] = round_hidden(state[unit]);
#else
  /* Gates i, f, g, o. */
  state[unit] = sigmoid(a[1] + b[1]) * state[unit] +
                sigmoid(a[0] + b[0]) * hyperbolic_tangent(a[2] + b[2]);
  next[unit] =
      round_hidden(sigmoid(a[3] + b[3]) * hyperbolic_tangent(state[unit]));
#endif
}

#ifdef INTRINSICS

SE_L1 static sum sums[2 * ROWS];

static inline void run_tile(const number *w, uint32_t tile, const number *x,
                            uint32_t core, uint32_t cores) {
  for (uint32_t group = core; group < TILE_ROWS / GROUP; group += cores)
    RUN_GROUP(w + group * GROUP * HIDDEN, x, HIDDEN / LANES,
              sums + tile * TILE_ROWS + group * GROUP);
}

static void step(const number *old, number *next, uint32_t core,
                 uint32_t cores) {
  uint32_t transfer = 0;
  if (!IN_L1 && core == 0)
    transfer = se_dma_start(SE_DMA_TO_L1, near_weights, far_weights,
                            TILE * sizeof(number));
  for (uint32_t tile = 0; tile < TILES; ++tile) {
    const number *w = near_weights + (IN_L1 ? tile : tile % 2) * TILE;
    if (!IN_L1) {
      if (core == 0)
        se_dma_wait(transfer);
      /* All have done with the other buffer. */
      se_barrier();
      if (core == 0 && tile + 1 < TILES)
        transfer = se_dma_start(
            SE_DMA_TO_L1, near_weights + (tile + 1) % 2 * TILE,
            far_weights + (tile + 1) * TILE, TILE * sizeof(number));
    }
    run_tile(w, tile, tile < TILES / 2 ? input : old, core, cores);
  }
  se_barrier();
  for (uint32_t unit = core; unit < HIDDEN; unit += cores) {
    sum of_input[GATES], of_hidden[GATES];
    for (uint32_t gate = 0; gate < GATES; ++gate) {
      of_input[gate] = sums[gate * HIDDEN + unit];
      of_hidden[gate] = sums[ROWS + gate * HIDDEN + unit];
    }
    finish_unit(unit, of_input, of_hidden, next);
  }
}

#else

static inline sum dot(const number *w, const number *x) {
  sum result = 0;
  for (uint32_t i = 0; i < HIDDEN; ++i)
    result += (sum)w[i] * (sum)x[i];
  return result;
}

static void step(const number *old, number *next, uint32_t core,
                 uint32_t cores) {
  const number *w = IN_L1 ? near_weights : far_weights;
  for (uint32_t unit = core; unit < HIDDEN; unit += cores) {
    sum of_input[GATES], of_hidden[GATES];
    for (uint32_t gate = 0; gate < GATES; ++gate) {
      uint32_t row = gate * HIDDEN + unit;
      of_input[gate] = dot(w + row * HIDDEN, input);
      of_hidden[gate] = dot(w + (ROWS + row) * HIDDEN, old);
    }
    finish_unit(unit, of_input, of_hidden, next);
  }
}

#endif

static void kernel(void *args) {
  uint32_t cores = (uint32_t)args, core = se_core_id();
  /* The first step brings the code into the caches. */
#pragma clang loop unroll(disable)
  for (uint32_t i = 0; i < STEPS; ++i) {
    se_barrier();
    uint32_t start = se_cycles();
    step(hidden[i % 2], hidden[(i + 1) % 2], core, cores);
    se_barrier();
    if (core == 0)
      cycles = se_cycles() - start;
  }
}

int main(void) {
  number *weights = IN_L1 ? near_weights : far_weights;
  for (uint32_t row = 0; row < 2 * ROWS; ++row)
    for (uint32_t column = 0; column < HIDDEN; ++column) {
#ifdef INTRINSICS
      uint32_t at = interleaved(row, column, HIDDEN, GROUP, LANES);
#else
      uint32_t at = row * HIDDEN + column;
#endif
      weights[at] = (number)(next_number() * WEIGHT_SCALE);
    }
  for (uint32_t row = 0; row < 2 * ROWS; ++row)
    bias[row / ROWS][row % ROWS] = next_number() * (1.0f / 128);
  for (uint32_t unit = 0; unit < HIDDEN; ++unit)
    input[unit] = (number)(next_number() * VECTOR_SCALE);

  static int32_t output[HIDDEN];
  for (uint32_t cores = 1; cores <= 8; cores *= 8) {
    for (uint32_t unit = 0; unit < HIDDEN; ++unit) {
      state[unit] = 0;
      hidden[0][unit] = 0;
    }
    se_cluster_run(kernel, (void *)cores, cores);
    print_cycles(cores, cycles);
    for (uint32_t unit = 0; unit < HIDDEN; ++unit)
#ifdef FP16
      output[unit] = (int32_t)((float)hidden[STEPS % 2][unit] * 16384);
#else
      output[unit] = hidden[STEPS % 2][unit];
#endif
    print_output(output, HIDDEN);
  }
  return 0;
}
