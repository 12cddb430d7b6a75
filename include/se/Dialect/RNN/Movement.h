// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Movement.h - Operations that only move elements ----------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_MOVEMENT_H
#define SE_DIALECT_RNN_MOVEMENT_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <vector>

namespace se::rnn {

/// Where the elements of a result come from: its element (i0, i1, ...) is the
/// one of the operand at position start + sum of i_k * strides[k], counted row
/// by row.
struct Movement {
  int64_t start = 0;
  llvm::SmallVector<int64_t> strides; ///< for each dimension of the result
};

/// The movement of a reshape, transposition, broadcast, or slice of known
/// places that keeps the rank; none for all other operations, and for null.
std::optional<Movement> getMovement(mlir::Operation *op);

inline bool isMovement(mlir::Operation *op) {
  return getMovement(op).has_value();
}

/// For each element of a movement's result the number of the operand's element
/// that it is.
std::vector<int64_t> getMovedElements(mlir::Operation *movement);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_MOVEMENT_H
