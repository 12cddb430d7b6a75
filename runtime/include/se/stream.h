// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sound, hop by hop, between an interrupt and a network that was compiled with
// --app=denoise. The interrupt exchanges hops, the main loop computes:
//
//   static float buffers[SE_STREAM_FLOATS(net_hop, net_delay)];
//   static se_stream stream;
//
//   se_stream_init(&stream, process, net_hop, net_delay, buffers);
//   for (;;)                       // and in the interrupt of the sound device:
//     se_stream_poll(&stream);     //   se_stream_exchange(&stream, in, out);
//
// Samples are floats, full scale is +-1. What comes out is one hop and `delay`
// samples later than what came in.

#ifndef SE_STREAM_H
#define SE_STREAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Computes a hop. */
typedef void se_stream_process(const float *in, float *out);

/* Two hops in, two out, and the sound as it was. */
#define SE_STREAM_FLOATS(hop, delay) (5 * (hop) + (delay))

typedef struct se_stream {
  se_stream_process *process;
  uint32_t hop, delay;
  float *in[2], *out[2], *dry;
  volatile uint32_t taken;    /* hops that the interrupt has brought */
  volatile uint32_t computed; /* and those that are ready */
  volatile uint32_t missed;   /* hops that were not ready when they had to be */
  float wet;                  /* 1: what the network makes, 0: what came in */
  volatile uint32_t bypass;
  /* The mean square of the last hop, before and after. */
  float level_in, level_out;
} se_stream;

/* `buffers` has SE_STREAM_FLOATS(hop, delay) elements. The network is to be
   reset by the caller. */
void se_stream_init(se_stream *stream, se_stream_process *process, uint32_t hop,
                    uint32_t delay, float *buffers);

/* Takes a hop that came in and gives the next one to play: that which came in
   with the last exchange, if it is ready. If it is not, a hop of zeros, which
   is counted as missed; it is dropped. Called by the interrupt. */
void se_stream_exchange(se_stream *stream, const float *in, float *out);

/* Computes the hop that has come in. Returns 0 if there was none. Not called
   by the interrupt. */
int se_stream_poll(se_stream *stream);

/* With `on` what came in goes out, as late as ever. Over one hop the one fades
   into the other, so nothing clicks; the network goes on meanwhile. */
static inline void se_stream_bypass(se_stream *stream, int on) {
  stream->bypass = on != 0;
}

/* Samples of 16 bit as floats, and floats as the nearest of 16 bit; what is
   beyond full scale is clipped. */
void se_from_pcm16(const int16_t *in, float *out, uint32_t samples);
void se_to_pcm16(const float *in, int16_t *out, uint32_t samples);

#ifdef __cplusplus
}
#endif

#endif
