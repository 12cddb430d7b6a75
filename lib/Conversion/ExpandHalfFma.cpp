// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandHalfFma.cpp - math.fma on f16 for a host ---------------------===//

#include "se/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::conversion {
#define GEN_PASS_DEF_EXPANDHALFFMA
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// A double without the 29 bits that a float does not have; the last bit that
/// stays is set if any of them was.
static Value roundToOdd(ImplicitLocOpBuilder &b, Value x) {
  auto word = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, b.getI64IntegerAttr(value));
  };
  constexpr int64_t dropped = (1 << 29) - 1;
  Value bits = arith::BitcastOp::create(b, b.getI64Type(), x);
  Value rest = arith::AndIOp::create(b, bits, word(dropped));
  // Carries into the last bit that stays if `rest` is not 0.
  Value carry = arith::AddIOp::create(b, rest, word(dropped));
  bits = arith::OrIOp::create(b, bits, carry);
  bits = arith::AndIOp::create(b, bits, word(~dropped));
  return arith::BitcastOp::create(b, b.getF64Type(), bits);
}

namespace {
struct ExpandHalfFmaPass
    : conversion::impl::ExpandHalfFmaBase<ExpandHalfFmaPass> {
  void runOnOperation() override {
    getOperation().walk([](math::FmaOp op) {
      if (!op.getType().isF16())
        return;
      ImplicitLocOpBuilder b(op.getLoc(), op);
      auto extend = [&](Value value) -> Value {
        return arith::ExtFOp::create(b, b.getF64Type(), value);
      };
      Value sum = arith::AddFOp::create(
          b, arith::MulFOp::create(b, extend(op.getA()), extend(op.getB())),
          extend(op.getC()));
      Value single =
          arith::TruncFOp::create(b, b.getF32Type(), roundToOdd(b, sum));
      op.replaceAllUsesWith(
          Value(arith::TruncFOp::create(b, b.getF16Type(), single)));
      op.erase();
    });
  }
};
} // namespace
