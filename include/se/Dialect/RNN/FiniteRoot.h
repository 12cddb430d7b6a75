// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FiniteRoot.h - Roots of numbers that surely have one -----*- C++ -*-===//

#ifndef SE_DIALECT_RNN_FINITEROOT_H
#define SE_DIALECT_RNN_FINITEROOT_H

#include "mlir/Dialect/Math/IR/Math.h"

namespace se::rnn {

/// What says that a root's argument is finite and not negative.
constexpr mlir::arith::FastMathFlags finiteRoot =
    mlir::arith::FastMathFlags::nnan | mlir::arith::FastMathFlags::ninf;

/// Is the root marked so? Then it is computed without the divider, which all
/// cores share (docs/numerics.md).
inline bool hasFiniteRoot(mlir::math::SqrtOp op) {
  return mlir::arith::bitEnumContainsAll(op.getFastmath(), finiteRoot);
}

} // namespace se::rnn

#endif // SE_DIALECT_RNN_FINITEROOT_H
