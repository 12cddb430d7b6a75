// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SumLimits.h - What sums of integers may reach ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_SUMLIMITS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_SUMLIMITS_H

#include <cstdint>

namespace se::rnn {

/// What a column can add to a sum, with its part of the zero point's offset.
inline constexpr int64_t largestProduct = 127 * 254;
/// Products of so many columns altogether add up within 32 bits, whatever the
/// weights, vectors and zero points are.
inline constexpr int64_t maxJointColumns = INT32_MAX / largestProduct;

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_SUMLIMITS_H
