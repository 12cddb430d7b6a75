// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Pairs.h - What two elements of a stage share -------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_PAIRS_H
#define SE_LIB_SCHEDULE_PLANNING_PAIRS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Operation.h"

namespace se::schedule {

/// Operations that instructions do for two halves at a time.
bool isPacked(mlir::Operation *op);

/// Can the elements of a pair be loaded as one, if the number of the first is
/// even: are they neighbours, the first at an even place?
bool areNeighbours(mlir::AffineExpr position);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_PAIRS_H
