// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DivideOnce.cpp - One division for all that is divided by it --------===//

#include "EraseDead.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_DIVIDEONCE
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static Value makeSplat(ImplicitLocOpBuilder &b, Type type, const APFloat &x) {
  return arith::ConstantOp::create(
      b, DenseElementsAttr::get(cast<ShapedType>(type), x));
}

/// The reciprocal of the divisor, or null if it is as many divisions.
static Value makeReciprocal(ImplicitLocOpBuilder &b, arith::DivFOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  APFloat one(1.0f);
  SplatElementsAttr splat;
  if (matchPattern(op.getRhs(), m_Constant(&splat))) {
    auto divisor = splat.getSplatValue<APFloat>();
    APFloat reciprocal = one;
    reciprocal.divide(divisor, APFloat::rmNearestTiesToEven);
    return reciprocal.isNormal() ? makeSplat(b, type, reciprocal) : Value();
  }
  auto broadcast = op.getRhs().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return Value();
  Value divisor = broadcast.getX();
  if (cast<RankedTensorType>(divisor.getType()).getNumElements() * 2 >
      type.getNumElements())
    return Value();
  Value reciprocal =
      arith::DivFOp::create(b, makeSplat(b, divisor.getType(), one), divisor);
  reciprocal.getDefiningOp()->setAttrs(op->getAttrs());
  return BroadcastOp::create(b, type, reciprocal);
}

namespace {
struct DivideOncePass : se::rnn::impl::DivideOnceBase<DivideOncePass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody()) {
      if (!isa<NetworkOp, CellOp>(op))
        continue;
      Block &block = op.getRegion(0).front();
      for (auto division :
           llvm::make_early_inc_range(block.getOps<arith::DivFOp>())) {
        if (!getElementTypeOrSelf(division.getType()).isF32())
          continue;
        ImplicitLocOpBuilder b(division.getLoc(), division);
        Value reciprocal = makeReciprocal(b, division);
        if (!reciprocal)
          continue;
        auto product = arith::MulFOp::create(b, division.getLhs(), reciprocal);
        product->setAttrs(division->getAttrs());
        division.replaceAllUsesWith(product.getResult());
        division.erase();
      }
      eraseDead(block);
    }
  }
};
} // namespace
