// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DivideOnce.cpp - One division for all that is divided by it --------===//

#include "EraseDead.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_DIVIDEONCE
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// Fewer quotients take less time in the divider than code for them.
static constexpr int64_t leastElements = 16;

namespace {
class Divider {
public:
  void replace(arith::DivFOp division);

private:
  /// An operation with the attributes of the division.
  template <typename Op, typename... Args> Value make(Args... args) {
    auto op = Op::create(*b, args...);
    op->setDiscardableAttrs(attributes);
    return op;
  }
  Value makeSplat(Type type, const APFloat &x) {
    return arith::ConstantOp::create(
        *b, DenseElementsAttr::get(cast<ShapedType>(type), x));
  }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(*b, predicate, x, y);
  }
  Value invert(Value divisor);
  Value findReciprocal(arith::DivFOp division);
  Value divide(Value x, Value divisor, Value reciprocal);

  std::optional<ImplicitLocOpBuilder> b;
  DictionaryAttr attributes;
  /// Reciprocals of divisors that several divisions share.
  llvm::DenseMap<Value, Value> inverted;
};
} // namespace

/// 1 / divisor. Of what is not zero it is finite: 0 / 1e-40 is 0.
Value Divider::invert(Value divisor) {
  Type type = divisor.getType();
  auto largest = APFloat::getLargest(APFloat::IEEEsingle());
  Value reciprocal =
      make<arith::DivFOp>(makeSplat(type, APFloat(1.0f)), divisor);
  Value atMost = make<arith::MinimumFOp>(reciprocal, makeSplat(type, largest));
  Value finite = make<arith::MaximumFOp>(atMost, makeSplat(type, -largest));
  Value isZero = compare(arith::CmpFPredicate::OEQ, divisor,
                         makeSplat(type, APFloat(0.0f)));
  return make<arith::SelectOp>(isZero, reciprocal, finite);
}

/// The reciprocal of the divisor, or null if it is as many divisions.
Value Divider::findReciprocal(arith::DivFOp division) {
  auto type = cast<RankedTensorType>(division.getType());
  Value divisor = division.getRhs();
  if (type.getNumElements() < leastElements)
    return Value();
  SplatElementsAttr splat;
  if (matchPattern(divisor, m_Constant(&splat))) {
    auto number = splat.getSplatValue<APFloat>();
    APFloat reciprocal(1.0f);
    reciprocal.divide(number, APFloat::rmNearestTiesToEven);
    return number.isNormal() && reciprocal.isNormal()
               ? makeSplat(type, reciprocal)
               : Value();
  }
  if (Value known = inverted.lookup(divisor))
    return known;
  if (auto broadcast = divisor.getDefiningOp<BroadcastOp>()) {
    Value few = broadcast.getX();
    if (cast<RankedTensorType>(few.getType()).getNumElements() * 2 <=
        type.getNumElements())
      return make<BroadcastOp>(type, invert(few));
  }
  auto divides = [](OpOperand &use) {
    return isa<arith::DivFOp>(use.getOwner()) && use.getOperandNumber() == 1;
  };
  if (llvm::count_if(divisor.getUses(), divides) < 2)
    return Value();
  return inverted[divisor] = invert(divisor);
}

/// The quotient, rounded as a division rounds it (Markstein, Computation of
/// elementary functions on the IBM RISC System/6000, 1990): the rest of the
/// dividend corrects it. There is none of what is infinite.
Value Divider::divide(Value x, Value divisor, Value reciprocal) {
  Value rough = make<arith::MulFOp>(x, reciprocal);
  Value rest = make<math::FmaOp>(make<arith::NegFOp>(rough), divisor, x);
  Value quotient = make<math::FmaOp>(rest, reciprocal, rough);
  Value isNumber = compare(arith::CmpFPredicate::ORD, quotient, quotient);
  return make<arith::SelectOp>(isNumber, quotient, rough);
}

void Divider::replace(arith::DivFOp division) {
  b.emplace(division.getLoc(), division);
  attributes = division->getDiscardableAttrDictionary();
  Value reciprocal = findReciprocal(division);
  if (!reciprocal)
    return;
  division.replaceAllUsesWith(
      divide(division.getLhs(), division.getRhs(), reciprocal));
  division.erase();
}

namespace {
struct DivideOncePass : se::rnn::impl::DivideOnceBase<DivideOncePass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody()) {
      if (!isa<NetworkOp, CellOp>(op))
        continue;
      Block &block = op.getRegion(0).front();
      Divider divider;
      for (auto division :
           llvm::make_early_inc_range(block.getOps<arith::DivFOp>()))
        if (getElementTypeOrSelf(division.getType()).isF32())
          divider.replace(division);
      eraseDead(block);
    }
  }
};
} // namespace
