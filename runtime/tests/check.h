// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the test programs share.

#ifndef CHECK_H
#define CHECK_H

#include "se/runtime.h"

/* Ends the program with status 1 and the place when `condition` is false. */
#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      se_puts(__FILE__ ": failed: " #condition "\n");                          \
      se_exit(1);                                                              \
    }                                                                          \
  } while (0)

static inline void print(const char *text, uint32_t value) {
  se_puts(text);
  se_putdec((int32_t)value);
  se_putc('\n');
}

#endif
