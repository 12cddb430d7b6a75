// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - From tensors to cores and buffers -------------*- C++ -*-===//

#ifndef SE_SCHEDULE_PASSES_H
#define SE_SCHEDULE_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::schedule {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

#endif // SE_SCHEDULE_PASSES_H
