// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// memcpy, memmove and memset at all alignments.

#include "check.h"

static uint8_t a[64], b[64];

static void fill(void) {
  for (uint32_t i = 0; i < 64; ++i) {
    a[i] = (uint8_t)i;
    b[i] = 0xff;
  }
}

int main(void) {
  for (uint32_t to = 0; to < 8; ++to)
    for (uint32_t from = 0; from < 8; ++from)
      for (uint32_t bytes = 0; bytes < 40; ++bytes) {
        fill();
        CHECK(memcpy(b + to, a + from, bytes) == b + to);
        for (uint32_t i = 0; i < 64; ++i)
          CHECK(b[i] ==
                (i >= to && i < to + bytes ? (uint8_t)(i - to + from) : 0xff));
        memmove(a + to, a + from, bytes);
        for (uint32_t i = 0; i < 64; ++i)
          CHECK(a[i] == (i >= to && i < to + bytes ? (uint8_t)(i - to + from)
                                                   : (uint8_t)i));
        fill();
        CHECK(memset(b + to, 0x105, bytes) == b + to);
        for (uint32_t i = 0; i < 64; ++i)
          CHECK(b[i] == (i >= to && i < to + bytes ? 5 : 0xff));
      }
  se_puts("memory: ok\n");
  return 0;
}
