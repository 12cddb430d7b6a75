// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// se_exit ends the program at once, with its status.

#include "check.h"

int main(void) {
  se_exit(0);
  return 1;
}
