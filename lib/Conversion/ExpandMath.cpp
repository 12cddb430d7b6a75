// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandMath.cpp - Functions of math as arithmetic -------------------===//
//
// What MLIR has no expansion for, or one that is wrong or coarse for some
// arguments. docs/numerics.md says how exact they are.
//
//===----------------------------------------------------------------------===//

#include "ExpandMath.h"

#include "se/Dialect/RNN/FiniteRoot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>
#include <tuple>

using namespace mlir;
using namespace se;

namespace {

/// Arithmetic on scalars of f32, and on their bits.
struct Emitter : ImplicitLocOpBuilder {
  Emitter(Operation *op, OpBuilder &builder)
      : ImplicitLocOpBuilder(op->getLoc(), builder) {}

  Value constant(double value) {
    return arith::ConstantOp::create(*this, getF32FloatAttr(float(value)));
  }
  Value word(uint32_t value) {
    return arith::ConstantOp::create(*this, getI32IntegerAttr(int32_t(value)));
  }
  Value infinity() { return constant(std::numeric_limits<float>::infinity()); }
  Value add(Value l, Value r) { return arith::AddFOp::create(*this, l, r); }
  Value sub(Value l, Value r) { return arith::SubFOp::create(*this, l, r); }
  Value mul(Value l, Value r) { return arith::MulFOp::create(*this, l, r); }
  Value div(Value l, Value r) { return arith::DivFOp::create(*this, l, r); }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(*this, a, b, c);
  }
  Value sqrt(Value x) { return math::SqrtOp::create(*this, x); }
  Value abs(Value x) { return math::AbsFOp::create(*this, x); }
  Value copySign(Value x, Value sign) {
    return math::CopySignOp::create(*this, x, sign);
  }
  Value compare(arith::CmpFPredicate predicate, Value l, Value r) {
    return arith::CmpFOp::create(*this, predicate, l, r);
  }
  Value compare(arith::CmpIPredicate predicate, Value l, Value r) {
    return arith::CmpIOp::create(*this, predicate, l, r);
  }
  Value select(Value condition, Value yes, Value no) {
    return arith::SelectOp::create(*this, condition, yes, no);
  }
  Value both(Value l, Value r) { return arith::AndIOp::create(*this, l, r); }
  Value either(Value l, Value r) { return arith::OrIOp::create(*this, l, r); }
  Value addWords(Value l, Value r) {
    return arith::AddIOp::create(*this, l, r);
  }
  Value subWords(Value l, Value r) {
    return arith::SubIOp::create(*this, l, r);
  }
  Value shiftLeft(Value l, Value r) {
    return arith::ShLIOp::create(*this, l, r);
  }
  Value shiftRight(Value l, Value r) {
    return arith::ShRUIOp::create(*this, l, r);
  }
  Value toBits(Value x) {
    return arith::BitcastOp::create(*this, getI32Type(), x);
  }
  Value fromBits(Value x) {
    return arith::BitcastOp::create(*this, getF32Type(), x);
  }
};

using Function = Value (*)(Emitter &, ValueRange);

/// Replaces Op, whose operands are f32, by what a function emits.
template <typename Op> struct ExpandFunction : OpRewritePattern<Op> {
  ExpandFunction(MLIRContext *context, Function function)
      : OpRewritePattern<Op>(context), function(function) {}
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!op->getOperand(0).getType().isF32())
      return failure();
    Emitter b(op, rewriter);
    rewriter.replaceOp(op, function(b, op->getOperands()));
    return success();
  }
  Function function;
};

/// On sines and cosines whose argument is within -pi to pi.
constexpr StringLiteral reducedAttrName = "reduced";

/// MLIR's approximation takes multiples of pi / 2 away in one step, so that it
/// is good for small arguments only. Multiples of 2 pi are taken away before,
/// in three steps.
template <typename Op> struct ReduceAngle : OpRewritePattern<Op> {
  explicit ReduceAngle(MLIRContext *context)
      : OpRewritePattern<Op>(context, /*benefit=*/2) {}
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getOperand();
    if (!x.getType().isF32() || op->getDiscardableAttr(reducedAttrName))
      return failure();
    Emitter b(op, rewriter);
    constexpr double turn = 2 * llvm::numbers::pi;
    Value turns = math::RoundEvenOp::create(b, b.mul(x, b.constant(1 / turn)));
    double rest = turn;
    for (int step = 0; step != 3; ++step) {
      x = b.fma(turns, b.constant(-rest), x);
      rest -= double(float(rest));
    }
    // What is left of an argument so large that it has no angle.
    constexpr double most = 4;
    for (auto [isBeyond, bound] : {std::pair(arith::CmpFPredicate::OGT, most),
                                   std::pair(arith::CmpFPredicate::OLT, -most)})
      x = b.select(b.compare(isBeyond, x, b.constant(bound)), b.constant(bound),
                   x);
    auto reduced = Op::create(b, x);
    reduced->setDiscardableAttr(reducedAttrName, b.getUnitAttr());
    rewriter.replaceOp(op, reduced->getResults());
    return success();
  }
};

} // namespace

