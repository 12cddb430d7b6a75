// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hops between an interrupt, which this program plays, and a network, which is
// a delay and a gain of 1/2 here.

#include "se/stream.h"
#include "check.h"

#define HOP 10
#define DELAY 25

static float line[DELAY + HOP];

static void process(const float *in, float *out) {
  for (uint32_t i = 0; i < HOP; ++i) {
    line[DELAY + i] = in[i];
    out[i] = 0.5f * line[i];
  }
  for (uint32_t i = 0; i < DELAY; ++i)
    line[i] = line[i + HOP];
}

static float buffers[SE_STREAM_FLOATS(HOP, DELAY)];
static se_stream stream;
static float played[HOP];
static uint32_t hops; /* that have come in */

/* Sample n is n + 1. */
static void interrupt(void) {
  float in[HOP];
  for (uint32_t i = 0; i < HOP; ++i)
    in[i] = (float)(hops * HOP + i + 1);
  ++hops;
  se_stream_exchange(&stream, in, played);
}

/* What came in a hop and DELAY samples before the sample i that is played. */
static float before(uint32_t i) {
  int32_t n = (int32_t)((hops - 2) * HOP + i) - DELAY;
  return n < 0 ? 0.0f : (float)(n + 1);
}

static void check_pcm16(void) {
  static const int16_t in[] = {0, 1, -1, 1000, 32767, -32768};
  static const float beyond[] = {1.0f, -1.5f, 0.5f, 0.6f / 32768,
                                 -0.6f / 32768};
  static const int16_t clipped[] = {32767, -32768, 16384, 1, -1};
  float samples[6];
  int16_t out[6];
  se_from_pcm16(in, samples, 6);
  CHECK(samples[5] == -1.0f && samples[1] == 0x1p-15f);
  se_to_pcm16(samples, out, 6);
  for (int i = 0; i < 6; ++i)
    CHECK(out[i] == in[i]);
  se_to_pcm16(beyond, out, 5);
  for (int i = 0; i < 5; ++i)
    CHECK(out[i] == clipped[i]);
}

int main(void) {
  check_pcm16();
  se_stream_init(&stream, process, HOP, DELAY, buffers);
  CHECK(!se_stream_poll(&stream));
  interrupt();
  for (uint32_t i = 0; i < HOP; ++i)
    CHECK(played[i] == 0.0f);
  for (int k = 0; k < 8; ++k) {
    CHECK(se_stream_poll(&stream) && !se_stream_poll(&stream));
    interrupt();
    for (uint32_t i = 0; i < HOP; ++i)
      CHECK(played[i] == 0.5f * before(i));
  }
  CHECK(stream.missed == 0);
  CHECK(se_stream_poll(&stream));
  // The mean square of 81 to 90.
  CHECK(stream.level_in == 7318.5f);

  // A bypass fades in, and is what came in, as late.
  se_stream_bypass(&stream, 1);
  interrupt();
  CHECK(se_stream_poll(&stream));
  interrupt();
  float last = 0.5f;
  for (uint32_t i = 0; i < HOP; ++i) {
    float share = played[i] / before(i);
    CHECK(share > last && share < 1.001f);
    CHECK(share - last < 0.06f);
    last = share;
  }
  CHECK(se_stream_poll(&stream));
  interrupt();
  for (uint32_t i = 0; i < HOP; ++i)
    CHECK(played[i] == before(i));
  se_stream_bypass(&stream, 0);
  for (int k = 0; k < 2; ++k) {
    CHECK(se_stream_poll(&stream));
    interrupt();
  }
  CHECK(se_stream_poll(&stream));
  interrupt();
  for (uint32_t i = 0; i < HOP; ++i)
    CHECK(played[i] == 0.5f * before(i));
  CHECK(stream.missed == 0);

  // The main loop is late by one hop, then by three: zeros, and it goes on.
  interrupt();
  CHECK(stream.missed == 1);
  for (uint32_t i = 0; i < HOP; ++i)
    CHECK(played[i] == 0.0f);
  while (se_stream_poll(&stream))
    ;
  interrupt();
  CHECK(stream.missed == 1);
  for (int k = 0; k < 3; ++k)
    interrupt();
  CHECK(stream.missed == 4);
  while (se_stream_poll(&stream))
    ;
  interrupt();
  CHECK(stream.missed == 4 && played[0] > 0.0f);
  return 0;
}
