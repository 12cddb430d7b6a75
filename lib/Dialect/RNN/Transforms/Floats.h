// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Floats.h - What --rnn-choose-floats has chosen -----------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_FLOATS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_FLOATS_H

#include "Layers/Layers.h"

#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

/// Of an operation: it computes in f32, whatever its layer's precision is.
inline constexpr llvm::StringLiteral singleAttrName = "rnn.f32";
/// Of a network: the names of states that are stored as f32.
inline constexpr llvm::StringLiteral singleStatesAttrName = "rnn.f32_states";

inline bool isSingle(mlir::Operation *op) {
  return op->hasAttr(singleAttrName);
}
inline void setSingle(mlir::Operation *op) {
  op->setAttr(singleAttrName, mlir::UnitAttr::get(op->getContext()));
}

inline bool isSingleState(NetworkOp network, unsigned k) {
  auto names = network->getAttrOfType<mlir::ArrayAttr>(singleStatesAttrName);
  return names && llvm::is_contained(names, network.getStateNames()[k]);
}

/// Takes all choices back: types say what they said.
inline void clearChoices(mlir::Operation *root) {
  root->removeAttr(quantizedLayersAttrName);
  root->walk([](mlir::Operation *op) {
    op->removeAttr(singleAttrName);
    op->removeAttr(singleStatesAttrName);
  });
}

} // namespace se::rnn

#endif // SE_LIB_DIALECT_RNN_TRANSFORMS_FLOATS_H
