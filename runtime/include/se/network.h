// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What compiled code exports: one network, run frame by frame. All functions
// are called on the fabric controller; `step` runs the cluster by itself.

#ifndef SE_NETWORK_H
#define SE_NETWORK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One input or output: a vector of `elements` float32 per frame. */
typedef struct {
  const char *name; /* the ONNX name */
  uint32_t elements;
} se_port;

typedef struct {
  const char *name;
  uint32_t cores; /* cluster cores that `step` uses */
  uint32_t num_inputs, num_outputs;
  const se_port *inputs, *outputs;
  void *state;                /* instance, in L1 */
  void (*init)(void *state);  /* once, before anything else */
  void (*reset)(void *state); /* recurrent states to their reset values */
  /* One frame. `inputs[i]` and `outputs[i]` are buffers in L2. */
  void (*step)(void *state, const float *const *inputs, float *const *outputs);
} se_network;

/* The program's network, and L2 buffers of one frame for each port, which the
   applications of the runtime (`--app=...`) use. */
extern const se_network se_app_network;
extern float *const se_app_input_buffers[];
extern float *const se_app_output_buffers[];

#ifdef __cplusplus
}
#endif

#endif /* SE_NETWORK_H */
