// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandHalves.cpp - Functions of f16 as arithmetic ------------------===//
//
// Two at a time, and a single one as a lane of a pair. docs/numerics.md says
// how exact they are for all 65,536 arguments. There are no comparisons, which
// have no packed form: of numbers of one sign the bits are ordered like the
// numbers, with NaNs beyond infinity.
//
//===----------------------------------------------------------------------===//

#include "ExpandHalves.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;

namespace {

/// Arithmetic on pairs of f16, and on their bits.
struct Emitter : ImplicitLocOpBuilder {
  Emitter(Operation *op, OpBuilder &builder)
      : ImplicitLocOpBuilder(op->getLoc(), builder),
        halves(VectorType::get({2}, getF16Type())),
        words(VectorType::get({2}, getI16Type())) {}

  Value half(double value) {
    Attribute lane = getFloatAttr(getF16Type(), value);
    return arith::ConstantOp::create(*this,
                                     DenseElementsAttr::get(halves, lane));
  }
  Value word(uint32_t value) {
    return arith::ConstantOp::create(
        *this, DenseElementsAttr::get(words, APInt(16, value & 0xffff)));
  }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(*this, a, b, c);
  }
  Value mul(Value l, Value r) { return arith::MulFOp::create(*this, l, r); }
  Value add(Value l, Value r) { return arith::AddFOp::create(*this, l, r); }
  Value sub(Value l, Value r) { return arith::SubFOp::create(*this, l, r); }
  Value addWords(Value l, Value r) {
    return arith::AddIOp::create(*this, l, r);
  }
  Value subWords(Value l, Value r) {
    return arith::SubIOp::create(*this, l, r);
  }
  Value both(Value l, Value r) { return arith::AndIOp::create(*this, l, r); }
  /// Of signed words.
  Value least(Value l, Value r) { return arith::MinSIOp::create(*this, l, r); }
  Value leastUnsigned(Value l, Value r) {
    return arith::MinUIOp::create(*this, l, r);
  }
  Value toBits(Value x) { return arith::BitcastOp::create(*this, words, x); }
  Value fromBits(Value x) { return arith::BitcastOp::create(*this, halves, x); }

  VectorType halves, words;
};

using Function = Value (*)(Emitter &, Value);

/// Replaces Op, if it is of f16, by what a function emits for a pair.
template <typename Op> struct ExpandHalves : OpRewritePattern<Op> {
  ExpandHalves(MLIRContext *context, Function function)
      : OpRewritePattern<Op>(context), function(function) {}
  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getOperand();
    Emitter b(op, rewriter);
    if (x.getType() == b.halves) {
      rewriter.replaceOp(op, function(b, x));
      return success();
    }
    if (!x.getType().isF16())
      return failure();
    Value pair = vector::FromElementsOp::create(b, b.halves, ValueRange{x, x});
    rewriter.replaceOpWithNewOp<vector::ExtractOp>(op, function(b, pair), 0);
    return success();
  }
  Function function;
};

} // namespace

/// By the formula of ExpandMath.cpp with fewer terms and log 2 in two parts.
static Value emitExp(Emitter &b, Value x) {
  // At least -17.5, whose exp is rounded to 0; NaN stays what it is.
  constexpr uint32_t toLast = 0xffff - 0xfc00, lowest = 0xcc60;
  Value bits = b.addWords(b.toBits(x), b.word(toLast));
  bits = b.leastUnsigned(bits, b.word(lowest + toLast));
  bits = b.subWords(bits, b.word(toLast));
  x = b.fromBits(bits);
  constexpr uint32_t highest = 0x49cd; // 11.6
  Value limited = b.fromBits(b.least(bits, b.word(highest)));
  constexpr uint32_t toWhole = 0x6600; // 1.5 * 2^10, to which n is added
  Value shift = b.fromBits(b.word(toWhole));
  Value t = b.fma(limited, b.half(1.4426950408889634), shift);
  Value n = b.sub(t, shift);
  constexpr double upper = 11.0 / 16;
  Value r = b.fma(n, b.half(-upper), x);
  r = b.fma(n, b.half(upper - 0.69314718055994531), r);
  Value q = b.fma(r, b.half(0.1666278839111328), b.half(0.5039486885070801));
  Value less = b.fma(q, b.mul(r, r), r);
  // 2^n as two powers, of which each is a normal number.
  Value exponents = b.subWords(b.toBits(t), b.word(toWhole - 2 * 15));
  Value first = arith::ShRSIOp::create(b, exponents, b.word(1));
  auto power = [&](Value exponent) {
    return b.fromBits(arith::ShLIOp::create(b, exponent, b.word(10)));
  };
  Value one = power(first), other = power(b.subWords(exponents, first));
  return b.mul(b.fma(less, one, one), other);
}

