// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What generated kernels call for memories behind L2; apart, so that other
// programs do without the driver.

#include "se/runtime.h"

uint32_t se_kernel_external_start(const void *from, void *to, uint32_t bytes) {
  return se_ext_start(to, from, bytes);
}

void se_kernel_external_wait(uint32_t id) { se_ext_wait(id); }