// Polynomials are fitted for the least error relative to the result (exp), or
// absolute (log).

/// exp(x) = 2^n exp(r), where n is x / log 2 rounded, and |r| <= log 2 / 2:
/// within 5e-7 of itself and 2e-34. Adding 1.5 * 2^23 rounds to a whole number,
/// and leaves it in the lowest bits. There is nothing to branch for: limits are
/// those of bits, which NaN passes.
static Value emitExp(Emitter &b, ValueRange xs) {
  Value toWhole = b.constant(0x1.8p23), mantissaBits = b.word(23);
  // By bits, from this number on negative ones grow until -infinity, which is
  // the last if all are moved so far that NaNs begin again with 0.
  constexpr uint32_t toLast = 0xffffffff - 0xff800000;
  const float lowest = -112 * 0.69314718055994531f; // exact
  Value bits = b.addWords(b.toBits(xs[0]), b.word(toLast));
  bits = arith::MinUIOp::create(
      b, bits, b.word(llvm::bit_cast<uint32_t>(lowest) + toLast));
  bits = b.subWords(bits, b.word(toLast));
  Value x = b.fromBits(bits);
  // An x that is too large, or NaN, makes r so.
  Value limited = b.fromBits(
      arith::MinSIOp::create(b, bits, b.word(llvm::bit_cast<uint32_t>(89.0f))));
  Value t = b.fma(limited, b.constant(1.4426950408889634), toWhole);
  Value r = b.fma(b.sub(t, toWhole), b.constant(-0.69314718055994531), x);
  Value square = b.mul(r, r);
  Value q = b.constant(0.008312479592859745);
  for (double c :
       {0.04189055413007736, 0.16667115688323975, 0.4999922811985016})
    q = b.fma(q, r, b.constant(c));
  Value less = b.fma(q, square, r); // exp(r) - 1
  // 2^(n - 1), which is finite also where the result is just not. At the lowest
  // x, r is 0.
  Value scale = b.fromBits(
      b.addWords(b.shiftLeft(b.toBits(t), mantissaBits), b.word(126u << 23)));
  Value half = b.fma(less, scale, scale);
  return b.fma(half, b.constant(2), b.constant(-0x1p-112));
}

/// log(x) = n log 2 + log(1 + f), with 1 + f from sqrt(1/2) to sqrt(2): within
/// 3e-7 of 1 + itself. Arguments that are not normal count as the least that
/// is.
static std::pair<Value, Value> emitLogParts(Emitter &b, Value x) {
  constexpr uint32_t rootOfHalf = 0x3f3504f3;
  Value bits = b.toBits(x), mantissaBits = b.word(23);
  Value n = arith::ShRSIOp::create(b, b.subWords(bits, b.word(rootOfHalf)),
                                   mantissaBits);
  Value f = b.sub(b.fromBits(b.subWords(bits, b.shiftLeft(n, mantissaBits))),
                  b.constant(1));
  Value p = b.constant(-0.10224132239818573);
  for (double c :
       {0.1614115834236145, -0.17166918516159058, 0.19910240173339844,
        -0.2498057335615158, 0.3333469033241272, -0.5})
    p = b.fma(p, f, b.constant(c));
  return {arith::SIToFPOp::create(b, b.getF32Type(), n),
          b.fma(p, b.mul(f, f), f)};
}

