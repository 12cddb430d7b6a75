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

struct StateFlow {
  /// For each input, for each output.
  std::vector<std::vector<Tie>> ties;
  /// For each output the first one that holds the same elements in the same
  /// order.
  std::vector<unsigned> sameAs;
};

/// `inputs` are arguments of the block in which `outputs` are computed.
StateFlow analyzeStateFlow(llvm::ArrayRef<mlir::Value> inputs,
                           llvm::ArrayRef<mlir::Value> outputs);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_STATEFLOW_H
