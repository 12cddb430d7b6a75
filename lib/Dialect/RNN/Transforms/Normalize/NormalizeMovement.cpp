// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- NormalizeMovement.cpp - One form of data movement ------------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

namespace se::rnn {
#define GEN_PASS_DEF_NORMALIZEMOVEMENT
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static SmallVector<OpFoldResult> toAttributes(OpBuilder &b,
                                              ArrayRef<int64_t> values) {
  SmallVector<OpFoldResult> attributes;
  for (int64_t value : values)
    attributes.push_back(b.getIndexAttr(value));
  return attributes;
}

static Value slice(OpBuilder &b, Location loc, Value source,
                   ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
                   ArrayRef<int64_t> strides) {
  auto type = cast<RankedTensorType>(source.getType());
  return tensor::ExtractSliceOp::create(
      b, loc, type.clone(sizes), source, toAttributes(b, offsets),
      toAttributes(b, sizes), toAttributes(b, strides));
}

static Value reshape(OpBuilder &b, Location loc, Value x, Type type) {
  return x.getType() == type ? x : ReshapeOp::create(b, loc, type, x);
}

/// The source, and around it what stays of the destination: one dimension
/// after the other from the last on, what lies before and behind is joined on.
static Value normalize(OpBuilder &b, tensor::InsertSliceOp op) {
  RankedTensorType type = op.getType();
  ArrayRef<int64_t> offsets = op.getStaticOffsets();
  Value result =
      reshape(b, op.getLoc(), op.getSource(), type.clone(op.getStaticSizes()));
  SmallVector<int64_t> begin(offsets), sizes(op.getStaticSizes());
  SmallVector<int64_t> ones(sizes.size(), 1);
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    SmallVector<Value> parts;
    int64_t size = sizes[dim], whole = type.getDimSize(dim);
    auto addRest = [&](int64_t from, int64_t to) {
      if (from == to)
        return;
      begin[dim] = from;
      sizes[dim] = to - from;
      parts.push_back(slice(b, op.getLoc(), op.getDest(), begin, sizes, ones));
    };
    addRest(0, offsets[dim]);
    parts.push_back(result);
    addRest(offsets[dim] + size, whole);
    if (parts.size() > 1)
      result = tensor::ConcatOp::create(b, op.getLoc(), dim, parts);
    begin[dim] = 0;
    sizes[dim] = whole;
  }
  return result;
}

/// What was repeated, if a slice takes as much of it; else null.
static Value sliceOfRepeated(OpBuilder &b, Operation *op) {
  auto extract = dyn_cast<tensor::ExtractSliceOp>(op);
  auto broadcast =
      extract ? extract.getSource().getDefiningOp<BroadcastOp>() : nullptr;
  if (!broadcast)
    return Value();
  auto from = cast<RankedTensorType>(broadcast.getX().getType());
  ArrayRef<int64_t> sizes = extract.getStaticSizes();
  if (from.getRank() != extract.getSourceType().getRank())
    return Value();
  for (int64_t dim = 0; dim != from.getRank(); ++dim)
    if (sizes[dim] != from.getDimSize(dim))
      return Value();
  return reshape(b, op->getLoc(), broadcast.getX(), extract.getType());
}

/// Numbers have the shape of what they meet.
static Value makeConstant(Operation *op, Attribute number) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  OpBuilder b(op);
  return arith::ConstantOp::create(b, op->getLoc(),
                                   DenseElementsAttr::get(type, number));
}

/// What `op` is in the form that later phases know; `op`'s result if it has it.
static Value normalize(Operation *op) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return normalize(b, insert);
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return reshape(b, loc, op->getOperand(0), op->getResult(0).getType());
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return cast.getSource();
  if (auto fill = dyn_cast<FillOp>(op))
    return makeConstant(op, fill.getValueAttr());
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    FloatAttr number;
    if (matchPattern(broadcast.getX(), m_Constant(&number)))
      return makeConstant(op, number);
  }
  if (Value same = sliceOfRepeated(b, op))
    return same;
  if (auto extract = dyn_cast<tensor::ExtractSliceOp>(op))
    if (extract.getSourceType().getRank() != extract.getType().getRank())
      return reshape(b, loc,
                     slice(b, loc, extract.getSource(),
                           extract.getStaticOffsets(), extract.getStaticSizes(),
                           extract.getStaticStrides()),
                     extract.getType());
  return op->getResult(0);
}

/// Slices, named so that a policy may name them (LayerName.h).
static void expand(SplitOp op) {
  OpBuilder b(op);
  int64_t number = 0;
  for (auto [part, name] :
       llvm::zip(op.getParts(), op.getNames().getAsRange<StringAttr>())) {
    auto type = cast<RankedTensorType>(part.getType());
    SmallVector<int64_t> offsets(type.getRank()), ones(type.getRank(), 1);
    offsets[0] = number++ * type.getDimSize(0);
    Location loc = name.empty() ? op.getLoc() : NameLoc::get(name, op.getLoc());
    part.replaceAllUsesWith(
        slice(b, loc, op.getX(), offsets, type.getShape(), ones));
  }
  op.erase();
}

namespace {
struct NormalizeMovementPass
    : se::rnn::impl::NormalizeMovementBase<NormalizeMovementPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa_and_nonnull<tensor::TensorDialect>(op->getDialect()) ||
          isa<SplitOp, FillOp, BroadcastOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (auto split = dyn_cast<SplitOp>(op)) {
        expand(split);
        continue;
      }
      Value normal = normalize(op);
      if (normal == op->getResult(0))
        continue;
      op->getResult(0).replaceAllUsesWith(normal);
      op->erase();
    }
  }
};
} // namespace
