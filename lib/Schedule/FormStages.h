// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FormStages.h - From operations on tensors to stages ------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_FORMSTAGES_H
#define SE_LIB_SCHEDULE_FORMSTAGES_H

#include "se/Dialect/RNN/RNN.h"

namespace se::schedule {

/// Replaces the operations of a network of inlined cells by stages, as
/// --se-form-stages does. An error if one of them has no scalar form.
mlir::LogicalResult formStages(rnn::NetworkOp network, bool remarks);

/// Does the network consist of stages?
bool isStaged(rnn::NetworkOp network);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_FORMSTAGES_H
