// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandActivations.cpp - Activations as IEEE arithmetic -------------===//

#include "ExpandHalves.h"
#include "ExpandMath.h"

#include "se/Conversion/Passes.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace se::conversion {
#define GEN_PASS_DEF_EXPANDACTIVATIONS
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// On divisions that stay divisions while others are replaced.
static constexpr StringLiteral exactAttrName = "exact";

/// a / b for 2^-100 < |b| < 2^116 without a division, of which the cluster can
/// do one at a time: an estimate of 1 / b from the bits of b, off by at most 12
/// %, whose error each step squares, and a last step for the quotient.
static Value emitQuotient(ImplicitLocOpBuilder &b, Value dividend,
                          Value divisor) {
  Type single = b.getF32Type(), word = b.getI32Type();
  Value one = arith::ConstantOp::create(b, b.getF32FloatAttr(1.0f));
  Value magic = arith::ConstantOp::create(b, b.getI32IntegerAttr(0x7EF311C7));
  Value minus = arith::NegFOp::create(b, divisor);
  Value bits = arith::BitcastOp::create(b, word, divisor);
  Value inverse = arith::BitcastOp::create(
      b, single, arith::SubIOp::create(b, magic, bits));
  for (int step = 0; step != 3; ++step) {
    Value error = math::FmaOp::create(b, minus, inverse, one);
    inverse = math::FmaOp::create(b, inverse, error, inverse);
  }
  Value quotient = arith::MulFOp::create(b, dividend, inverse);
  Value rest = math::FmaOp::create(b, minus, quotient, dividend);
  return math::FmaOp::create(b, rest, inverse, quotient);
}

/// The function in f32, by the formulas of RNNAttributes.td.
static Value emitFunction(ImplicitLocOpBuilder &b, rnn::ActivationAttr function,
                          Value x) {
  using rnn::ActivationKind;
  auto constant = [&](float value) -> Value {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  };
  Value zero = constant(0.0f), one = constant(1.0f);
  Value alpha = constant(function.getAlphaValue());
  Value beta = constant(function.getBetaValue());
  auto compare = [&](arith::CmpFPredicate predicate, Value lhs,
                     Value rhs) -> Value {
    return arith::CmpFOp::create(b, predicate, lhs, rhs);
  };
  auto select = [&](Value condition, Value yes, Value no) -> Value {
    return arith::SelectOp::create(b, condition, yes, no);
  };
  auto add = [&](Value l, Value r) -> Value {
    return arith::AddFOp::create(b, l, r);
  };
  auto mul = [&](Value l, Value r) -> Value {
    return arith::MulFOp::create(b, l, r);
  };
  auto div = [&](Value l, Value r) -> Value {
    return arith::DivFOp::create(b, l, r);
  };
  auto exp = [&](Value v) -> Value { return math::ExpOp::create(b, v); };
  auto tanh = [&](Value v) -> Value { return math::TanhOp::create(b, v); };
  // Comparisons are written so that NaN stays NaN.
  constexpr auto less = arith::CmpFPredicate::OLT;
  switch (function.getKind()) {
  case ActivationKind::sigmoid: {
    // The sum must not become infinite; 1 / (1 + exp(80)) is 2e-35.
    Value minus = arith::NegFOp::create(b, x), most = constant(80.0f);
    minus = select(compare(less, most, minus), most, minus);
    return div(one, add(one, exp(minus)));
  }
  case ActivationKind::tanh:
    return tanh(x);
  case ActivationKind::relu:
    return select(compare(less, x, zero), zero, x);
  case ActivationKind::affine:
    return add(mul(alpha, x), beta);
  case ActivationKind::leaky_relu:
    return select(compare(less, x, zero), mul(alpha, x), x);
  case ActivationKind::thresholded_relu:
    return select(compare(arith::CmpFPredicate::OLE, x, alpha), zero, x);
  case ActivationKind::scaled_tanh:
    return mul(alpha, tanh(mul(beta, x)));
  case ActivationKind::hard_sigmoid: {
    Value y = add(mul(alpha, x), beta);
    y = select(compare(less, y, zero), zero, y);
    return select(compare(less, one, y), one, y);
  }
  case ActivationKind::elu:
    return select(compare(less, x, zero),
                  mul(alpha, arith::SubFOp::create(b, exp(x), one)), x);
  case ActivationKind::softsign: {
    Value quotient = div(x, add(one, math::AbsFOp::create(b, x)));
    quotient.getDefiningOp()->setDiscardableAttr(exactAttrName,
                                                 b.getUnitAttr());
    return quotient;
  }
  case ActivationKind::softplus: {
    // max(x, 0) + log(1 + exp(-|x|)): no overflow.
    Value positive = select(compare(less, x, zero), zero, x);
    Value minus = arith::NegFOp::create(b, math::AbsFOp::create(b, x));
    return add(positive, math::LogOp::create(b, add(one, exp(minus))));
  }
  }
  llvm_unreachable("all kinds handled");
}

