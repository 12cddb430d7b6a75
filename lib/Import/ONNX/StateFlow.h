// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StateFlow.h - What data flow says about states -----------*- C++ -*-===//
//
// Which graph output may be the next value of which graph input? This looks at
// the network's operations alone, neither at names nor at places.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_IMPORT_ONNX_STATEFLOW_H
#define SE_LIB_IMPORT_ONNX_STATEFLOW_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SparseBitVector.h"

#include <vector>

namespace se::onnx_import {

/// How well an output would be an input's next value, from bad to good.
enum class Tie {
  /// It does not depend on the input, or it is a multiple of it: a state that
  /// starts from zero would stay zero.
  None,
  /// It depends on the input only by way of other outputs. So does the output
  /// of a network on its frame, and seldom a state (feedback of the output).
  Distant,
  /// It depends on the input by a way of its own.
  Direct,
  /// Elements of the input live on in it: moved (a cache), multiplied by a gate
  /// or a constant (c' = f * c + ..., a running mean), or a cell's state.
  Carried,
  /// They are only moved, or the state is that of an LSTM or GRU: no frame goes
  /// this way.
  Kept,
};

/// Numbers, few of them or most of them near each other.
using NumberSet = llvm::SparseBitVector<512>;

class StateFlow {
public:
  /// `inputs` are arguments of the block in which `outputs` are computed.
  StateFlow(llvm::ArrayRef<mlir::Value> inputs,
            llvm::ArrayRef<mlir::Value> outputs);

  Tie getTie(unsigned in, unsigned out) const;
  /// The inputs with this tie to an output or a better one.
  const NumberSet &getInputs(unsigned out, Tie least) const {
    return ties[out][unsigned(least) - 1];
  }
  /// The first output that holds the same elements in the same order.
  unsigned getFirstAlike(unsigned out) const { return firstAlike[out]; }

private:
  friend class StateFlowAnalysis;
  /// For each output the inputs with at least Distant, Direct, Carried, Kept.
  using Ties = std::array<NumberSet, 4>;
  std::vector<Ties> ties;
  std::vector<unsigned> firstAlike;
};

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_STATEFLOW_H
