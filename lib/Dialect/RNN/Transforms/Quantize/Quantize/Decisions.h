// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Decisions.h - Values that something is decided by --------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_DECISIONS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_DECISIONS_H

#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

/// Values that reach a comparison or a function that jumps (floor, remainder),
/// in this frame or, by a state, in a later one: counters, indices, thresholds.
/// A small error of such a value is a large one of what it decides. What it
/// reaches through a matrix only is a signal.
llvm::DenseSet<mlir::Value> findDecisions(NetworkOp network);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_QUANTIZE_DECISIONS_H
