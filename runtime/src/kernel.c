// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What generated kernels call, as functions with a symbol.

#include "se/runtime.h"

uint32_t se_kernel_core_id(void) { return se_core_id(); }

void se_kernel_barrier(void) { se_barrier(); }
