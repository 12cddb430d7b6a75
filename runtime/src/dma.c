// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Driver of the cluster's DMA engine. Each core has a port of its own, so no
// lock is needed. An id is a transfer counter of the engine; all commands of a
// transfer count on it.

#include "se/runtime.h"

/* Longest command, rounded down so that the next one stays aligned. */
#define MAX_BYTES 0x1fff8u

#define COMMAND_INCREMENTAL (1u << 18)
#define COMMAND_2D (1u << 19)
#define COMMAND_EVENT (1u << 20)

static inline uint32_t allocate(void) {
  return *(volatile uint32_t *)(SE_DMA + SE_DMA_COMMAND);
}

static inline void push(uint32_t word) {
  *(volatile uint32_t *)(SE_DMA + SE_DMA_COMMAND) = word;
}

static inline void push_1d(uint32_t flags, uint32_t l1, uint32_t ext,
                           uint32_t bytes) {
  push(flags | COMMAND_INCREMENTAL | COMMAND_EVENT | bytes);
  push(l1);
  push(ext);
}

/* Apart, so that the common case stays short. */
SE_CLUSTER_CODE __attribute__((noinline)) static void
push_long(uint32_t flags, uint32_t l1, uint32_t ext, uint32_t bytes) {
  while (bytes) {
    uint32_t part = bytes < MAX_BYTES ? bytes : MAX_BYTES;
    push_1d(flags, l1, ext, part);
    l1 += part;
    ext += part;
    bytes -= part;
  }
}

SE_CLUSTER_CODE uint32_t se_dma_start(se_dma_dir dir, void *l1, void *ext,
                                      uint32_t bytes) {
  uint32_t id = allocate();
  uint32_t flags = (uint32_t)dir << 17;
  /* Also false for 0 bytes, which is no command at all. */
  if (__builtin_expect(bytes - 1 < MAX_BYTES, 1))
    push_1d(flags, (uint32_t)l1, (uint32_t)ext, bytes);
  else
    push_long(flags, (uint32_t)l1, (uint32_t)ext, bytes);
  return id;
}

SE_CLUSTER_CODE uint32_t se_dma_start_2d(se_dma_dir dir, void *l1, void *ext,
                                         uint32_t bytes, uint32_t line,
                                         uint32_t stride) {
  uint32_t id = allocate();
  uint32_t flags = (uint32_t)dir << 17;
  uint32_t to = (uint32_t)l1, from = (uint32_t)ext;
  if (line > MAX_BYTES) {
    for (; bytes; bytes -= line, to += line, from += stride)
      push_long(flags, to, from, line);
    return id;
  }
  flags |= COMMAND_2D;
  uint32_t part = bytes, lines = 0;
  if (bytes > MAX_BYTES) {
    lines = MAX_BYTES / line;
    part = lines * line;
  }
  while (bytes) {
    if (part > bytes)
      part = bytes;
    push_1d(flags, to, from, part);
    push(line);
    push(stride);
    to += part;
    from += lines * stride;
    bytes -= part;
  }
  return id;
}

SE_CLUSTER_CODE void se_dma_wait(uint32_t id) {
  volatile uint32_t *status = (volatile uint32_t *)(SE_DMA + SE_DMA_STATUS);
  /* An event may be that of an earlier transfer, hence the loop; one that
     comes between the look and the wait stays pending. */
  while (*status >> id & 1)
    se_event_wait(1u << SE_EVENT_DMA);
  *status = 1u << id;
  __asm__ volatile("" ::: "memory");
}
