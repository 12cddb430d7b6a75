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

static Value invert(ImplicitLocOpBuilder &b, arith::DivFOp like,
                    Value divisor) {
  auto reciprocal = arith::DivFOp::create(
      b, makeSplat(b, divisor.getType(), APFloat(1.0f)), divisor);
  reciprocal->setAttrs(like->getAttrs());
  return reciprocal;
}

/// The reciprocal of the divisor, or null if it is as many divisions.
/// `inverted` has those of divisors that several divisions share.
static Value makeReciprocal(ImplicitLocOpBuilder &b, arith::DivFOp op,
                            llvm::DenseMap<Value, Value> &inverted) {
  auto type = cast<RankedTensorType>(op.getType());
  APFloat one(1.0f);
  SplatElementsAttr splat;
  if (matchPattern(op.getRhs(), m_Constant(&splat))) {
    auto divisor = splat.getSplatValue<APFloat>();
    APFloat reciprocal = one;
    reciprocal.divide(divisor, APFloat::rmNearestTiesToEven);
    return reciprocal.isNormal() ? makeSplat(b, type, reciprocal) : Value();
  }
  Value divisor = op.getRhs();
  if (Value known = inverted.lookup(divisor))
    return known;
  if (auto broadcast = divisor.getDefiningOp<BroadcastOp>()) {
    Value few = broadcast.getX();
    if (cast<RankedTensorType>(few.getType()).getNumElements() * 2 <=
        type.getNumElements())
      return BroadcastOp::create(b, type, invert(b, op, few));
  }
  auto divides = [&](OpOperand &use) {
    return isa<arith::DivFOp>(use.getOwner()) && use.getOperandNumber() == 1;
  };
  if (llvm::count_if(divisor.getUses(), divides) < 2)
    return Value();
  return inverted[divisor] = invert(b, op, divisor);
}

namespace {
struct DivideOncePass : se::rnn::impl::DivideOnceBase<DivideOncePass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody()) {
      if (!isa<NetworkOp, CellOp>(op))
        continue;
      Block &block = op.getRegion(0).front();
      llvm::DenseMap<Value, Value> inverted;
      for (auto division :
           llvm::make_early_inc_range(block.getOps<arith::DivFOp>())) {
        if (!getElementTypeOrSelf(division.getType()).isF32())
          continue;
        ImplicitLocOpBuilder b(division.getLoc(), division);
        Value reciprocal = makeReciprocal(b, division, inverted);
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
