// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Ranges.h - The interval of every value of a network ------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_RANGES_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_RANGES_H

#include "Intervals.h"
#include "StateFlow.h"

#include "se/Quantization/Policy.h"

namespace se::rnn {

/// Follows intervals through the operations of a network without cells, and its
/// states from frame to frame.
///
/// Sums of products with a matrix, and states that data gate, are presumed to
/// be as small as trained networks make them, if they are not proved to be.
class Ranges {
public:
  struct Presumption {
    /// How much further inputs go than recordings showed.
    double margin;
    /// Of inputs without a range from calibration.
    double input;
    /// Of products with a matrix and gated states.
    double product;
    /// Of quotients whose divisor may be near 0.
    double quotient;
  };

  Ranges(NetworkOp network, const quantization::Policy &policy,
         const StateFlow &flow, const Presumption &presumption);

  Interval get(mlir::Value value) const { return intervals.lookup(value); }
  /// The largest sum of a row if the matrix is a constant without a negative
  /// element: it sums up bands, and nothing cancels.
  std::optional<double> getFilterSum(MatvecOp op) const;

private:
  void setInputs(const quantization::Policy &policy);
  void evaluateBody();
  Interval evaluate(mlir::Operation *op);
  bool growState(unsigned k);

  mutable NetworkOp network; // its accessors are not const
  const StateFlow &flow;
  const Presumption presumption;
  llvm::DenseMap<mlir::Value, Interval> intervals;
  mutable llvm::DenseMap<mlir::Value, std::optional<double>> filterSums;
  /// Of states: presumed, so that they do not grow.
  std::vector<bool> isPinned;
};

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_RANGES_H
