// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Intervals.h - What values the elements of a tensor take --*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_INTERVALS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_INTERVALS_H

#include "mlir/IR/Operation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace se::rnn {

struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  /// Not proved: what trained networks have.
  bool isPresumed = false;

  double magnitude() const { return std::max(std::fabs(low), std::fabs(high)); }
  /// The least magnitude.
  double distance() const { return std::max({low, -high, 0.0}); }
  bool isNonnegative() const { return low >= 0; }
  /// f16 holds all of it, but for its last places.
  bool fitsHalf() const { return magnitude() <= 65504; }
};

Interval multiplyIntervals(const Interval &a, const Interval &b);
/// Nothing if 0 is in it.
std::optional<Interval> invertInterval(const Interval &a);

/// Of either of two values.
Interval joinIntervals(const Interval &a, const Interval &b);

/// Of the result of elementwise arithmetic, an activation, data movement or a
/// reduction; unbounded for operations that are not known. All in f32: infinite
/// values do not come out of finite ones where a function cannot reach so far.
Interval evaluateInterval(mlir::Operation *op,
                          llvm::ArrayRef<Interval> operands);

/// If `op` is (1 - z) * a + z * b or a + z * (b - a) with z from 0 to 1,
/// between which its result lies: a and b.
std::optional<std::pair<mlir::Value, mlir::Value>>
getAveraged(mlir::Operation *op);

/// From the least to the greatest element of a constant.
std::optional<Interval> getConstantInterval(mlir::Value value);

/// The same for values that are one of several constants, or computed from such
/// values alone: a factor that a comparison chooses.
std::optional<Interval> getChoiceOfConstants(mlir::Value value);

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_INTERVALS_H
