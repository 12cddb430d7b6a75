// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TabulateActivations.cpp - Activations by tables --------------------===//

#include "ActivationTable.h"

#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

#include <map>

namespace se::rnn {
#define GEN_PASS_DEF_TABULATEACTIVATIONS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static Value makeSplat(OpBuilder &b, Location loc, Type type, float value) {
  auto tensor = cast<RankedTensorType>(type);
  return arith::ConstantOp::create(
      b, loc,
      DenseElementsAttr::get(tensor,
                             b.getFloatAttr(tensor.getElementType(), value)));
}

namespace {
struct TabulateActivationsPass
    : se::rnn::impl::TabulateActivationsBase<TabulateActivationsPass> {
  void runOnOperation() override {
    getOperation().walk([&](ActivationOp op) {
      if (!getElementTypeOrSelf(op.getY().getType()).isF16())
        return;
      if (Value y = tabulate(op)) {
        op.replaceAllUsesWith(y);
        op.erase();
      }
    });
  }

  Value tabulate(ActivationOp op);
  Value interpolate(OpBuilder &b, Location loc, ActivationKind kind, Value x);

  std::map<ActivationKind, ActivationTable> tables;
};
} // namespace

/// Sigmoid, tanh or softplus of `x`, which is rounded to f16 before.
Value TabulateActivationsPass::interpolate(OpBuilder &b, Location loc,
                                           ActivationKind kind, Value x) {
  auto [it, isNew] = tables.try_emplace(kind);
  ActivationTable &table = it->second;
  if (isNew)
    table = makeActivationTable(b.getContext(), kind);
  Value lines = arith::ConstantOp::create(b, loc, table.lines);
  auto type = cast<RankedTensorType>(x.getType());
  if (!type.getElementType().isF16())
    x = arith::TruncFOp::create(b, loc, type.clone(b.getF16Type()), x);
  return InterpolateOp::create(b, loc, x, lines, b.getF32FloatAttr(table.scale),
                               table.isRectified ? b.getUnitAttr()
                                                 : UnitAttr());
}

/// Null if the function has no table.
Value TabulateActivationsPass::tabulate(ActivationOp op) {
  ActivationAttr function = op.getFunction();
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value x = op.getX();
  switch (function.getKind()) {
  case ActivationKind::sigmoid:
  case ActivationKind::tanh:
  case ActivationKind::softplus:
    return interpolate(b, loc, function.getKind(), x);
  case ActivationKind::scaled_tanh: {
    Value beta = makeSplat(b, loc, x.getType(), function.getBetaValue());
    Value product = arith::MulFOp::create(b, loc, beta, x);
    Value y = interpolate(b, loc, ActivationKind::tanh, product);
    Value alpha = makeSplat(b, loc, y.getType(), function.getAlphaValue());
    return arith::MulFOp::create(b, loc, alpha, y);
  }
  default:
    return Value();
  }
}
