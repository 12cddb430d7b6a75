// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Schedulable.h - Networks that can be scheduled -----------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_SCHEDULABLE_H
#define SE_LIB_SCHEDULE_PLANNING_SCHEDULABLE_H

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/RNN.h"

namespace se::schedule {

/// The one network of a module with a target. Emits an error if there is none,
/// or if it has operations that the scheduler does not know.
mlir::FailureOr<rnn::NetworkOp> getSchedulable(mlir::ModuleOp module);

/// The same, of a network whose stages have tilings.
mlir::FailureOr<rnn::NetworkOp> getTiled(mlir::ModuleOp module);

/// Emits the error of a planner at a network: what does not fit on which
/// target, then the hint, which stands behind "; ".
void emitDoesNotFit(rnn::NetworkOp network, llvm::Error error);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_SCHEDULABLE_H
