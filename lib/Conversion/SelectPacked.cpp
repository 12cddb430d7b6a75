// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectPacked.cpp - Instructions for pairs of halves ----------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/XPulp/Instructions.h"
#include "se/ISA/FloatOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTPACKED
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;
using riscv::F16;

static bool isPairOf(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector && vector.getShape() == ArrayRef<int64_t>(2) &&
         vector.getElementType() == element;
}
static bool isPairOfHalves(Type type) {
  return isPairOf(type, Float16Type::get(type.getContext()));
}

namespace {
/// Makes pairs of halves and of short integers, each in one register.
class PairBuilder {
public:
  PairBuilder(Operation *op, PatternRewriter &rewriter)
      : b(op->getLoc(), rewriter), halves(VectorType::get({2}, b.getF16Type())),
        words(VectorType::get({2}, b.getI16Type())) {}

  /// `bits` in both lanes.
  Value word(uint32_t bits) {
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(words, APInt(16, bits & F16::mask)));
  }
  Value half(double value) {
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(
               halves, Attribute(b.getFloatAttr(b.getF16Type(), value))));
  }
  Value toWords(Value x) { return arith::BitcastOp::create(b, words, x); }
  /// The halves of an i32.
  Value splitWord(Value x) {
    Value word =
        vector::BroadcastOp::create(b, VectorType::get({1}, b.getI32Type()), x);
    return vector::BitCastOp::create(b, words, word);
  }
  Value toHalves(Value x) { return arith::BitcastOp::create(b, halves, x); }
  /// Those of two pairs of words.
  Value upperHalves(Value first, Value second) {
    // Bit 0 selects the half, bit 1 the pair.
    Value upper = arith::ConstantOp::create(
        b, DenseElementsAttr::get(words, ArrayRef<int16_t>{1, 3}));
    return xpulp::PvShuffle2HOp::create(b, words, {first, second, upper});
  }

  ImplicitLocOpBuilder b;

private:
  VectorType halves, words;
};

/// An operation with the same operands in the same order.
template <typename From, typename To>
struct SelectBinary : OpRewritePattern<From> {
  using OpRewritePattern<From>::OpRewritePattern;
  LogicalResult matchAndRewrite(From op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()) &&
        !isPairOf(op.getType(), rewriter.getI16Type()))
      return failure();
    rewriter.replaceOpWithNewOp<To>(op, op.getType(),
                                    ValueRange{op.getLhs(), op.getRhs()});
    return success();
  }
};

struct SelectFma : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()))
      return failure();
    rewriter.replaceOpWithNewOp<xpulp::VfmacHOp>(
        op, op.getType(), ValueRange{op.getC(), op.getA(), op.getB()});
    return success();
  }
};

/// On integers, which two cores need not share a unit for.
struct SelectNegate : OpRewritePattern<arith::NegFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::NegFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()))
      return failure();
    PairBuilder pair(op, rewriter);
    Value x = pair.toWords(op.getOperand());
    Value sign = pair.word(F16::sign);
    Value y = xpulp::PvXorHOp::create(pair.b, x.getType(), {x, sign});
    rewriter.replaceOp(op, pair.toHalves(y));
    return success();
  }
};

/// Both lanes by one amount that is known.
template <typename From, typename To>
struct SelectShift : OpRewritePattern<From> {
  using OpRewritePattern<From>::OpRewritePattern;
  LogicalResult matchAndRewrite(From op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr amount;
    if (!isPairOf(op.getType(), rewriter.getI16Type()) ||
        !matchPattern(op.getRhs(), m_Constant(&amount)) || !amount.isSplat())
      return failure();
    auto bits = int32_t(amount.getSplatValue<APInt>().getZExtValue());
    if (bits > 15)
      return failure();
    rewriter.replaceOpWithNewOp<To>(op, op.getType(), op.getLhs(), bits);
    return success();
  }
};

/// Two singles are rounded and packed.
struct SelectTruncate : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getIn();
    if (!isPairOfHalves(op.getType()) ||
        !isPairOf(x.getType(), rewriter.getF32Type()))
      return failure();
    Value lanes[2];
    for (int64_t lane = 0; lane != 2; ++lane)
      lanes[lane] = vector::ExtractOp::create(rewriter, op.getLoc(), x, lane);
    rewriter.replaceOpWithNewOp<xpulp::VfcpkaHSOp>(op, op.getType(),
                                                   ValueRange(lanes));
    return success();
  }
};

