// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - Passes on the dsp dialect ---------------------*- C++ -*-===//

#ifndef SE_DIALECT_DSP_TRANSFORMS_PASSES_H
#define SE_DIALECT_DSP_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::dsp {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/DSP/Transforms/Passes.h.inc"

} // namespace se::dsp

#endif // SE_DIALECT_DSP_TRANSFORMS_PASSES_H
