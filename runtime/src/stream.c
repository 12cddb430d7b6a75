// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/stream.h"

#include "se/runtime.h"

void se_stream_init(se_stream *stream, se_stream_process *process, uint32_t hop,
                    uint32_t delay, float *buffers) {
  memset(stream, 0, sizeof *stream);
  memset(buffers, 0, SE_STREAM_FLOATS(hop, delay) * sizeof *buffers);
  stream->process = process;
  stream->hop = hop;
  stream->delay = delay;
  for (uint32_t i = 0; i < 2; ++i) {
    stream->in[i] = buffers + i * hop;
    stream->out[i] = buffers + (2 + i) * hop;
  }
  stream->dry = buffers + 4 * hop;
  stream->wet = 1;
}

void se_stream_exchange(se_stream *stream, const float *in, float *out) {
  uint32_t bytes = stream->hop * (uint32_t)sizeof *in, taken = stream->taken;
  // Hop k lies in buffer k mod 2; the one before it should be ready.
  if (stream->computed == taken) {
    memcpy(out, stream->out[(taken + 1) & 1], bytes);
  } else {
    memset(out, 0, bytes);
    stream->missed++;
    // One is being computed. This one takes the place of that behind it, or
    // follows it.
    if (taken - stream->computed > 1)
      --taken;
  }
  memcpy(stream->in[taken & 1], in, bytes);
  stream->taken = taken + 1;
}

/// From what came in `delay` samples ago to what the network makes, or back.
static void mix(se_stream *stream, const float *in, float *out) {
  uint32_t hop = stream->hop, delay = stream->delay;
  float *dry = stream->dry, wet = stream->wet;
  memcpy(dry + delay, in, hop * sizeof *in);
  float target = stream->bypass ? 0.0f : 1.0f;
  float step = (target - wet) / (float)hop, before = 0, after = 0;
  for (uint32_t i = 0; i < hop; ++i) {
    before += in[i] * in[i];
    if (wet != 1.0f || step != 0.0f) {
      wet += step;
      out[i] = dry[i] + wet * (out[i] - dry[i]);
    }
    after += out[i] * out[i];
  }
  stream->wet = target;
  stream->level_in = before / (float)hop;
  stream->level_out = after / (float)hop;
  // Whole words, from low to high addresses.
  for (uint32_t i = 0; i < delay; ++i)
    dry[i] = dry[i + hop];
}

int se_stream_poll(se_stream *stream) {
  uint32_t number = stream->computed;
  if (stream->taken == number)
    return 0;
  const float *in = stream->in[number & 1];
  float *out = stream->out[number & 1];
  stream->process(in, out);
  mix(stream, in, out);
  stream->computed = number + 1;
  return 1;
}

void se_from_pcm16(const int16_t *in, float *out, uint32_t samples) {
  for (uint32_t i = 0; i < samples; ++i)
    out[i] = (float)in[i] * (1.0f / 32768);
}

void se_to_pcm16(const float *in, int16_t *out, uint32_t samples) {
  for (uint32_t i = 0; i < samples; ++i) {
    float scaled = in[i] * 32768;
    scaled = scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled;
    out[i] = (int16_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
  }
}
