// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerQuantized.cpp - Quantized values become integers --------------===//

#include "EraseDead.h"
#include "Marks.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Quantization/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_LOWERQUANTIZED
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static RankedTensorType withElement(Value value, Type element) {
  return cast<RankedTensorType>(value.getType()).clone(element);
}

/// Whether f16 has the scale's inverse as a normal number.
static bool fitsHalf(float scale) {
  APFloat inverse(1.0f / scale);
  bool ignored;
  inverse.convert(APFloat::IEEEhalf(), APFloat::rmNearestTiesToEven, &ignored);
  return inverse.isNormal();
}

/// What a mark was put on, as integers. Halves are not extended for that if f16
/// has the scale. Reshapes come last, so that what computes an element also
/// quantizes it.
static Value quantize(OpBuilder &b, Location loc,
                      quant::DequantizeCastOp mark) {
  auto type = cast<quant::UniformQuantizedType>(getType(mark));
  Type integer = type.getStorageType();
  se::quantization::Grid grid = getGrid(type);
  Value x = getMarked(mark);
  if (auto extension = x.getDefiningOp<arith::ExtFOp>())
    x = extension.getIn();
  SmallVector<ReshapeOp> reshapes;
  while (auto reshape = x.getDefiningOp<ReshapeOp>()) {
    reshapes.push_back(reshape);
    x = reshape.getX();
  }
  if (getElementTypeOrSelf(x.getType()).isF16() && !fitsHalf(grid.scale))
    x = arith::ExtFOp::create(b, loc, withElement(x, b.getF32Type()), x);
  Value q = QuantizeOp::create(b, loc, withElement(x, integer), x,
                               APFloat(grid.scale), grid.zeroPoint);
  for (ReshapeOp reshape : llvm::reverse(reshapes))
    q = ReshapeOp::create(b, loc, withElement(reshape.getY(), integer), q);
  return q;
}

/// A matvec of integers, in place of the mark on its sums.
static LogicalResult lower(MatvecOp op, MarkedProduct marks) {
  std::optional<std::vector<float>> weights = readFloats(getMarked(marks.w));
  if (!isOfIntegers(marks) || !weights)
    return op.emitOpError(
        "has quantized operands, so its matrix must be a constant of i8, its "
        "vector of i8 with one scale, and its result quantized to i32: "
        "--rnn-quantize sees to that");
  auto vector = cast<quant::UniformQuantizedType>(getType(marks.x));
  OpBuilder b(op);
  Location loc = op.getLoc();
  int64_t rows = cast<RankedTensorType>(op.getW().getType()).getDimSize(0);
  se::quantization::Grid grid = getGrid(vector);
  se::quantization::QuantizedMatrix matrix = se::quantization::quantizeMatrix(
      *weights, getRowScales(getType(marks.w), rows));
  auto original = getMarked(marks.w).getDefiningOp<arith::ConstantOp>();
  std::string name = getConstantName(original.getValue()).str();
  auto rowsOf = [&](Type element, auto values) {
    // A constant with one value for each row, repeated for a batch.
    RankedTensorType type = withElement(op.getY(), element);
    values.resize(type.getNumElements());
    for (size_t i = size_t(rows); i != values.size(); ++i)
      values[i] = values[i - rows];
    return std::pair(type, std::move(values));
  };
  auto constant = [&](ElementsAttr value) -> Value {
    return arith::ConstantOp::create(b, loc, value);
  };

  Value w = constant(makeIntegers(
      withElement(op.getW(), b.getI8Type()),
      std::vector<int64_t>(matrix.values.begin(), matrix.values.end()), name));
  Value x = quantize(b, loc, marks.x);
  Value sum =
      MatvecOp::create(b, loc, withElement(op.getY(), b.getI32Type()), w, x);
  if (grid.zeroPoint) {
    std::vector<int64_t> offsets;
    for (int64_t row = 0; row != rows; ++row)
      offsets.push_back(-int64_t(grid.zeroPoint) * matrix.getRowSum(row));
    auto [type, values] = rowsOf(b.getI32Type(), std::move(offsets));
    sum = arith::AddIOp::create(
        b, loc, sum, constant(makeIntegers(type, values, name + "_offset")));
  }
  auto [type, values] =
      rowsOf(b.getF32Type(), getRowScales(getType(marks.y), rows));
  Value floats = arith::SIToFPOp::create(b, loc, type, sum);
  Value scale = constant(makeConstant(type, values, name + "_scale"));
  Value y = arith::MulFOp::create(b, loc, floats, scale);
  Operation *cast = marks.y.getInput().getDefiningOp();
  marks.y.replaceAllUsesWith(y);
  marks.y.erase();
  cast->erase();
  op.erase();
  return success();
}

/// Integers, and their values as f32.
static LogicalResult lower(quant::DequantizeCastOp op) {
  if (!getMark(op) || (!isUniform(op, 8) && !isUniform(op, 16)))
    return op.emitOpError("must come after a quant.qcast to !quant.uniform of "
                          "i8<-127:127> or i16<-32767:32767> with one scale");
  OpBuilder b(op);
  Location loc = op.getLoc();
  se::quantization::Grid grid =
      getGrid(cast<quant::UniformQuantizedType>(getType(op)));
  auto floats = cast<RankedTensorType>(op.getType());
  Value y = arith::SIToFPOp::create(b, loc, floats, quantize(b, loc, op));
  auto splat = [&](float value) -> Value {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(floats, b.getF32FloatAttr(value)));
  };
  if (grid.zeroPoint)
    y = arith::SubFOp::create(b, loc, y, splat(float(grid.zeroPoint)));
  y = arith::MulFOp::create(b, loc, y, splat(grid.scale));
  op.replaceAllUsesWith(y);
  op.erase();
  return success();
}

static LogicalResult lower(Block &block) {
  bool hasChanged = false;
  for (auto op : llvm::make_early_inc_range(block.getOps<MatvecOp>()))
    if (std::optional<MarkedProduct> marks = getMarkedProduct(op)) {
      if (failed(lower(op, *marks)))
        return failure();
      hasChanged = true;
    }
  // What only these products read was theirs.
  if (hasChanged)
    eraseDead(block);
  auto marks = block.getOps<quant::DequantizeCastOp>();
  hasChanged |= !marks.empty();
  for (auto op : llvm::make_early_inc_range(marks))
    if (failed(lower(op)))
      return failure();
  if (hasChanged)
    eraseDead(block);
  return success();
}

namespace {
struct LowerQuantizedPass
    : se::rnn::impl::LowerQuantizedBase<LowerQuantizedPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      if (failed(lower(network.getBody().front())))
        return signalPassFailure();
  }
};
} // namespace
