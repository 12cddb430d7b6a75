// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ElementCost.h - Cycles of one element of a stage ---------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_COST_ELEMENTCOST_H
#define SE_LIB_SCHEDULE_COST_ELEMENTCOST_H

#include "CostModel.h"

#include "se/Dialect/Plan/Plan.h"

namespace se::schedule {

/// One element of a stage, or with `inPairs` two, without their sums and
/// stores, and without what the elements of a strip share. Values of the body
/// in `early` are loaded.
Cost getElementCost(plan::StageOp stage, bool inPairs,
                    const llvm::DenseSet<mlir::Value> &early = {});

/// What the elements of a strip share, and a loop over them.
Cost getStripCost(plan::StageOp stage);

/// Does a pair use instructions for two halves?
bool usesPackedHalves(plan::StageOp stage);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_COST_ELEMENTCOST_H
