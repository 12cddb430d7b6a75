// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Evaluate.h - Results of ops for known operands -----------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_EVALUATE_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_EVALUATE_H

#include "se/Dialect/RNN/RNN.h"

#include <optional>
#include <vector>

namespace se::rnn {

/// The elements of the result of `op`, in row-major order, for operands with
/// these elements; nothing if the op is not one that is evaluated when a
/// network is compiled.
std::optional<std::vector<float>>
evaluate(mlir::Operation *op, llvm::ArrayRef<std::vector<float>> operands);

/// Ops that only move elements of one operand: reshapes, transpositions,
/// broadcasts and slices. False for null.
bool isElementMovement(mlir::Operation *op);

/// Of such an op, for each element of its result the number of the operand's
/// element that it is. Nothing if that is not known.
std::optional<std::vector<int64_t>> getMovedElements(mlir::Operation *movement);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_EVALUATE_H
