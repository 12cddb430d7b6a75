// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandMinMax.cpp - arith.maxnumf and minnumf for a host ------------===//

#include "se/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

namespace se::conversion {
#define GEN_PASS_DEF_EXPANDMINMAX
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// Only NaN and zeros are treated in another way by some hosts.
static bool isOrdinary(Value value) {
  APFloat known(0.0f);
  return matchPattern(value, m_ConstantFloat(&known)) && !known.isNaN() &&
         !known.isZero();
}

/// The better one, or the one that is no NaN. Of what is equal the bits that
/// both have (`Common` is arith.andi) or either has (arith.ori): zeros differ
/// in the sign.
template <typename Common>
static void expand(Operation *op, arith::CmpFPredicate isBetter) {
  Value x = op->getOperand(0), y = op->getOperand(1);
  Type type = x.getType();
  if (!isa<FloatType>(type) || isOrdinary(x) || isOrdinary(y))
    return;
  ImplicitLocOpBuilder b(op->getLoc(), op);
  auto bits = b.getIntegerType(type.getIntOrFloatBitWidth());
  Value xBits = arith::BitcastOp::create(b, bits, x);
  Value yBits = arith::BitcastOp::create(b, bits, y);
  Value common = Common::create(b, xBits, yBits);
  Value best = arith::BitcastOp::create(b, type, common);
  auto replaceIf = [&](arith::CmpFPredicate predicate, Value a, Value c,
                       Value value) {
    Value condition = arith::CmpFOp::create(b, predicate, a, c);
    best = arith::SelectOp::create(b, condition, value, best);
  };
  replaceIf(isBetter, y, x, y);
  replaceIf(isBetter, x, y, x);
  replaceIf(arith::CmpFPredicate::UNO, x, x, y);
  replaceIf(arith::CmpFPredicate::UNO, y, y, x);
  op->getResult(0).replaceAllUsesWith(best);
  op->erase();
}

namespace {
struct ExpandMinMaxPass : conversion::impl::ExpandMinMaxBase<ExpandMinMaxPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (isa<arith::MaxNumFOp>(op))
        expand<arith::AndIOp>(op, arith::CmpFPredicate::OGT);
      else if (isa<arith::MinNumFOp>(op))
        expand<arith::OrIOp>(op, arith::CmpFPredicate::OLT);
    });
  }
};
} // namespace
