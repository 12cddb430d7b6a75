// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectExpandingFma.cpp - Products of halves, sums of singles -------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/XPulp/Instructions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTEXPANDINGFMA
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// The operand before its extension from f16, if that is what it is.
static Value getHalf(Value value) {
  auto extension = value.getDefiningOp<arith::ExtFOp>();
  if (!extension || !extension.getIn().getType().isF16())
    return Value();
  return extension.getIn();
}

namespace {
struct SelectExpandingFmaPass
    : conversion::impl::SelectExpandingFmaBase<SelectExpandingFmaPass> {
  void runOnOperation() override {
    getOperation().walk([](math::FmaOp op) {
      Value a = getHalf(op.getA()), b = getHalf(op.getB());
      if (!a || !b || !op.getType().isF32())
        return;
      OpBuilder builder(op);
      Value sum = xpulp::FmacexSHOp::create(builder, op.getLoc(), op.getType(),
                                            {op.getC(), a, b});
      op.replaceAllUsesWith(sum);
      op.erase();
    });
  }
};
} // namespace
