// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameScale.cpp - Vectors with a scale for each frame ---------------===//
//
// W x = (W (x / p)) p, where p is the largest magnitude of x: x / p has the
// same range in all frames, however loud they are.
//
//===----------------------------------------------------------------------===//

#include "Products.h"

#include "se/Dialect/RNN/RNNScreening.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;

static FramePeak makePeak(OpBuilder &b, Location loc, Value x) {
  auto type = cast<RankedTensorType>(x.getType());
  auto single = RankedTensorType::get({1}, type.getElementType());
  Value one = arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(single, b.getF32FloatAttr(1)));
  Value peak = PeakOp::create(b, loc, single, x, b.getF32FloatAttr(leastPeak));
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

void se::rnn::addFrameScale(MatvecOp op, FramePeaks &peaks) {
  FramePeak &peak = peaks[op.getX()];
  OpBuilder b(op);
  if (!peak.peak)
    peak = makePeak(b, op.getLoc(), op.getX());
  op.getXMutable().set(peak.scaled);
  multiply(op.getY(), peak.peak);
}
