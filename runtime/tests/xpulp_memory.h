// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the test cases of loads and stores of se/xpulp.h act on; the same for
// the host (C++) and the device (C).

#ifndef XPULP_MEMORY_H
#define XPULP_MEMORY_H

#include <stdint.h>

#define MEMORY_BYTES 64
static uint8_t memory[MEMORY_BYTES] __attribute__((aligned(4)));

static inline void fill_memory(void) {
  for (uint32_t i = 0; i < MEMORY_BYTES; ++i)
    memory[i] = (uint8_t)(37 * i + 131);
}

static inline uint32_t mix(uint32_t value, uint32_t offset) {
  return (value ^ offset << 7) * 0x9E3779B1u + offset;
}

/* Tells any two contents apart that differ in one word. */
static inline uint32_t summary(void) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < MEMORY_BYTES; ++i)
    sum = sum * 31 + memory[i];
  return sum;
}

#endif
