// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The application of --app=frames: the network alone, one frame per step.
// Reads se_in<i>.bin, writes se_out<i>.bin (float32, one frame after another)
// and se_cycles.bin (a u32 per frame: the cycles that the step took).
// Exit status: 0, 1 for a file that cannot be opened or written, 2 for a
// partial frame or inputs of different length.

#include "se/network.h"
#include "se/runtime.h"

#define MAX_PORTS 16

static int32_t input_files[MAX_PORTS], output_files[MAX_PORTS];
static int32_t cycles_file;
/* GVSoC flushes to disk at every write, which takes longer than a frame. */
static uint32_t cycles[256];
static uint32_t cycles_count;

static int fail(const char *message, const char *name, int status) {
  se_puts("error: ");
  se_puts(message);
  se_puts(name);
  se_putc('\n');
  return status;
}

/* "se_in" -> "se_in3.bin" */
static const char *file_name(const char *stem, uint32_t port) {
  static char name[20];
  char *end = name;
  while (*stem)
    *end++ = *stem++;
  if (port >= 10)
    *end++ = '1';
  *end++ = (char)('0' + port % 10);
  memcpy(end, ".bin", 5);
  return name;
}

static int open_files(const se_network *network) {
  if (network->num_inputs > MAX_PORTS || network->num_outputs > MAX_PORTS)
    return fail("more than 16 inputs or outputs: ", network->name, 1);
  for (uint32_t i = 0; i < network->num_inputs; ++i) {
    const char *name = file_name("se_in", i);
    input_files[i] = se_open(name, SE_OPEN_READ);
    if (input_files[i] < 0)
      return fail("cannot open ", name, 1);
  }
  for (uint32_t i = 0; i < network->num_outputs; ++i) {
    const char *name = file_name("se_out", i);
    output_files[i] = se_open(name, SE_OPEN_WRITE);
    if (output_files[i] < 0)
      return fail("cannot create ", name, 1);
  }
  cycles_file = se_open("se_cycles.bin", SE_OPEN_WRITE);
  if (cycles_file < 0)
    return fail("cannot create ", "se_cycles.bin", 1);
  return 0;
}

/* 0: a frame was read, -1: the end, otherwise an exit status. */
static int read_frame(const se_network *network) {
  uint32_t ended = 0;
  for (uint32_t i = 0; i < network->num_inputs; ++i) {
    uint32_t bytes = network->inputs[i].elements * 4;
    uint32_t got = se_read(input_files[i], se_app_input_buffers[i], bytes);
    if (got == 0)
      ++ended;
    else if (got != bytes)
      return fail("partial frame at the end of input ", network->inputs[i].name,
                  2);
  }
  if (ended == network->num_inputs)
    return -1;
  return ended ? fail("inputs have different numbers of frames", "", 2) : 0;
}

static int flush_cycles(void) {
  uint32_t bytes = cycles_count * 4;
  cycles_count = 0;
  if (bytes && se_write(cycles_file, cycles, bytes) != bytes)
    return fail("cannot write ", "se_cycles.bin", 1);
  return 0;
}

static int write_frame(const se_network *network) {
  for (uint32_t i = 0; i < network->num_outputs; ++i) {
    uint32_t bytes = network->outputs[i].elements * 4;
    if (se_write(output_files[i], se_app_output_buffers[i], bytes) != bytes)
      return fail("cannot write output ", network->outputs[i].name, 1);
  }
  return cycles_count == sizeof(cycles) / 4 ? flush_cycles() : 0;
}

int main(void) {
  const se_network *network = &se_app_network;
  int status = open_files(network);
  if (status)
    return status;
  network->init(network->state);
  network->reset(network->state);
  while ((status = read_frame(network)) == 0) {
    uint32_t start = se_cycles();
    network->step(network->state, (const float *const *)se_app_input_buffers,
                  se_app_output_buffers);
    cycles[cycles_count++] = se_cycles() - start;
    if ((status = write_frame(network)))
      return status;
  }
  int flushed = flush_cycles();
  for (uint32_t i = 0; i < network->num_inputs; ++i)
    se_close(input_files[i]);
  for (uint32_t i = 0; i < network->num_outputs; ++i)
    se_close(output_files[i]);
  se_close(cycles_file);
  return status > 0 ? status : flushed;
}
