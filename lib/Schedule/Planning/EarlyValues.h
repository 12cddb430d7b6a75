// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EarlyValues.h - What is known before all stages ----------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_EARLYVALUES_H
#define SE_LIB_SCHEDULE_PLANNING_EARLYVALUES_H

#include "se/Dialect/RNN/RNN.h"

#include "llvm/ADT/SetVector.h"

namespace se::schedule {

/// Values of one element that each core knows before all stages: the peaks of
/// the inputs (rnn.finite), and what is computed of nothing else, in program
/// order.
llvm::SetVector<mlir::Value> findEarlyValues(rnn::NetworkOp network);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_EARLYVALUES_H
