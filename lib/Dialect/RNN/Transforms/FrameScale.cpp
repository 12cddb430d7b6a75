// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameScale.cpp - Vectors with a scale for each frame ---------------===//
//
// W x = (W (x / p)) p, where p is the largest magnitude of x: x / p has the
// same range in all frames, however loud they are.
//
//===----------------------------------------------------------------------===//

#include "Products.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;

/// The cores find so many maxima side by side, of every so many elements, or a
/// multiple of it: `maxChain` elements are compared in one expression.
static constexpr int64_t numMaxima = 16;
static constexpr int64_t maxChain = 32;

namespace {
/// Makes the operations that find the largest magnitude of a vector.
class PeakBuilder {
public:
  PeakBuilder(OpBuilder &b, Location loc, Value x, bool isPositive)
      : b(b), loc(loc), x(x), isPositive(isPositive) {}

  /// As a tensor of one element, at least `leastPeak`.
  Value build();

private:
  /// The magnitudes of some elements.
  Value getMagnitudes(int64_t first, int64_t count);

  OpBuilder &b;
  Location loc;
  Value x; ///< of rank 1
  bool isPositive;
};
} // namespace

Value PeakBuilder::getMagnitudes(int64_t first, int64_t count) {
  auto at = [&](int64_t i) {
    return SmallVector<OpFoldResult>{b.getIndexAttr(i)};
  };
  Value part =
      tensor::ExtractSliceOp::create(b, loc, x, at(first), at(count), at(1));
  return isPositive ? part : math::AbsFOp::create(b, loc, part).getResult();
}

/// Elementwise but for the end: a reduction's operand would be copied first.
/// What has no place in rows of `count` is compared twice.
Value PeakBuilder::build() {
  auto type = cast<RankedTensorType>(x.getType());
  int64_t elements = type.getNumElements();
  int64_t count = numMaxima;
  while (elements / count > maxChain)
    count += numMaxima;
  count = std::min(count, elements);
  auto maximaType = type.clone(ArrayRef<int64_t>(count));
  Value maxima = arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(maximaType, b.getF32FloatAttr(leastPeak)));
  for (int64_t first = 0; first < elements; first += count)
    maxima = arith::MaxNumFOp::create(
        b, loc, getMagnitudes(std::min(first, elements - count), count),
        maxima);
  return ReduceOp::create(b, loc, type.clone(ArrayRef<int64_t>(1)),
                          ReduceKind::max, maxima, int64_t(0));
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
  Value one = arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(single, b.getF32FloatAttr(1)));
  Value peak = PeakBuilder(b, loc, vector, isPositive).build();
  Value inverse = arith::DivFOp::create(b, loc, one, peak);
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
