// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SumStarts.h - What sums of products start with -----------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_SUMSTARTS_H
#define SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_SUMSTARTS_H

#include "mlir/IR/Value.h"

namespace se::cluster {

/// Whether a value is the sum of a dot, if need be in the last turn of a loop
/// or in a branch.
bool isSumOfProducts(mlir::Value value);

/// Whether these operands are all that reads a value, but for dead operations.
bool isReadOnlyBy(mlir::Value value, llvm::ArrayRef<mlir::OpOperand *> readers);

/// The operands that make `sum`, which may go on from dot to dot and from loop
/// to loop, start with 0. Whatever they are set to is added to the sum and
/// changes nothing else. If there are none, `why` says why.
mlir::FailureOr<llvm::SmallVector<mlir::OpOperand *>>
findZeroStarts(mlir::OpResult sum, llvm::StringRef &why);

} // namespace se::cluster

#endif // SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_SUMSTARTS_H