/// `y`, or what a logarithm is of arguments that are no normal numbers above 0.
static Value selectNormal(Emitter &b, Value x, Value y, double leastNormal) {
  using arith::CmpIPredicate;
  constexpr uint32_t normal = 0x00800000, infinite = 0x7f800000;
  Value bits = b.toBits(x);
  Value isZero =
      b.compare(CmpIPredicate::eq, b.both(bits, b.word(0x7fffffff)), b.word(0));
  Value isSubnormal = b.compare(CmpIPredicate::ult, bits, b.word(normal));
  Value isInfinite = b.compare(CmpIPredicate::eq, bits, b.word(infinite));
  Value other = b.select(isSubnormal, b.constant(leastNormal),
                         b.fromBits(b.word(0x7fc00000)));
  other = b.select(isZero, b.constant(-std::numeric_limits<float>::infinity()),
                   b.select(isInfinite, x, other));
  Value isNormal =
      b.compare(CmpIPredicate::ult, b.subWords(bits, b.word(normal)),
                b.word(infinite - normal));
  return b.select(isNormal, y, other);
}

static Value emitLog(Emitter &b, ValueRange x) {
  auto [n, y] = emitLogParts(b, x[0]);
  return selectNormal(b, x[0], b.fma(n, b.constant(0.69314718055994531), y),
                      -87.33654475055310);
}

static Value emitLog2(Emitter &b, ValueRange x) {
  auto [n, y] = emitLogParts(b, x[0]);
  return selectNormal(b, x[0], b.fma(y, b.constant(1.4426950408889634), n),
                      -126);
}

static Value emitTan(Emitter &b, ValueRange x) {
  return b.div(math::SinOp::create(b, x[0]), math::CosOp::create(b, x[0]));
}

static Value emitLog10(Emitter &b, ValueRange x) {
  return b.mul(math::LogOp::create(b, x[0]), b.constant(0.43429448190325182));
}

/// `y`, or beyond 2^30, where squares may overflow, log(2 a).
static Value selectLarge(Emitter &b, Value a, Value y) {
  Value large =
      b.add(math::LogOp::create(b, a), b.constant(0.6931471805599453));
  Value isLarge = b.compare(arith::CmpFPredicate::OGT, a, b.constant(0x1p30));
  return b.select(isLarge, large, y);
}

static Value emitAsinh(Emitter &b, ValueRange x) {
  // log(a + sqrt(a^2 + 1)) without cancellation.
  Value a = b.abs(x[0]), square = b.mul(a, a), one = b.constant(1);
  Value root = b.sqrt(b.add(square, one));
  Value sum = b.add(a, b.div(square, b.add(root, one)));
  Value y = math::Log1pOp::create(b, sum);
  return b.copySign(selectLarge(b, a, y), x[0]);
}

static Value emitAcosh(Emitter &b, ValueRange x) {
  Value less = b.sub(x[0], b.constant(1));
  Value root = b.mul(b.sqrt(less), b.sqrt(b.add(x[0], b.constant(1))));
  Value y = math::Log1pOp::create(b, b.add(less, root));
  return selectLarge(b, x[0], y);
}

static Value emitAtanh(Emitter &b, ValueRange x) {
  Value a = b.abs(x[0]);
  Value ratio = b.div(b.add(a, a), b.sub(b.constant(1), a));
  Value y = b.mul(b.constant(0.5), math::Log1pOp::create(b, ratio));
  return b.copySign(y, x[0]);
}

static Value emitAtan2(Emitter &b, ValueRange yx) {
  Value y = yx[0], x = yx[1], zero = b.constant(0);
  Value atOrigin = b.both(b.compare(arith::CmpFPredicate::OEQ, x, zero),
                          b.compare(arith::CmpFPredicate::OEQ, y, zero));
  Value angle = math::AtanOp::create(b, b.select(atOrigin, y, b.div(y, x)));
  Value turned = b.add(angle, b.copySign(b.constant(llvm::numbers::pi), y));
  Value isLeft =
      b.compare(arith::CmpFPredicate::OLT, b.copySign(b.constant(1), x), zero);
  return b.select(isLeft, turned, angle);
}

static Value emitRsqrt(Emitter &b, ValueRange x) {
  return b.div(b.constant(1), b.sqrt(x[0]));
}

/// The root of a finite x >= 0: two steps of Newton's to 1 / sqrt(x), from a
/// number whose bits are a line in those of x, and one to the root, which
/// rounds as if the root was known to 0.0005 of the last place. Subnormal
/// arguments give a root that is too small, but by less than 1.1e-19. There is
/// one divider for all cores, which takes 14 cycles for a root.
static Value emitRoot(Emitter &b, Value x) {
  Value bits =
      b.subWords(b.word(0x5f3759df), b.shiftRight(b.toBits(x), b.word(1)));
  Value y = b.fromBits(bits), half = b.mul(x, b.constant(0.5));
  auto negate = [&](Value x) -> Value { return arith::NegFOp::create(b, x); };
  for (int step = 0; step != 2; ++step)
    y = b.mul(y, b.fma(negate(b.mul(half, y)), y, b.constant(1.5)));
  Value root = b.mul(x, y);
  return b.fma(b.fma(negate(root), root, x), b.mul(y, b.constant(0.5)), root);
}

