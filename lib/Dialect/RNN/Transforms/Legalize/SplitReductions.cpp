// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitReductions.cpp - Long reductions by parts ---------------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_SPLITREDUCTIONS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// The parts of each result. The number is that of no target: what comes out
/// must not depend on one.
static constexpr int64_t numParts = 8;
/// A reduction of fewer elements takes less than another barrier.
static constexpr int64_t leastElements = 32;

/// Are the dimensions that are reduced the innermost ones, but for those of
/// size 1?
static bool isOfRows(ReduceOp op) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(op.getX().getType()).getShape();
  bool hasBegun = false;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    bool isReduced = llvm::is_contained(op.getAxes(), int64_t(dim));
    if (!isReduced && size != 1 && hasBegun)
      return false;
    hasBegun |= isReduced && size != 1;
  }
  return true;
}

static void split(ReduceOp op) {
  auto type = cast<RankedTensorType>(op.getX().getType()),
       result = cast<RankedTensorType>(op.getY().getType());
  int64_t rows = result.getNumElements(),
          columns = type.getNumElements() / rows;
  if (rows >= numParts || columns < leastElements || !isOfRows(op))
    return;
  ImplicitLocOpBuilder b(op.getLoc(), op);
  bool isMean = op.getKind() == ReduceKind::mean;
  ReduceKind kind = isMean ? ReduceKind::sum : op.getKind();
  auto reshape = [&](Value value, ArrayRef<int64_t> shape) -> Value {
    auto from = cast<RankedTensorType>(value.getType());
    return ReshapeOp::create(b, from.clone(shape), value);
  };
  auto slice = [&](Value value, int64_t from, int64_t count) -> Value {
    if (count == columns)
      return value;
    SmallVector<OpFoldResult> offsets{b.getIndexAttr(0), b.getIndexAttr(from)},
        sizes{b.getIndexAttr(rows), b.getIndexAttr(count)},
        strides{b.getIndexAttr(1), b.getIndexAttr(1)};
    return tensor::ExtractSliceOp::create(b, value, offsets, sizes, strides);
  };
  Value x = reshape(op.getX(), {rows, columns});
  int64_t length = columns / numParts, inParts = length * numParts;
  Value parts = reshape(slice(x, 0, inParts), {rows, numParts, length});
  Value all = ReduceOp::create(b, result.clone({rows, numParts, 1}), kind,
                               parts, b.getDenseI64ArrayAttr({2}));
  all = reshape(all, {rows, numParts});
  if (inParts != columns) {
    Value rest = slice(x, inParts, columns - inParts);
    if (type.getElementType() != result.getElementType())
      rest = arith::ExtFOp::create(
          b,
          cast<RankedTensorType>(rest.getType()).clone(result.getElementType()),
          rest);
    all = tensor::ConcatOp::create(b, /*dim=*/1, ValueRange{all, rest});
  }
  Value y = ReduceOp::create(b, result.clone({rows, 1}), kind, all,
                             b.getDenseI64ArrayAttr({1}));
  if (isMean)
    y = arith::DivFOp::create(
        b, y,
        arith::ConstantOp::create(
            b, DenseElementsAttr::get(
                   cast<ShapedType>(y.getType()),
                   Attribute(b.getFloatAttr(result.getElementType(),
                                            double(columns))))));
  op.replaceAllUsesWith(reshape(y, result.getShape()));
  op.erase();
}

namespace {
struct SplitReductionsPass
    : se::rnn::impl::SplitReductionsBase<SplitReductionsPass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody())
      if (isa<NetworkOp, CellOp>(op))
        for (auto reduce : llvm::make_early_inc_range(
                 op.getRegion(0).front().getOps<ReduceOp>()))
          split(reduce);
  }
};
} // namespace
