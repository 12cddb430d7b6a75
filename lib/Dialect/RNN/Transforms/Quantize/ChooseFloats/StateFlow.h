// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.h - How states reach the next frame ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_STATEFLOW_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_STATEFLOW_H

#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

/// What becomes of each state of a network without cells in the next frame.
class StateFlow {
public:
  /// Of a state, elements that elementwise arithmetic alone carries over shrink
  /// by constant factors up to this one: then f16 errs by about 2^-12 / (1 -
  /// factor) of the state, 0.8 percent. If they shrink less, it is slow.
  static constexpr double mostOfHalf = 0.97;

  explicit StateFlow(NetworkOp network);

  /// A running mean, a counter, an oscillator: constant factors carry it over,
  /// perhaps by way of other states, and take more than `mostOfHalf` of it.
  bool isSlow(unsigned state) const { return slow[state]; }
  /// What is carried over is multiplied by data or goes through a matrix, like
  /// h and c of an LSTM.
  bool isGated(unsigned state) const { return gated[state]; }

private:
  std::vector<bool> slow, gated;
};

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_QUANTIZE_CHOOSEFLOATS_STATEFLOW_H
