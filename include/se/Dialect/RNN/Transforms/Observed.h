// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Observed.h - What --rnn-observe says of a tensor ---------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_OBSERVED_H
#define SE_DIALECT_RNN_TRANSFORMS_OBSERVED_H

#include "llvm/ADT/StringRef.h"

namespace se::rnn {

/// A unit attribute of an `rnn.observe` whose tensor operations bound to -1 to
/// 1: its range does not depend on recordings.
constexpr llvm::StringLiteral boundedAttr = "bounded";

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_OBSERVED_H
