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

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_EVALUATE_H
