// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InferTypes.h - Shapes of results from operands -----------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_INFERTYPES_H
#define SE_DIALECT_RNN_TRANSFORMS_INFERTYPES_H

#include "mlir/IR/Operation.h"

namespace se::rnn {

enum class Inferred { Known, Open, Contradiction };

/// Gives results the shapes that follow from the operands, all of which are
/// known. Open: only operations that use a result can tell its shape.
/// Contradiction: operands do not fit together; if `op` then verifies, its
/// results say something else than the operands.
Inferred inferResultTypes(mlir::Operation *op);

/// Whether all tensors that `op` reads and makes have one shape.
bool isElementwise(mlir::Operation *op);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_INFERTYPES_H
