// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A firmware that calls a compiled network as a library:
//
//   se-compile examples/cells/leaky.mlir --emit=obj -o leaky_net.o
//   (compile this file, link both with libse_runtime.a: see build.sh)
//
// It runs a few frames, prints the outputs as bits and the cycles of a step,
// and checks that a reset gives the same outputs again.

#include "leaky_net.h"
#include "se/runtime.h"

SE_L1 static leaky_net_state state;
static const float frames[4][3] = {
    {1.0f, 0.0f, -1.0f}, {0.5f, 0.25f, 0.0f}, {-2.0f, 1.0f, 3.0f}, {0, 0, 0}};

static uint32_t bits(float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof word);
  return word;
}

int main(void) {
  float first[4][2], y[2];
  leaky_net_init(&state);
  for (int t = 0; t < 4; ++t) {
    uint32_t start = se_cycles();
    leaky_net_step(&state, frames[t], first[t]);
    uint32_t cycles = se_cycles() - start;
    se_puthex(bits(first[t][0]));
    se_putc(' ');
    se_puthex(bits(first[t][1]));
    se_puts(" cycles ");
    se_putdec((int32_t)cycles);
    se_putc('\n');
  }
  leaky_net_reset(&state);
  for (int t = 0; t < 4; ++t) {
    leaky_net_step(&state, frames[t], y);
    if (bits(y[0]) != bits(first[t][0]) || bits(y[1]) != bits(first[t][1]))
      return 1;
  }
  return 0;
}