namespace {

struct ExpandActivation : OpRewritePattern<rnn::ActivationOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(rnn::ActivationOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<ShapedType>(op.getX().getType()))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = op.getX();
    if (!x.getType().isF32())
      x = arith::ExtFOp::create(b, b.getF32Type(), x);
    Value y = emitFunction(b, op.getFunction(), x);
    if (y.getType() != op.getY().getType())
      y = arith::TruncFOp::create(b, op.getY().getType(), y);
    rewriter.replaceOp(op, y);
    return success();
  }
};

/// The arithmetic of RNNOps.td, by lanes.
struct ExpandQuantize : OpRewritePattern<rnn::QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(rnn::QuantizeOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getX().getType();
    if (isa<TensorType>(type))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto vector = dyn_cast<VectorType>(type);
    auto withElement = [&](Type element) -> Type {
      return vector ? vector.clone(element) : element;
    };
    auto constant = [&](Type type, TypedAttr value) -> Value {
      if (vector)
        value = SplatElementsAttr::get(cast<VectorType>(type), value);
      return arith::ConstantOp::create(b, value);
    };
    Type element = getElementTypeOrSelf(type);
    auto [lower, upper] = op.getBounds();
    auto number = [&](const APFloat &value) {
      return constant(type, b.getFloatAttr(element, value));
    };
    Value p = arith::MulFOp::create(b, op.getX(), number(op.getInverse()));
    p = arith::MinNumFOp::create(b, p, number(upper));
    p = arith::MaxNumFOp::create(b, p, number(lower));
    // Packed halves are converted to integers as wide; one half by way of f32,
    // because LLVM has one instruction for rounding and conversion only then.
    if (type.isF16()) {
      element = b.getF32Type();
      p = arith::ExtFOp::create(b, element, p);
    }
    p = math::RoundEvenOp::create(b, p);
    Type wide = b.getIntegerType(element.getIntOrFloatBitWidth());
    Value q = arith::FPToSIOp::create(b, withElement(wide), p);
    if (op.getZeroPoint())
      q = arith::AddIOp::create(
          b, q,
          constant(withElement(wide),
                   b.getIntegerAttr(wide, int32_t(op.getZeroPoint()))));
    if (q.getType() != op.getY().getType())
      q = arith::TruncIOp::create(b, op.getY().getType(), q);
    rewriter.replaceOp(op, q);
    return success();
  }
};