/// NaN stays NaN.
static Value emitClamp(Emitter &b, ValueRange x) {
  Value y =
      b.select(b.compare(arith::CmpFPredicate::OLT, x[0], x[1]), x[1], x[0]);
  return b.select(b.compare(arith::CmpFPredicate::OGT, y, x[2]), x[2], y);
}

static Value emitIsNaN(Emitter &b, ValueRange x) {
  return b.compare(arith::CmpFPredicate::UNO, x[0], x[0]);
}
static Value emitIsInf(Emitter &b, ValueRange x) {
  return b.compare(arith::CmpFPredicate::OEQ, b.abs(x[0]), b.infinity());
}
static Value emitIsFinite(Emitter &b, ValueRange x) {
  return b.compare(arith::CmpFPredicate::OLT, b.abs(x[0]), b.infinity());
}

namespace {
/// MLIR's expansion, exp(b * log(a)), gives NaN for all negative a. With an
/// exponent that is no whole number that is right, and if it is 0.5, 1 or 2,
/// there are shorter ones.
struct ExpandPower : OpRewritePattern<math::PowFOp> {
  explicit ExpandPower(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}
  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override;
};
} // namespace

namespace {
/// Roots that are marked: of what is neither negative nor infinite nor NaN.
struct ExpandRoot : OpRewritePattern<math::SqrtOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::SqrtOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32() || !rnn::hasFiniteRoot(op))
      return failure();
    Emitter b(op, rewriter);
    rewriter.replaceOp(op, emitRoot(b, op.getOperand()));
    return success();
  }
};
} // namespace

LogicalResult ExpandPower::matchAndRewrite(math::PowFOp op,
                                           PatternRewriter &rewriter) const {
  using arith::CmpFPredicate;
  Value x = op.getLhs(), y = op.getRhs();
  if (!x.getType().isF32())
    return failure();
  APFloat known(0.0f);
  if (matchPattern(y, m_ConstantFloat(&known)) &&
      (!known.isInteger() || std::abs(known.convertToFloat()) <= 2))
    return failure();
  Emitter b(op, rewriter);
  Value zero = b.constant(0);
  auto isWhole = [&](Value number) {
    return b.compare(CmpFPredicate::OEQ, math::FloorOp::create(b, number),
                     number);
  };
  auto isNot = [&](Value condition) -> Value {
    Value one = arith::ConstantOp::create(b, b.getBoolAttr(true));
    return arith::XOrIOp::create(b, condition, one);
  };
  Value magnitude =
      math::ExpOp::create(b, b.mul(y, math::LogOp::create(b, b.abs(x))));
  Value isInteger = isWhole(y);
  Value isOdd = b.both(isInteger, isNot(isWhole(b.mul(y, b.constant(0.5)))));
  Value power = b.select(isOdd, b.copySign(magnitude, x), magnitude);
  Value isUndefined =
      b.both(b.compare(CmpFPredicate::OLT, x, zero), isNot(isInteger));
  power = b.select(isUndefined, b.fromBits(b.word(0x7fc00000)), power);
  Value isOne = b.compare(CmpFPredicate::OEQ, y, zero);
  rewriter.replaceOp(op, b.select(isOne, b.constant(1), power));
  return success();
}