/// The upper lanes of two pairs are one instruction, as the lower ones are.
struct SelectUpperLanes : OpRewritePattern<vector::FromElementsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(vector::FromElementsOp op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()))
      return failure();
    SmallVector<Value> from;
    for (Value lane : op.getElements()) {
      auto extract = lane.getDefiningOp<vector::ExtractOp>();
      if (!extract || extract.getSource().getType() != op.getType() ||
          extract.getStaticPosition() != ArrayRef<int64_t>(1))
        return failure();
      from.push_back(extract.getSource());
    }
    PairBuilder pair(op, rewriter);
    Value upper =
        pair.upperHalves(pair.toWords(from[0]), pair.toWords(from[1]));
    rewriter.replaceOp(op, pair.toHalves(upper));
    return success();
  }
};

/// Rounded to an even integer and converted, as quantization does.
struct SelectRound : OpRewritePattern<arith::FPToSIOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::FPToSIOp op,
                                PatternRewriter &rewriter) const override {
    auto round = op.getIn().getDefiningOp<math::RoundEvenOp>();
    if (!round || !isPairOfHalves(round.getType()) ||
        !isPairOf(op.getType(), rewriter.getI16Type()))
      return failure();
    rewriter.replaceOpWithNewOp<xpulp::VfcvtXHOp>(op, op.getType(),
                                                  round->getOperands());
    return success();
  }
};

struct SelectConvert : OpRewritePattern<arith::SIToFPOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::SIToFPOp op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()) ||
        !isPairOf(op.getIn().getType(), rewriter.getI16Type()))
      return failure();
    rewriter.replaceOpWithNewOp<xpulp::VfcvtHXOp>(op, op.getType(),
                                                  op->getOperands());
    return success();
  }
};

/// The lines of the table for two arguments, by the formulas of RNNOps.td. Of
/// 11 instructions two need the FPU, of 18 for what is rectified five.
struct SelectInterpolate : OpRewritePattern<rnn::InterpolateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(rnn::InterpolateOp op,
                                PatternRewriter &rewriter) const override {
    if (!isPairOfHalves(op.getType()))
      return failure();
    PairBuilder pair(op, rewriter);
    ImplicitLocOpBuilder &b = pair.b;

    // Numbers of one sign are ordered like their bits, NaNs beyond infinity.
    uint32_t limit = F16::round(op.getLimit());
    Value bits = pair.toWords(op.getX());
    Type words = bits.getType(), halves = op.getType();
    if (op.getRectified()) {
      Value magnitude = pair.word(F16::mask & ~F16::sign);
      bits = xpulp::PvAndHOp::create(b, words, {bits, magnitude});
      bits = xpulp::PvMinHOp::create(b, words, {bits, pair.word(limit)});
    } else {
      bits = xpulp::PvMinHOp::create(b, words, {bits, pair.word(limit)});
      bits = xpulp::PvMinuHOp::create(b, words,
                                      {bits, pair.word(F16::sign | limit)});
    }
    Value p = pair.toHalves(bits);

    // The low bits of the sum are the line's number; a line is one word. The
    // bits above, always the same, are taken from the table's address.
    Value shift = pair.half(op.getShift());
    Value sum = xpulp::VfaddHOp::create(b, halves, {p, shift});
    constexpr int32_t log2LineBytes = 2;
    Value offset =
        xpulp::PvSllSciHOp::create(b, words, pair.toWords(sum), log2LineBytes);
    uint32_t exponent = F16::round(op.getShift()) & F16::infinity;
    Value table = arith::SubIOp::create(
        b, memref::ExtractAlignedPointerAsIndexOp::create(b, op.getTable()),
        arith::ConstantIndexOp::create(b,
                                       exponent << log2LineBytes & F16::mask));
    Value line[2];
    for (int32_t lane = 0; lane != 2; ++lane) {
      Value at = xpulp::PvExtractuHOp::create(b, b.getI32Type(), offset, lane);
      at = arith::IndexCastOp::create(b, b.getIndexType(), at);
      line[lane] = xpulp::PLwRegOp::create(b, b.getI32Type(), {table, at});
    }
    // The first operand is the upper lane.
    Value slopes = xpulp::PvPackHOp::create(b, words, {line[1], line[0]});
    Value intercepts =
        pair.upperHalves(pair.splitWord(line[0]), pair.splitWord(line[1]));
    if (op.getRectified()) {
      Value middle = xpulp::VfsubHOp::create(b, halves, {sum, shift});
      p = xpulp::VfsubHOp::create(b, halves, {p, middle});
    }
    Value y = xpulp::VfmacHOp::create(
        b, halves, {pair.toHalves(intercepts), pair.toHalves(slopes), p});
    if (op.getRectified())
      y = xpulp::VfaddHOp::create(b, halves, {rectify(pair, op.getX()), y});
    rewriter.replaceOp(op, y);
    return success();
  }

  /// max(x, 0), or -0; NaN of either sign stays NaN, because those with the
  /// sign are moved behind zero.
  static Value rectify(PairBuilder &pair, Value x) {
    Value bits = pair.toWords(x);
    Type words = bits.getType();
    Value toLast = pair.word(F16::mask - (F16::sign | F16::infinity));
    bits = xpulp::PvAddHOp::create(pair.b, words, {bits, toLast});
    constexpr uint32_t zero =
        F16::sign + F16::mask - (F16::sign | F16::infinity);
    bits = xpulp::PvMinuHOp::create(pair.b, words, {bits, pair.word(zero)});
    bits = xpulp::PvSubHOp::create(pair.b, words, {bits, toLast});
    return pair.toHalves(bits);
  }
};