/// The formulas of RNNOps.td.
struct ExpandInterpolate : OpRewritePattern<rnn::InterpolateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(rnn::InterpolateOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getX().getType().isF16())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type half = b.getF16Type(), word = b.getI16Type();
    auto number = [&](double value) -> Value {
      return arith::ConstantOp::create(b, b.getFloatAttr(half, value));
    };
    auto index = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(b, value);
    };
    Value p = op.getX();
    if (op.getRectified())
      p = math::AbsFOp::create(b, p);
    auto limit = [&](arith::CmpFPredicate isBeyond, Value bound) {
      Value beyond = arith::CmpFOp::create(b, isBeyond, p, bound);
      p = arith::SelectOp::create(b, beyond, bound, p);
    };
    limit(arith::CmpFPredicate::UGT, number(op.getLimit()));
    if (!op.getRectified())
      limit(arith::CmpFPredicate::OLT, number(-op.getLimit()));
    // Of the bits of the sum.
    int64_t lines = llvm::PowerOf2Ceil(op.getNumLines());
    Value shift = number(op.getShift());
    Value sum = arith::AddFOp::create(b, p, shift);
    Value i = arith::IndexCastUIOp::create(
        b, b.getIndexType(), arith::BitcastOp::create(b, word, sum));
    i = arith::AndIOp::create(b, i, index(lines - 1));
    i = arith::MulIOp::create(b, i, index(2));
    Value slope = memref::LoadOp::create(b, op.getTable(), i);
    i = arith::AddIOp::create(b, i, index(1));
    Value offset = memref::LoadOp::create(b, op.getTable(), i);
    if (!op.getRectified()) {
      rewriter.replaceOpWithNewOp<math::FmaOp>(op, slope, p, offset);
      return success();
    }
    p = arith::SubFOp::create(b, p, arith::SubFOp::create(b, sum, shift));
    Value y = math::FmaOp::create(b, slope, p, offset);
    Value zero = number(0);
    Value isNegative =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, op.getX(), zero);
    Value positive = arith::SelectOp::create(b, isNegative, zero, op.getX());
    rewriter.replaceOpWithNewOp<arith::AddFOp>(op, positive, y);
    return success();
  }
};

/// Functions of math, and remainders, are computed in f32 and rounded once.
struct ExtendMath : RewritePattern {
  explicit ExtendMath(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}
  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    bool isFunction = isa<arith::RemFOp>(op) ||
                      isa_and_nonnull<math::MathDialect>(op->getDialect());
    if (!isFunction ||
        isa<math::FmaOp, math::AbsFOp, math::RoundEvenOp, math::ExpOp,
            math::LogOp, math::SqrtOp>(op) ||
        !op->getOperand(0).getType().isF16())
      return failure();
    Type single = rewriter.getF32Type();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          arith::ExtFOp::create(rewriter, op->getLoc(), single, operand));
    bool isMask = !isa<FloatType>(op->getResult(0).getType());
    Type result = isMask ? op->getResult(0).getType() : single;
    OperationState state(op->getLoc(), op->getName(), operands, {result},
                         op->getAttrs());
    Operation *wide = rewriter.create(state);
    if (isMask) {
      rewriter.replaceOp(op, wide);
      return success();
    }
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op->getResult(0).getType(),
                                                 wide->getResult(0));
    return success();
  }
};

struct ExpandActivationsPass
    : conversion::impl::ExpandActivationsBase<ExpandActivationsPass> {
  void runOnOperation() override {
    // Divisions of the network, and those of functions that may divide by
    // anything; the others have tame divisors.
    RewritePatternSet functions(&getContext());
    conversion::populateFunctionPatterns(functions);
    functions.add<ExtendMath>(&getContext());
    if (failed(apply(std::move(functions))))
      return signalPassFailure();
    getOperation().walk([&](arith::DivFOp op) {
      op->setDiscardableAttr(exactAttrName, UnitAttr::get(&getContext()));
    });
    RewritePatternSet basic(&getContext());
    conversion::populateBasicFunctionPatterns(basic);
    conversion::populateHalfFunctionPatterns(basic);
    basic.add<ExpandActivation, ExpandQuantize, ExpandInterpolate>(
        &getContext());
    if (failed(apply(std::move(basic))))
      return signalPassFailure();
    getOperation().walk([](arith::DivFOp op) {
      if (op->removeDiscardableAttr(exactAttrName) || !op.getType().isF32())
        return;
      ImplicitLocOpBuilder b(op.getLoc(), op);
      op.replaceAllUsesWith(emitQuotient(b, op.getLhs(), op.getRhs()));
      op.erase();
    });
  }

  LogicalResult apply(RewritePatternSet &&patterns) {
    // Folding would evaluate functions with the host's libm.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    return applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};
} // namespace
