// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Floats.h - What passes have written down of floats -------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_RNN_TRANSFORMS_FLOATS_H
#define SE_LIB_DIALECT_RNN_TRANSFORMS_FLOATS_H

#include "se/Dialect/RNN/Choices.h"
#include "se/Dialect/RNN/RNN.h"

namespace se::rnn {

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

inline FloatKind getFloats(mlir::Operation *op) {
  auto kind = op->getAttrOfType<FloatKindAttr>(floatsAttrName);
  return kind ? kind.getValue() : FloatKind::f32;
}

inline bool isHalfState(NetworkOp network, unsigned k) {
  auto names = network->getAttrOfType<mlir::ArrayAttr>(halfStatesAttrName);
  return names && llvm::is_contained(names, network.getStateNames()[k]);
}

/// Takes back what --rnn-assign-floats has written.
inline void clearFloats(mlir::Operation *root) {
  root->removeAttr(halfStatesAttrName);
  root->walk([](mlir::Operation *op) { op->removeAttr(floatsAttrName); });
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
