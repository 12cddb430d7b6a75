// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An illegal instruction on the FC.

#include "check.h"

int main(void) {
  __asm__ volatile(".word 0xffffffff");
  return 0;
}
