// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Needs.h - How exactly values must be computed ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_NEEDS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_NEEDS_H

#include "Ranges.h"

namespace se::rnn {

/// Follows from results to operands how exactly a network without cells must
/// compute.
///
/// Of each value it knows a *floor*: errors of less than 2^-7 of the magnitude,
/// or of the floor if the magnitude is less, do no harm. It is 1 for what
/// matrices multiply, and small for what logarithms, roots and divisions take,
/// as far back as arithmetic, and filters, lead to it.
class Needs {
public:
  /// Values of f16 have this much precision down to here.
  static constexpr double leastOfHalf = 0x1p-14;
  /// Tables of activations (ActivationTable.h) err by less than 2^-11.
  static constexpr double leastOfTable = 0x1p-4;

  Needs(NetworkOp network, const Ranges &ranges, const StateFlow &flow);

  /// Infinite if nothing that matters is made of the value.
  double getFloor(mlir::Value value) const {
    auto it = floors.find(value);
    return it == floors.end() ? std::numeric_limits<double>::infinity()
                              : it->second;
  }
  /// Of the vectors of a matvec, for its result alone.
  double getVectorFloor(MatvecOp op) const;
  /// A hidden state, which f16 holds, however exact what is computed from it.
  bool isHidden(unsigned state) const {
    return flow.isGated(state) && !flow.isSlow(state) &&
           ranges.get(network.getStateArguments()[state]).fitsHalf();
  }

private:
  void need(mlir::Value value, double floor);
  void needSum(mlir::Value a, mlir::Value b, double sign, double floor);
  void needActivation(ActivationOp op, double floor);
  void needReduction(ReduceOp op, double floor);
  void needPower(mlir::Value base, const Interval &exponent, double floor);
  void needOperands(mlir::Operation *op, double floor);
  void needStates();

  mutable NetworkOp network; // its accessors are not const
  const Ranges &ranges;
  const StateFlow &flow;
  llvm::DenseMap<mlir::Value, double> floors;
  llvm::DenseSet<mlir::Value> hidden; ///< next values of hidden states
  bool hasChanged = false;
  unsigned rounds = 0;
};

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_NEEDS_H
