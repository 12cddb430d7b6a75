// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- BoundedValues.h - Values that stay within -1 to 1 --------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_BOUNDEDVALUES_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_BOUNDEDVALUES_H

#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

/// If `value` is 1 - z: z.
mlir::Value getComplement(mlir::Value value);

/// True if `value` is from 0 to 1, by the function that computes it.
bool isFraction(mlir::Value value);

/// True if it follows from the operations of `network` that all elements of
/// `value` are within -1 to 1 in every frame, but for rounding.
bool isBoundedByOne(NetworkOp network, mlir::Value value);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_BOUNDEDVALUES_H
