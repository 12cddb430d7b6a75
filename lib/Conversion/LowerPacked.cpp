// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerPacked.cpp - Packed vectors as words --------------------------===//
//
// A vector that fills a register is an i32, lane 0 lowest.
//
//===----------------------------------------------------------------------===//

#include "LowerXPulp.h"
#include "se/Dialect/XPulp/Instructions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace se;
using namespace se::conversion;

static Value makeInt(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantOp::create(
      b, loc, b.getI32IntegerAttr(int32_t(uint32_t(value))));
}

/// Bits of a lane and where it lies.
struct LanePosition {
  unsigned bits, shift;
};

/// Of a vector's lane that is known when compiling.
static std::optional<LanePosition> getLane(VectorType type,
                                           ArrayRef<int64_t> position) {
  if (position.size() != 1 || ShapedType::isDynamic(position[0]))
    return std::nullopt;
  unsigned bits = type.getElementTypeBitWidth();
  return LanePosition{bits, unsigned(position[0]) * bits};
}

/// A lane as the low bits of a word, zeros above.
static Value extendLane(OpBuilder &b, Location loc, Value lane) {
  Type i32 = b.getI32Type();
  unsigned width = lane.getType().getIntOrFloatBitWidth();
  if (isa<FloatType>(lane.getType()))
    lane = arith::BitcastOp::create(b, loc, b.getIntegerType(width), lane);
  return width == 32 ? lane : arith::ExtUIOp::create(b, loc, i32, lane);
}

namespace {
struct LowerConstant : OpConversionPattern<arith::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(arith::ConstantOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto lanes = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!lanes)
      return failure();
    uint32_t bits = 0;
    unsigned shift = 0;
    auto add = [&](const APInt &lane) {
      bits |= uint32_t(lane.getZExtValue()) << shift;
      shift += lane.getBitWidth();
    };
    if (isa<FloatType>(lanes.getElementType()))
      for (const APFloat &lane : lanes.getValues<APFloat>())
        add(lane.bitcastToAPInt());
    else
      for (const APInt &lane : lanes.getValues<APInt>())
        add(lane);
    rewriter.replaceOp(op, makeInt(rewriter, op.getLoc(), bits));
    return success();
  }
};

struct LowerSelect : OpConversionPattern<arith::SelectOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(arith::SelectOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getCondition().getType().isInteger(1))
      return failure();
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, adaptor.getCondition(),
                                                 adaptor.getTrueValue(),
                                                 adaptor.getFalseValue());
    return success();
  }
};

/// Words stay the same.
template <typename Op> struct LowerBitcast : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;
  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value word = adaptor.getOperands().front();
    if (word.getType() != this->typeConverter->convertType(op.getType()))
      return failure();
    rewriter.replaceOp(op, word);
    return success();
  }
};

struct LowerBroadcast : OpConversionPattern<vector::BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::BroadcastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (isa<VectorType>(op.getSourceType()))
      return failure();
    Location loc = op.getLoc();
    unsigned width = op.getSourceType().getIntOrFloatBitWidth();
    Value word = extendLane(rewriter, loc, adaptor.getSource());
    uint32_t ones = width == 8 ? 0x01010101 : 0x00010001;
    if (width != 32)
      word = arith::MulIOp::create(rewriter, loc, word,
                                   makeInt(rewriter, loc, ones));
    rewriter.replaceOp(op, word);
    return success();
  }
};

struct LowerFromElements : OpConversionPattern<vector::FromElementsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::FromElementsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> lanes;
    for (Value element : adaptor.getElements())
      lanes.push_back(extendLane(rewriter, loc, element));
    unsigned width = op.getType().getElementTypeBitWidth();
    if (width == 16) {
      // One instruction, which is lowered in its turn.
      rewriter.replaceOpWithNewOp<xpulp::PvPackHOp>(
          op, op.getType(), ValueRange{lanes[1], lanes[0]});
      return success();
    }
    Value word = lanes.front();
    for (auto [i, lane] : llvm::enumerate(llvm::drop_begin(lanes))) {
      Value shifted = arith::ShLIOp::create(
          rewriter, loc, lane, makeInt(rewriter, loc, (i + 1) * width));
      word = arith::OrIOp::create(rewriter, loc, word, shifted);
    }
    rewriter.replaceOp(op, word);
    return success();
  }
};

