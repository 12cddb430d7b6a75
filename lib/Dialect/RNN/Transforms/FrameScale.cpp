// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameScale.cpp - Vectors with a scale for each frame ---------------===//
//
// W x = (W (x / p)) p, where p is the largest magnitude of x: x / p has the
// same range in all frames, however loud they are.
//
//===----------------------------------------------------------------------===//

#include "Products.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;

/// Rows that the cores reduce side by side.
static constexpr int64_t numRows = 16;

namespace {
/// Makes the operations that find the largest magnitude of a vector.
class PeakBuilder {
public:
  PeakBuilder(OpBuilder &b, Location loc, bool isPositive)
      : b(b), loc(loc), isPositive(isPositive) {}

  /// Of a vector of rank 1, as a tensor of one element.
  Value build(Value x);

private:
  /// Over the last dimension of `x`, as a vector.
  Value reduce(Value x, bool isPositive);
  Value reduce(ReduceKind kind, Value x);
  Value reshape(Value x, ArrayRef<int64_t> shape) {
    return ReshapeOp::create(
        b, loc, RankedTensorType::get(shape, b.getF32Type()), x);
  }
  Value slice(Value x, int64_t first, int64_t count) {
    auto at = [&](int64_t i) {
      return SmallVector<OpFoldResult>{b.getIndexAttr(i)};
    };
    return tensor::ExtractSliceOp::create(b, loc, x, at(first), at(count),
                                          at(1));
  }

  OpBuilder &b;
  Location loc;
  bool isPositive;
};
} // namespace

Value PeakBuilder::reduce(ReduceKind kind, Value x) {
  auto type = cast<RankedTensorType>(x.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t axis = type.getRank() - 1;
  shape.back() = 1;
  Value y = ReduceOp::create(b, loc, type.clone(shape), kind, x, axis);
  return reshape(y, {type.getNumElements() / type.getShape().back()});
}

Value PeakBuilder::reduce(Value x, bool isPositive) {
  Value most = reduce(ReduceKind::max, x);
  if (isPositive)
    return most;
  Value least = arith::NegFOp::create(b, loc, reduce(ReduceKind::min, x));
  return arith::MaximumFOp::create(b, loc, most, least);
}

Value PeakBuilder::build(Value x) {
  int64_t elements = cast<RankedTensorType>(x.getType()).getNumElements();
  int64_t columns = elements / numRows;
  if (columns < 4)
    return reduce(x, isPositive);
  Value rows =
      reduce(reshape(slice(x, 0, numRows * columns), {numRows, columns}),
             isPositive);
  Value peak = reduce(rows, /*isPositive=*/true);
  if (int64_t rest = elements - numRows * columns) {
    Value tail = reduce(slice(x, numRows * columns, rest), isPositive);
    peak = arith::MaximumFOp::create(b, loc, peak, tail);
  }
  return peak;
}

static FramePeak makePeak(OpBuilder &b, Location loc, Value x,
                          bool isPositive) {
  auto type = cast<RankedTensorType>(x.getType());
  Type element = type.getElementType();
  Value vector = x;
  if (type.getRank() != 1)
    vector = ReshapeOp::create(
        b, loc, RankedTensorType::get({type.getNumElements()}, element), x);
  auto single = RankedTensorType::get({1}, element);
  auto constant = [&](float value) {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(single, b.getF32FloatAttr(value)));
  };
  Value peak = PeakBuilder(b, loc, isPositive).build(vector);
  peak = arith::MaximumFOp::create(b, loc, peak, constant(leastPeak));
  Value inverse = arith::DivFOp::create(b, loc, constant(1), peak);
  Value scaled = arith::MulFOp::create(
      b, loc, x, BroadcastOp::create(b, loc, type, inverse));
  return {scaled, peak};
}

/// `y` times the peak. Slices come first, so that they are those of a product.
static void multiply(Value y, Value peak) {
  for (Operation *user : llvm::make_early_inc_range(y.getUsers()))
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(user))
      multiply(slice, peak);
  SmallVector<OpOperand *> readers;
  for (OpOperand &use : y.getUses())
    if (!isa<tensor::ExtractSliceOp>(use.getOwner()))
      readers.push_back(&use);
  if (readers.empty())
    return;
  OpBuilder b(y.getContext());
  b.setInsertionPointAfterValue(y);
  Location loc = y.getLoc();
  Value factor = BroadcastOp::create(b, loc, y.getType(), peak);
  Value product = arith::MulFOp::create(b, loc, y, factor);
  for (OpOperand *reader : readers)
    reader->set(product);
}

void se::rnn::addFrameScale(MatvecOp op, bool isPositive, FramePeaks &peaks) {
  FramePeak &peak = peaks[op.getX()];
  OpBuilder b(op);
  if (!peak.peak)
    peak = makePeak(b, op.getLoc(), op.getX(), isPositive);
  op.getXMutable().set(peak.scaled);
  multiply(op.getY(), peak.peak);
}