/// What has no packed form is done for one lane after the other.
struct UnrollPair : RewritePattern {
  explicit UnrollPair(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}
  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || op->getNumRegions() != 0 ||
        isa<arith::ConstantOp, arith::BitcastOp>(op) ||
        !isa<arith::ArithDialect, math::MathDialect, rnn::RNNDialect>(
            op->getDialect()))
      return failure();
    auto type = dyn_cast<VectorType>(op->getResult(0).getType());
    if (!type || type.getShape() != ArrayRef<int64_t>(2))
      return failure();
    SmallVector<Value> lanes;
    for (int64_t lane = 0; lane != 2; ++lane) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(isa<VectorType>(operand.getType())
                               ? vector::ExtractOp::create(
                                     rewriter, op->getLoc(), operand, lane)
                                     .getResult()
                               : operand);
      OperationState state(op->getLoc(), op->getName(), operands,
                           {type.getElementType()}, op->getAttrs());
      lanes.push_back(rewriter.create(state)->getResult(0));
    }
    rewriter.replaceOpWithNewOp<vector::FromElementsOp>(op, type, lanes);
    return success();
  }
};

struct SelectPackedPass : conversion::impl::SelectPackedBase<SelectPackedPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet packed(context), unrolled(context);
    packed.add<SelectBinary<arith::AddFOp, xpulp::VfaddHOp>,
               SelectBinary<arith::SubFOp, xpulp::VfsubHOp>,
               SelectBinary<arith::MulFOp, xpulp::VfmulHOp>,
               // Of a number and a NaN both give the number.
               SelectBinary<arith::MinNumFOp, xpulp::VfminHOp>,
               SelectBinary<arith::MaxNumFOp, xpulp::VfmaxHOp>,
               SelectBinary<arith::AddIOp, xpulp::PvAddHOp>,
               SelectBinary<arith::SubIOp, xpulp::PvSubHOp>,
               SelectBinary<arith::AndIOp, xpulp::PvAndHOp>,
               SelectBinary<arith::MinSIOp, xpulp::PvMinHOp>,
               SelectBinary<arith::MinUIOp, xpulp::PvMinuHOp>,
               SelectShift<arith::ShLIOp, xpulp::PvSllSciHOp>,
               SelectShift<arith::ShRSIOp, xpulp::PvSraSciHOp>, SelectFma,
               SelectConvert, SelectNegate, SelectTruncate, SelectUpperLanes,
               SelectRound, SelectInterpolate>(context);
    unrolled.add<UnrollPair>(context);
    // A lane of what was made of lanes is that.
    vector::ExtractOp::getCanonicalizationPatterns(unrolled, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(packed))) ||
        failed(applyPatternsGreedily(getOperation(), std::move(unrolled))))
      signalPassFailure();
  }
};
} // namespace
