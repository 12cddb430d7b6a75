// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An illegal instruction on a cluster core.

#include "check.h"

static void kernel(void *args) {
  (void)args;
  if (se_core_id() == 5)
    __asm__ volatile(".word 0xffffffff");
  se_barrier();
}

int main(void) {
  se_cluster_run(kernel, 0, 8);
  return 0;
}
