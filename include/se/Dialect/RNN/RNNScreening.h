// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNScreening.h - What is found in a whole frame ----------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_RNNSCREENING_H
#define SE_DIALECT_RNN_RNNSCREENING_H

#include "se/Dialect/RNN/RNN.h"

#define GET_OP_CLASSES
#include "se/Dialect/RNN/RNNScreening.h.inc"

namespace se::rnn {
/// Of an rnn.network: the states get their reset values behind a frame for
/// which rnn.finite gives zeros.
constexpr llvm::StringLiteral resetIfNotFiniteName = "reset_if_not_finite";
} // namespace se::rnn

#endif // SE_DIALECT_RNN_RNNSCREENING_H