struct LowerExtract : OpConversionPattern<vector::ExtractOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::ExtractOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    std::optional<LanePosition> lane =
        getLane(op.getSourceVectorType(), op.getStaticPosition());
    if (!lane)
      return failure();
    Value value = adaptor.getSource();
    if (lane->shift)
      value = arith::ShRUIOp::create(rewriter, loc, value,
                                     makeInt(rewriter, loc, lane->shift));
    Type integer = rewriter.getIntegerType(lane->bits);
    if (lane->bits != 32)
      value = arith::TruncIOp::create(rewriter, loc, integer, value);
    if (op.getType() != integer)
      value = arith::BitcastOp::create(rewriter, loc, op.getType(), value);
    rewriter.replaceOp(op, value);
    return success();
  }
};

struct LowerInsert : OpConversionPattern<vector::InsertOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::InsertOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    std::optional<LanePosition> lane =
        getLane(op.getDestVectorType(), op.getStaticPosition());
    if (!lane)
      return failure();
    uint32_t mask = llvm::maskTrailingOnes<uint32_t>(lane->bits) << lane->shift;
    Value value = extendLane(rewriter, loc, adaptor.getValueToStore());
    value = arith::ShLIOp::create(rewriter, loc, value,
                                  makeInt(rewriter, loc, lane->shift));
    Value rest = arith::AndIOp::create(rewriter, loc, adaptor.getDest(),
                                       makeInt(rewriter, loc, ~mask));
    rewriter.replaceOpWithNewOp<arith::OrIOp>(op, rest, value);
    return success();
  }
};

/// The word of a memref from an element on; null if its layout is unknown.
Value getPointer(OpBuilder &b, Location loc, Value memref, ValueRange indices) {
  auto type = cast<MemRefType>(memref.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  if (offset != 0 || llvm::any_of(strides, ShapedType::isDynamic))
    return {};
  // An address has the bits of an index; a wider integer is cut to a pointer.
  auto toI64 = [&](Value index) -> Value {
    return arith::IndexCastUIOp::create(b, loc, b.getI64Type(), index);
  };
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value base = LLVM::IntToPtrOp::create(
      b, loc, pointer,
      toI64(memref::ExtractAlignedPointerAsIndexOp::create(b, loc, memref)));
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  Value position = arith::ConstantIndexOp::create(b, loc, 0);
  for (auto [index, stride] : llvm::zip(indices, strides)) {
    Value scaled = arith::MulIOp::create(
        b, loc, index, arith::ConstantIndexOp::create(b, loc, stride * bytes));
    position = arith::AddIOp::create(b, loc, position, scaled);
  }
  // Not a sum of integers, whose parts LLVM would not put into the address of
  // an instruction.
  return LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), base,
                             toI64(position), LLVM::GEPNoWrapFlags::inbounds);
}

struct LowerLoad : OpConversionPattern<vector::LoadOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::LoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value pointer =
        getPointer(rewriter, op.getLoc(), op.getBase(), adaptor.getIndices());
    if (!pointer)
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, rewriter.getI32Type(),
                                              pointer, /*alignment=*/4);
    return success();
  }
};

struct LowerStore : OpConversionPattern<vector::StoreOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(vector::StoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value pointer =
        getPointer(rewriter, op.getLoc(), op.getBase(), adaptor.getIndices());
    if (!pointer)
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, adaptor.getValueToStore(),
                                               pointer, /*alignment=*/4);
    return success();
  }
};
} // namespace

void conversion::populatePackedPatterns(TypeConverter &types,
                                        RewritePatternSet &patterns) {
  patterns
      .add<LowerConstant, LowerSelect, LowerBitcast<arith::BitcastOp>,
           LowerBitcast<vector::BitCastOp>, LowerBroadcast, LowerFromElements,
           LowerExtract, LowerInsert, LowerLoad, LowerStore>(
          types, patterns.getContext());
}
