// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - Passes on the rnn dialect ---------------------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_PASSES_H
#define SE_DIALECT_RNN_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::rnn {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/RNN/Transforms/Passes.h.inc"

/// Replaces all applications of cells in networks by the cells' bodies. Emits
/// an error if a cell applies itself.
mlir::LogicalResult inlineCells(mlir::ModuleOp module);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_PASSES_H