/// x - trunc(x / y) * y, exactly: long division of the significands, a turn for
/// each power of two that x / y has.
static Value emitRemainder(Emitter &b, ValueRange xy) {
  using arith::CmpIPredicate;
  Value x = xy[0], y = xy[1];
  Value zero = b.word(0), one = b.word(1), mantissaBits = b.word(23),
        hidden = b.word(1 << 23);
  Value sign = b.both(b.toBits(x), b.word(0x80000000));
  auto split = [&](Value number) -> std::pair<Value, Value> {
    // Exponent and significand, with its first bit in bit 23.
    Value bits = b.both(b.toBits(number), b.word(0x7fffffff));
    Value exponent = b.shiftRight(bits, mantissaBits);
    Value zeros = math::CountLeadingZerosOp::create(b, b.either(bits, one));
    Value shift = b.subWords(zeros, b.word(8));
    Value isNormal = b.compare(CmpIPredicate::ne, exponent, zero);
    // Of subnormal numbers; an amount that is negative is not used.
    Value amount = b.both(shift, b.word(31));
    Value significand = b.select(
        isNormal, b.either(b.both(bits, b.word((1 << 23) - 1)), hidden),
        b.shiftLeft(bits, amount));
    return {b.select(isNormal, exponent, b.subWords(one, shift)), significand};
  };
  Value exponent, rest, lowest, divisor;
  std::tie(exponent, rest) = split(x);
  std::tie(lowest, divisor) = split(y);
  auto subtract = [&](Value value) {
    Value less = b.compare(CmpIPredicate::ult, value, divisor);
    return b.select(less, value, b.subWords(value, divisor));
  };
  auto loop = scf::ForOp::create(b, lowest, exponent, one, ValueRange{rest});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value doubled = b.shiftLeft(subtract(loop.getRegionIterArg(0)), one);
    scf::YieldOp::create(b, ValueRange{doubled});
  }
  rest = subtract(loop.getResult(0));
  // As a number again; a rest of zero is one whatever its exponent.
  Value zeros = math::CountLeadingZerosOp::create(b, b.either(rest, one));
  Value shift = b.subWords(zeros, b.word(8));
  Value significand = b.shiftLeft(rest, b.both(shift, b.word(31)));
  Value power = b.subWords(lowest, shift);
  Value isNormal = b.compare(CmpIPredicate::sgt, power, zero);
  Value normal = b.addWords(b.subWords(significand, hidden),
                            b.shiftLeft(power, mantissaBits));
  Value down = b.both(b.subWords(one, power), b.word(31));
  Value bits = b.select(isNormal, normal, b.shiftRight(significand, down));
  bits = b.select(b.compare(CmpIPredicate::eq, rest, zero), zero, bits);
  Value result = b.fromBits(b.either(bits, sign));
  // |x| < |y|: x itself. Neither infinity divided nor a division by zero.
  Value isLess = b.compare(arith::CmpFPredicate::OLT, b.abs(x), b.abs(y));
  result = b.select(isLess, x, result);
  Value isValid =
      b.both(emitIsFinite(b, x),
             b.compare(arith::CmpFPredicate::OGT, b.abs(y), b.constant(0)));
  Value nan = b.fromBits(b.word(0x7fc00000));
  return b.select(isValid, result, nan);
}

void conversion::populateFunctionPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ExpandFunction<math::TanOp>>(context, emitTan);
  patterns.add<ExpandFunction<math::Log10Op>>(context, emitLog10);
  patterns.add<ExpandFunction<math::AsinhOp>>(context, emitAsinh);
  patterns.add<ExpandFunction<math::AcoshOp>>(context, emitAcosh);
  patterns.add<ExpandFunction<math::AtanhOp>>(context, emitAtanh);
  patterns.add<ExpandFunction<math::Atan2Op>>(context, emitAtan2);
  patterns.add<ExpandFunction<math::RsqrtOp>>(context, emitRsqrt);
  patterns.add<ExpandFunction<math::ClampFOp>>(context, emitClamp);
  patterns.add<ExpandFunction<math::IsNaNOp>>(context, emitIsNaN);
  patterns.add<ExpandFunction<math::IsInfOp>>(context, emitIsInf);
  patterns.add<ExpandFunction<math::IsFiniteOp>>(context, emitIsFinite);
  patterns.add<ExpandFunction<arith::RemFOp>>(context, emitRemainder);
  patterns.add<ReduceAngle<math::SinOp>, ReduceAngle<math::CosOp>, ExpandPower,
               ExpandRoot>(context);
  populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
    return llvm::is_contained(
        {math::AcosOp::getOperationName(), math::AsinOp::getOperationName(),
         math::AtanOp::getOperationName(), math::CosOp::getOperationName(),
         math::ErfcOp::getOperationName(), math::ExpM1Op::getOperationName(),
         math::Log1pOp::getOperationName(), math::SinOp::getOperationName()},
        name);
  });
  math::populateExpansionPatterns(patterns, {"cosh", "exp2", "powf", "sinh"});
}

void conversion::populateBasicFunctionPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ExpandFunction<math::ExpOp>>(context, emitExp);
  patterns.add<ExpandFunction<math::LogOp>>(context, emitLog);
  patterns.add<ExpandFunction<math::Log2Op>>(context, emitLog2);
  populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
    return llvm::is_contained(
        {math::ErfOp::getOperationName(), math::TanhOp::getOperationName()},
        name);
  });
}
