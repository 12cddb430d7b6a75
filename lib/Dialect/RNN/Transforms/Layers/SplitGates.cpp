// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitGates.cpp - Matvecs of single layers and gates ----------------===//

#include "SplitGates.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace se::rnn;

bool se::rnn::isOfLayer(Operation *slice, Operation *product) {
  return llvm::is_contained(getLayerNames(product->getLoc()),
                            getLayerName(slice->getLoc()));
}

static bool isReadInSlices(MatvecOp op) {
  return llvm::all_of(op->getUsers(), llvm::IsaPred<tensor::ExtractSliceOp>);
}

bool se::rnn::canSeparate(MatvecOp op) {
  return isReadInSlices(op) && readFloats(op.getW());
}

void se::rnn::separateSlices(MatvecOp op) {
  std::vector<float> weights = *readFloats(op.getW());
  auto users = llvm::to_vector(op->getUsers());
  auto type = cast<RankedTensorType>(op.getW().getType());
  int64_t columns = type.getDimSize(1);
  StringRef name =
      getConstantName(op.getW().getDefiningOp<arith::ConstantOp>().getValue());
  OpBuilder b(op);
  for (Operation *user : users) {
    auto slice = cast<tensor::ExtractSliceOp>(user);
    int64_t first = slice.getStaticOffsets().back();
    int64_t rows = slice.getType().getShape().back();
    auto part = ArrayRef(weights).slice(first * columns, rows * columns);
    Location loc = isOfLayer(slice, op) ? slice.getLoc() : op.getLoc();
    Value w = arith::ConstantOp::create(
        b, loc, makeConstant(type.clone({rows, columns}), part, name));
    auto product = MatvecOp::create(b, loc, slice.getType(), w, op.getX());
    product->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    slice.replaceAllUsesWith(product.getY());
    slice.erase();
  }
  op.erase();
}

/// Of all rows but the last dimension's.
static Value slice(ImplicitLocOpBuilder &b, Value x, int64_t offset,
                   int64_t size) {
  auto type = cast<RankedTensorType>(x.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = size;
  SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0)), sizes,
      strides(shape.size(), b.getIndexAttr(1));
  offsets.back() = b.getIndexAttr(offset);
  for (int64_t dim : shape)
    sizes.push_back(b.getIndexAttr(dim));
  return tensor::ExtractSliceOp::create(b, type.clone(shape), x, offsets, sizes,
                                        strides);
}

/// Whether `op` is a slice of the last dimension alone, as gates are.
static bool isGate(tensor::ExtractSliceOp op) {
  auto from = op.getSourceType(), to = op.getType();
  return from.getRank() == to.getRank() && op.hasUnitStride() &&
         !ShapedType::isDynamicShape(op.getStaticOffsets()) &&
         from.getShape().drop_back() == to.getShape().drop_back();
}

static Value pushDown(tensor::ExtractSliceOp op) {
  Operation *source = op.getSource().getDefiningOp();
  if (!source || source->getNumResults() != 1)
    return {};
  int64_t offset = op.getStaticOffsets().back();
  int64_t size = op.getType().getShape().back();
  ImplicitLocOpBuilder b(op.getLoc(), op);
  if (auto other = dyn_cast<tensor::ExtractSliceOp>(source))
    return isGate(other) ? slice(b, other.getSource(),
                                 other.getStaticOffsets().back() + offset, size)
                         : Value();
  if (isa<arith::ConstantOp>(source) ||
      !OpTrait::hasElementwiseMappableTraits(source))
    return {};
  SmallVector<Value> parts;
  for (Value operand : source->getOperands())
    parts.push_back(slice(b, operand, offset, size));
  Operation *part =
      b.create(source->getLoc(), source->getName().getIdentifier(), parts,
               op.getType(), source->getAttrs());
  return part->getResult(0);
}

void se::rnn::splitGates(NetworkOp network,
                         llvm::function_ref<bool(Location)> isSplit) {
  llvm::SetVector<tensor::ExtractSliceOp> work;
  for (auto op : network.getBody().front().getOps<tensor::ExtractSliceOp>())
    if (isGate(op) && isSplit(op.getLoc()))
      work.insert(op);
  while (!work.empty()) {
    tensor::ExtractSliceOp op = work.pop_back_val();
    Value part = pushDown(op);
    if (!part)
      continue;
    Operation *source = op.getSource().getDefiningOp();
    op.replaceAllUsesWith(part);
    op.erase();
    if (source->use_empty()) {
      if (auto other = dyn_cast<tensor::ExtractSliceOp>(source))
        work.remove(other);
      source->erase();
    }
    if (auto next = part.getDefiningOp<tensor::ExtractSliceOp>())
      work.insert(next);
    else
      for (Value operand : part.getDefiningOp()->getOperands())
        work.insert(operand.getDefiningOp<tensor::ExtractSliceOp>());
  }
}

SmallVector<Location> se::rnn::splitAllGates(NetworkOp network) {
  splitGates(network, [](Location) { return true; });
  SmallVector<Location> gates;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    gates.push_back(op.getLoc());
    if (!isReadInSlices(op))
      continue;
    for (Operation *slice : op->getUsers())
      if (isOfLayer(slice, op))
        gates.push_back(slice->getLoc());
  }
  return gates;
}
