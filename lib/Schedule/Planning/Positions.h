// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Positions.h - Where stages read --------------------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_POSITIONS_H
#define SE_LIB_SCHEDULE_PLANNING_POSITIONS_H

#include "se/Dialect/Plan/Plan.h"

namespace se::schedule {

// Places as expressions of d0, the element of the stage, and d1, the variable
// of the loop in the body, if there is one.

mlir::AffineExpr getPosition(plan::ReadOp read);
mlir::AffineExpr getRow(plan::DotOp dot);
mlir::AffineExpr getStart(plan::DotOp dot);

/// Where the vector that `dot` reads begins, as an expression of d1, the number
/// of the vector in a batch; null if none gives it.
mlir::AffineExpr getStartOfVector(plan::DotOp dot, plan::BatchAttr batch);

/// An expression of `index`, nested strides, that has these values for 0, 1,
/// ...; null if there is none.
mlir::AffineExpr fitStrides(llvm::ArrayRef<int64_t> values,
                            mlir::AffineExpr index);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_POSITIONS_H
