// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --app=frames with a network of two inputs and two outputs. The application's
// main is compiled as se_app_main; this program makes its files and looks at
// what it wrote.

#include "check.h"
#include "se/network.h"

#undef main
int se_app_main(void);

#define FRAMES 300

static const se_port inputs[] = {{"left", 3}, {"right", 1}};
static const se_port outputs[] = {{"sum", 3}, {"count", 2}};
static float input0[3], input1[1], output0[3], output1[2];
float *const se_app_input_buffers[] = {input0, input1};
float *const se_app_output_buffers[] = {output0, output1};

struct state {
  float frames;
  uint32_t initialised;
};
SE_L1 static struct state state;

struct step {
  struct state *state;
  const float *const *inputs;
  float *const *outputs;
};

static void kernel(void *data) {
  struct step *step = data;
  uint32_t self = se_core_id();
  if (self < 3)
    step->outputs[0][self] = step->inputs[0][self] + step->inputs[1][0];
  se_barrier();
  if (self == 0) {
    step->outputs[1][0] = step->state->frames += 1;
    step->outputs[1][1] = (float)step->state->initialised;
  }
}

static void init(void *data) { ((struct state *)data)->initialised += 7; }
static void reset(void *data) { ((struct state *)data)->frames = 10; }
static void run(void *data, const float *const *in, float *const *out) {
  struct step step = {data, in, out};
  se_cluster_run(kernel, &step, 4);
}

const se_network se_app_network = {"fake",  4,      2,    2,     inputs,
                                   outputs, &state, init, reset, run};

static float left[FRAMES * 3], right[FRAMES], sum[FRAMES * 3 + 1],
    counts[FRAMES * 2 + 1];
static uint32_t cycles[FRAMES + 1];

static void put(const char *name, const void *data, uint32_t bytes) {
  int32_t file = se_open(name, SE_OPEN_WRITE);
  CHECK(file >= 0 && se_write(file, data, bytes) == bytes);
  se_close(file);
}

static uint32_t get(const char *name, void *data, uint32_t bytes) {
  int32_t file = se_open(name, SE_OPEN_READ);
  CHECK(file >= 0);
  uint32_t got = se_read(file, data, bytes);
  se_close(file);
  return got;
}

int main(void) {
  for (uint32_t i = 0; i < FRAMES * 3; ++i)
    left[i] = (float)i * 0.5f;
  for (uint32_t i = 0; i < FRAMES; ++i)
    right[i] = -(float)i;
  put("se_in0.bin", left, sizeof(left));
  put("se_in1.bin", right, sizeof(right));
  CHECK(se_app_main() == 0);
  CHECK(get("se_out0.bin", sum, sizeof(sum)) == FRAMES * 12);
  CHECK(get("se_out1.bin", counts, sizeof(counts)) == FRAMES * 8);
  CHECK(get("se_cycles.bin", cycles, sizeof(cycles)) == FRAMES * 4);
  for (uint32_t i = 0; i < FRAMES * 3; ++i)
    CHECK(sum[i] == left[i] + right[i / 3]);
  for (uint32_t i = 0; i < FRAMES; ++i) {
    CHECK(counts[2 * i] == (float)(11 + i) && counts[2 * i + 1] == 7);
    CHECK(cycles[i] > 100 && cycles[i] < 10000);
  }
  print("first step ", cycles[0]);
  print("last step ", cycles[FRAMES - 1]);

  /* A partial frame at the end, then inputs of different length, then none. */
  put("se_in0.bin", left, 5 * 12 + 4);
  CHECK(se_app_main() == 2);
  CHECK(get("se_out0.bin", sum, sizeof(sum)) == 5 * 12);
  CHECK(get("se_cycles.bin", cycles, sizeof(cycles)) == 5 * 4);
  put("se_in0.bin", left, 5 * 12);
  CHECK(se_app_main() == 2);
  put("se_in0.bin", left, 0);
  put("se_in1.bin", left, 0);
  CHECK(se_app_main() == 0);
  CHECK(get("se_out0.bin", sum, sizeof(sum)) == 0);
  return 0;
}