/// x times a power of two, so that all finite numbers are less than 8 and no
/// normal or subnormal one is less than 2^-10. The power is 2^(14 - 4 j), where
/// `fields` is 4 j << 10.
static Value emitNormalized(Emitter &b, Value x, Value &fields) {
  fields = b.both(b.toBits(x), b.word(0x7000));
  Value scale = b.fromBits(b.subWords(b.word((15 + 14) << 10), fields));
  // -0 becomes +0.
  return b.fma(x, scale, b.half(0));
}

/// log(x) = n log 2 + log(1 + f), with 1 + f from 0.707 to 1.414. f is exact,
/// so that it does not matter how near to 1 x is.
static Value emitLog(Emitter &b, Value x) {
  Value fields;
  x = emitNormalized(b, x, fields);
  // What is less than 0 becomes a NaN without sign.
  Value bits = b.leastUnsigned(b.toBits(x), b.word(0x7fff));
  // n, below, times this factor is finite down to -24, the exponent of the
  // least number, and infinite below, as for 0. It is exact, and log 2 / factor
  // nearly an f16. What is added is the exponent of the scale, which hides all
  // of x but infinity and NaN.
  constexpr double factor = 41 * 64;
  Value rest = b.add(b.fromBits(bits), b.half(-14 * factor));
  constexpr uint32_t rootOfHalf = 0x39a8;
  Value exponent = b.both(b.subWords(bits, b.word(rootOfHalf)), b.word(0xfc00));
  Value n = arith::SIToFPOp::create(b, b.halves, b.addWords(exponent, fields));
  Value f = b.sub(b.fromBits(b.subWords(bits, exponent)), b.half(1));
  n = b.fma(n, b.half(factor / 1024), rest);
  Value square = b.mul(f, f);
  Value q =
      b.fma(square, b.half(-0.2247314453125), b.mul(f, b.half(0.35009765625)));
  Value y = b.fma(square, b.half(-0.50146484375), f);
  y = b.fma(square, q, y);
  return b.fma(n, b.half(0.69314718055994531 / factor), y);
}

/// sqrt(x) for x >= 0, of which -0 gives 0: one step of Newton's to 1 /
/// sqrt(x), from a number whose bits are a line in those of x, and one to the
/// root.
static Value emitSqrt(Emitter &b, Value x) {
  constexpr uint32_t infinity = 0x7c00, sign = 0x8000;
  Value fields;
  x = emitNormalized(b, x, fields);
  // What is less than 0 becomes a NaN without sign.
  Value bits = b.leastUnsigned(b.toBits(x), b.word(0x7fff));
  Value limited = b.least(bits, b.word(infinity - 1));
  x = b.fromBits(bits);
  Value finite = b.fromBits(limited);
  Value special = b.sub(x, finite); // 0, or for infinity and NaN these
  Value shifted = arith::ShRSIOp::create(b, limited, b.word(1));
  constexpr uint32_t magic = 0x59ba;
  Value y = b.fromBits(b.subWords(b.word(magic), shifted));
  // -y / 2, which is also exact enough for what the last step changes.
  Value minus =
      b.fromBits(b.subWords(b.word(magic - (1 << 10) + sign), shifted));
  Value error = b.fma(b.mul(finite, y), y, b.half(-1));
  y = b.fma(error, minus, y);
  Value root = b.mul(finite, y);
  Value rest = b.fma(root, root, arith::NegFOp::create(b, finite));
  root = b.fma(rest, minus, root);
  // Half the exponent of the scale.
  Value half = arith::ShRSIOp::create(b, fields, b.word(1));
  Value scale = b.fromBits(b.addWords(half, b.word((15 - 7) << 10)));
  return b.fma(root, scale, special);
}

void conversion::populateHalfFunctionPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ExpandHalves<math::ExpOp>>(context, emitExp);
  patterns.add<ExpandHalves<math::LogOp>>(context, emitLog);
  patterns.add<ExpandHalves<math::SqrtOp>>(context, emitSqrt);
}
